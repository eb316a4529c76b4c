// The additions of Verify.SourceGenerators to Verify; see Verifier.cs.
using System;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;

namespace VerifyXunit;

internal static partial class Verifier
{
    /// <summary>Compares every file that a generator produced, each with a snapshot of its own.</summary>
    public static Task Verify(GeneratorDriver target, [CallerFilePath] string sourceFile = "", [CallerMemberName] string method = "") =>
        Verify(
            target
                .GetRunResult()
                .Results.SelectMany(static result => result.GeneratedSources)
                .OrderBy(static source => source.HintName, StringComparer.Ordinal)
                .Select(static source =>
                    ("#" + Path.GetFileNameWithoutExtension(source.HintName), ".cs", $"//HintName: {source.HintName}\n{source.SourceText}")
                ),
            sourceFile,
            method
        );
}
