using System;
using System.IO;

namespace Specializer.TestKit;

/// <summary>The repository that the tests were built in.</summary>
public static class RepositoryFiles
{
    /// <summary>The folder with Specializer.sln.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static string Read(params string[] path) => File.ReadAllText(Path.Combine([Root, .. path]));

    private static string Find(string start)
    {
        DirectoryInfo? folder = new(start);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Specializer.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException($"No folder above {start} holds Specializer.sln.");
    }
}
