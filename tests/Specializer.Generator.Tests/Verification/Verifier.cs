// Snapshot tests by the conventions of Verify (github.com/VerifyTests/Verify): a snapshot lies beside the test's file as
// Class.Method.verified.txt, or Class.Method#Name.verified.cs for each generated file; what a failing test got instead is
// written beside it as .received. (which git ignores). A test fails as well if it has no snapshot yet, or if a snapshot
// is left over that nothing produces any more.
//
// To accept everything that the tests now produce:
//
//     SNAPSHOTS=accept dotnet test tests/Specializer.Generator.Tests -c Release --filter FullyQualifiedName~Snapshots
//
// then read `git diff`. To use the packages instead: reference Verify.Xunit and Verify.SourceGenerators, and delete this
// folder. Names, calls and files stay as they are.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using VerifyTests;
using Xunit.Sdk;

namespace VerifyXunit;

/// <summary>Compares what a test produced with the snapshots beside the test's file.</summary>
internal static partial class Verifier
{
    private static readonly bool s_accept = Environment.GetEnvironmentVariable("SNAPSHOTS") == "accept";

    /// <summary>Compares a text.</summary>
    public static Task Verify(string target, [CallerFilePath] string sourceFile = "", [CallerMemberName] string method = "") =>
        Verify([("", ".txt", target)], sourceFile, method);

    private static async Task Verify(IEnumerable<(string Name, string Extension, string Text)> targets, string sourceFile, string method)
    {
        string folder = Path.GetDirectoryName(sourceFile)!;
        string prefix = Path.GetFileNameWithoutExtension(sourceFile) + "." + method;
        HashSet<string> leftOver =
        [
            .. Directory.EnumerateFiles(folder, prefix + ".verified.*"),
            .. Directory.EnumerateFiles(folder, prefix + "#*.verified.*"),
        ];
        var failures = new List<string>();
        foreach ((string name, string extension, string text) in targets)
        {
            string verified = Path.Combine(folder, prefix + name + ".verified" + extension);
            string received = Path.Combine(folder, prefix + name + ".received" + extension);
            leftOver.Remove(verified);
            File.Delete(received);
            string actual = VerifierSettings.Scrub(text);
            string? expected = File.Exists(verified) ? (await File.ReadAllTextAsync(verified)).ReplaceLineEndings("\n") : null;
            if (actual == expected)
            {
                continue;
            }

            await File.WriteAllTextAsync(s_accept ? verified : received, actual);
            failures.Add(
                expected is null
                    ? $"There is no snapshot yet.\n    verified: {verified}\n    received: {received}"
                    : $"{FirstDifference(expected, actual)}\n    verified: {verified}\n    received: {received}"
            );
        }

        foreach (string file in leftOver.Order(StringComparer.Ordinal))
        {
            failures.Add($"Nothing produces this snapshot any more.\n    verified: {file}");
            if (s_accept)
            {
                File.Delete(file);
            }
        }

        if (failures.Count > 0 && !s_accept)
        {
            throw new XunitException(
                string.Join("\n\n", failures) + "\n\nIf the new output is right, accept it as the header of Verification/Verifier.cs says."
            );
        }
    }

    private static string FirstDifference(string expected, string actual)
    {
        string[] expectedLines = expected.Split('\n'),
            actualLines = actual.Split('\n');
        int line = 0;
        while (line < expectedLines.Length && line < actualLines.Length && expectedLines[line] == actualLines[line])
        {
            line++;
        }

        return $"""
            The first difference is in line {line + 1}.
                expected: {expectedLines.ElementAtOrDefault(line) ?? "(end of file)"}
                found:    {actualLines.ElementAtOrDefault(line) ?? "(end of file)"}
            """;
    }
}
