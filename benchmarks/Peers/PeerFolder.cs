using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace Specializer.Benchmarks;

/// <summary>The folder into which <c>benchmarks/Peers/install</c> installs the peers, and the search for their libraries.</summary>
/// <param name="Path">The folder.</param>
internal sealed record PeerFolder(string Path)
{
    /// <summary>The default folder of the script, relative to the root of the project.</summary>
    public const string Default = "artifacts/peers";

    /// <summary>Loads the first library whose file name matches a pattern, anywhere below a part of the folder.</summary>
    /// <param name="below">The part of the folder.</param>
    /// <param name="pattern">The pattern of the file name.</param>
    /// <exception cref="PeerMissingException">The file does not exist.</exception>
    public (nint Library, string File) Load(string below, string pattern)
    {
        string folder = System.IO.Path.Combine(System.IO.Path.GetFullPath(Path), below);
        string file =
            (
                Directory.Exists(folder)
                    ? Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal).FirstOrDefault()
                    : null
            ) ?? throw new PeerMissingException($"{pattern} does not exist below {folder}; run benchmarks/Peers/install");
        return (NativeLibrary.Load(file), file);
    }

    /// <summary>Loads a library that the system's package manager installs.</summary>
    /// <param name="package">The name of the Debian package.</param>
    /// <param name="names">The names of the library; any one of them is sufficient.</param>
    /// <exception cref="PeerMissingException">None of the libraries exists.</exception>
    public static nint LoadSystem(string package, params string[] names)
    {
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, out nint library))
            {
                return library;
            }
        }

        throw new PeerMissingException($"{names[0]} does not exist; install the package {package}, as benchmarks/Peers/install does");
    }
}
