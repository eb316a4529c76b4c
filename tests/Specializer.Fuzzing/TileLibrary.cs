using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Runtime.Loader;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Specializer.Fuzzing;

/// <summary>
/// The register tiles of all cases, each compiled once. Nine tenths of a model's code are tiles, and many models have the same
/// ones. They are moved from their generated files, unchanged, to separate classes, which the files then use. The tests run the
/// generated code; only the compilation is shared.
/// </summary>
internal sealed partial class TileLibrary
{
    private const string Namespace = "FuzzedTiles";

    private readonly Dictionary<string, string> _classes = [];
    private readonly List<SyntaxTree> _new = [];
    private readonly List<(string Name, byte[] Image)> _images = [];
    private readonly List<MetadataReference> _references = [];

    /// <summary>The assemblies that hold the tiles.</summary>
    public IReadOnlyList<MetadataReference> References => _references;

    /// <summary>Their images, by their names.</summary>
    public IReadOnlyList<(string Name, byte[] Image)> Images => _images;

    /// <summary>A kernels' file without its tiles.</summary>
    public string TakeTiles(string kernels)
    {
        List<string> lines = [.. kernels.Split('\n')];
        string[] usings = [.. lines.Where(static line => line.StartsWith("using ", StringComparison.Ordinal))];
        if (usings.Length == 0)
        {
            return kernels;
        }

        SortedSet<string> used = new(StringComparer.Ordinal);
        List<string> kept = [];
        for (int line = 0; line < lines.Count; )
        {
            int end = FamilyEnd(lines, line);
            if (end == line)
            {
                kept.Add(lines[line++]);
                continue;
            }

            used.Add(ClassOf(string.Join('\n', usings), string.Join('\n', lines[line..end])));
            line = end;
        }

        kept.InsertRange(kept.LastIndexOf(usings[^1]) + 1, used.Select(static name => $"using static global::{Namespace}.{name};"));
        return string.Join('\n', kept);
    }

    /// <summary>Compiles and loads the tiles that were not there before.</summary>
    public void CompileNew(ImmutableArray<MetadataReference> framework)
    {
        if (_new.Count == 0)
        {
            return;
        }

        string name = FormattableString.Invariant($"{Namespace}{_images.Count}");
        byte[] image = FuzzCompiler.Compile(name, _new, framework);
        _new.Clear();
        _images.Add((name, image));
        _references.Add(MetadataReference.CreateFromImage(image));
        AssemblyLoadContext.Default.LoadFromStream(new MemoryStream(image));
    }

    private string ClassOf(string usings, string methods)
    {
        string key = usings + methods;
        if (!_classes.TryGetValue(key, out string? name))
        {
            name = FormattableString.Invariant($"Tiles{_classes.Count}");
            _classes.Add(key, name);
            string code =
                $"{usings}\nnamespace {Namespace}\n{{\n[global::System.Runtime.CompilerServices.SkipLocalsInit]\npublic static unsafe class {name}\n{{\n{methods.Replace("private static", "public static", StringComparison.Ordinal)}\n}}\n}}\n";
            _new.Add(CSharpSyntaxTree.ParseText(SourceText.From(code, Encoding.UTF8), FuzzCompiler.ParseOptions, name));
        }

        return name;
    }

    /// <summary>
    /// Returns the end of the family of tiles that begins on a line: an optional method that selects by height, and those of the
    /// heights.
    /// </summary>
    private static int FamilyEnd(List<string> lines, int start)
    {
        if (MethodAt(lines, start) is not { } first)
        {
            return start;
        }

        if (first.IsTile)
        {
            return first.End;
        }

        bool chooses =
            first.Calls.Count > 0
            && first.Calls.All(call =>
                call.StartsWith(first.Name, StringComparison.Ordinal) && int.TryParse(call[first.Name.Length..], out _)
            );
        int end = first.End;
        while (chooses && end < lines.Count && MethodAt(lines, end) is { IsTile: true } tile && first.Calls.Contains(tile.Name))
        {
            end = tile.End;
        }

        return chooses ? end : start;
    }

    /// <summary>Returns the private method whose comment, attribute or signature is on a line that follows an empty one.</summary>
    private static Method? MethodAt(List<string> lines, int start)
    {
        int line = start;
        while (
            line < lines.Count
            && (
                lines[line].Length == 0
                || lines[line].AsSpan().TrimStart().StartsWith("//")
                || lines[line].AsSpan().TrimStart().StartsWith("[")
            )
        )
        {
            line++;
        }

        if (
            line + 1 >= lines.Count
            || Signature().Match(lines[line]) is not { Success: true } signature
            || lines[line + 1] != signature.Groups[1].Value + "{"
        )
        {
            return null;
        }

        int end = lines.IndexOf(signature.Groups[1].Value + "}", line) + 1;
        HashSet<string> calls =
        [
            .. lines[(line + 1)..end].SelectMany(static text => Call().Matches(text)).Select(static call => call.Value[..^1]),
        ];
        return new Method(
            signature.Groups[2].Value,
            calls,
            IsTile: calls.Count == 0 && lines[line - 1].Contains("AggressiveOptimization", StringComparison.Ordinal),
            end
        );
    }

    [GeneratedRegex(@"^( +)private static void (\w+)\(.*\)$")]
    private static partial Regex Signature();

    /// <summary>A call of a method of the same class.</summary>
    [GeneratedRegex(@"(?<![\w.])[A-Z]\w*\(")]
    private static partial Regex Call();

    private sealed record Method(string Name, HashSet<string> Calls, bool IsTile, int End);
}
