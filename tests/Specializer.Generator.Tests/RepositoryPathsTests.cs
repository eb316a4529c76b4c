using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests;

/// <summary>The repository can be checked out on file systems with case-insensitive names (Windows, macOS).</summary>
[Feature("project-settings")]
public sealed class RepositoryPathsTests
{
    [Fact]
    public void No_two_paths_differ_only_in_case()
    {
        string[] files = TrackedFiles();
        Assert.Contains("Specializer.sln", files);
        Assert.Empty(DifferingInCase(files));
    }

    [Fact]
    public void Folders_that_differ_only_in_case_are_found() =>
        Assert.Equal(["a/Peers, a/peers"], DifferingInCase(["a/Peers/One.cs", "a/peers/two", "a/other"]));

    /// <summary>Files and the folders above them, grouped where they differ only in case.</summary>
    private static string[] DifferingInCase(IEnumerable<string> files) =>
        [
            .. files
                .SelectMany(WithFolders)
                .Distinct(StringComparer.Ordinal)
                .GroupBy(static path => path, StringComparer.OrdinalIgnoreCase)
                .Where(static group => group.Count() > 1)
                .Select(static group => string.Join(", ", group)),
        ];

    private static IEnumerable<string> WithFolders(string file)
    {
        for (string? path = file; !string.IsNullOrEmpty(path); path = Path.GetDirectoryName(path)?.Replace('\\', '/'))
        {
            yield return path;
        }
    }

    /// <summary>Those of Git's index, since a working tree on such a file system holds one of two paths only; without Git those of the working tree.</summary>
    private static string[] TrackedFiles()
    {
        var start = new ProcessStartInfo("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = RepositoryFiles.Root,
            RedirectStandardOutput = true,
        };
        try
        {
            using Process git = Process.Start(start)!;
            string[] files = git.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries);
            git.WaitForExit();
            if (git.ExitCode == 0)
            {
                return files;
            }
        }
        catch (Win32Exception)
        {
            // Git is not installed.
        }

        return
        [
            .. Directory
                .EnumerateFiles(RepositoryFiles.Root, "*", SearchOption.AllDirectories)
                .Select(static path => Path.GetRelativePath(RepositoryFiles.Root, path).Replace('\\', '/')),
        ];
    }
}
