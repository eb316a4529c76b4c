using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace Specializer.Benchmarks;

/// <summary>Where <c>benchmarks/Peers/install</c> puts the peers, and how their libraries are found.</summary>
/// <param name="Path">The folder.</param>
internal sealed record PeerFolder(string Path)
{
    /// <summary>Where the script puts the peers unless it is told otherwise, seen from the project's root.</summary>
    public const string Default = "artifacts/peers";

    /// <summary>Loads the first library whose file name begins so, anywhere below a part of the folder.</summary>
    /// <param name="below">The part of the folder.</param>
    /// <param name="pattern">The pattern of the file name.</param>
    /// <exception cref="PeerMissingException">There is no such file.</exception>
    public (nint Library, string File) Load(string below, string pattern)
    {
        string folder = System.IO.Path.Combine(System.IO.Path.GetFullPath(Path), below);
        string file =
            (
                Directory.Exists(folder)
                    ? Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal).FirstOrDefault()
                    : null
            ) ?? throw new PeerMissingException($"there is no {pattern} below {folder}; run benchmarks/Peers/install");
        return (NativeLibrary.Load(file), file);
    }

    /// <summary>Loads a library that the system's package manager installs.</summary>
    /// <param name="package">The name of the Debian package.</param>
    /// <param name="names">Names of the library, of which one is enough.</param>
    /// <exception cref="PeerMissingException">There is none of them.</exception>
    public static nint LoadSystem(string package, params string[] names)
    {
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, out nint library))
            {
                return library;
            }
        }

        throw new PeerMissingException($"there is no {names[0]}; install the package {package}, as benchmarks/Peers/install does");
    }
}
