using System.IO;
using Xunit;

namespace Specializer.Generator.Tests;

/// <summary>The project's own data folder, which is not part of the repository: the folder <c>shared</c> beside it.</summary>
internal static class SharedData
{
    private static readonly string s_root = Path.Combine(Path.GetDirectoryName(RepositoryFiles.Root) ?? "/", "shared");

    /// <summary>Why a test that needs the folder does not run; null where the folder exists.</summary>
    public static string? SkipReason =>
        Directory.Exists(s_root) ? null : "The project's data folder is absent: 'shared' beside the repository.";

    /// <summary>The full path of a file or folder in it.</summary>
    public static string At(params string[] parts) => Path.Combine([s_root, .. parts]);
}

/// <summary>A theory that needs <see cref="SharedData"/>; where the folder is absent it reports itself skipped with the reason.</summary>
internal sealed class SharedDataTheoryAttribute : TheoryAttribute
{
    public SharedDataTheoryAttribute() => Skip = SharedData.SkipReason;
}
