using System;
using System.IO;

namespace Specializer.TestKit;

/// <summary>
/// The project's own data folder (reference models and golden results), which is not part of the repository: the
/// folder <c>shared</c> beside the one that holds <c>Specializer.sln</c>.
/// </summary>
public static class SharedData
{
    /// <summary>Why a test that needs the folder does not run; <see langword="null"/> where the folder exists.</summary>
    public static string? SkipReason =>
        Root is null
            ? "The project's data folder is absent: no folder above this test assembly holds Specializer.sln and has a folder 'shared' beside it."
            : null;

    /// <summary>The full path of the folder, or <see langword="null"/> where there is none.</summary>
    public static string? Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>The full path of a file or folder in it, e.g. <c>Path("goldens", "llama", "model.safetensors")</c>.</summary>
    /// <exception cref="DirectoryNotFoundException">The folder is absent; mark the test with <see cref="SharedDataFactAttribute"/>.</exception>
    public static string Path(params string[] parts) =>
        Root is null ? throw new DirectoryNotFoundException(SkipReason) : System.IO.Path.Combine([Root, .. parts]);

    private static string? Find(string start)
    {
        for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(System.IO.Path.Combine(folder.FullName, "Specializer.sln")) || folder.Parent is null)
            {
                continue;
            }

            string shared = System.IO.Path.Combine(folder.Parent.FullName, "shared");
            if (Directory.Exists(shared))
            {
                return shared;
            }
        }

        return null;
    }
}
