using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Specializer.Generator.Parsing.Configuration;
using Specializer.Generator.Parsing.Families;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Documentation;

/// <summary>
/// docs/models.md lists every model_type with its classes and the checkpoints that tests compare. The classes come from the parser, the
/// checkpoints from the tests that name them. SNAPSHOTS=accept writes the page.
/// </summary>
public sealed partial class ModelTableTests
{
    private const string Page = "docs/models.md";

    private const string Start = """
        # Supported models

        A row for each `model_type` of a config.json. The classes are the names in `architectures`; the first one applies if the file
        names none. Checkpoints have reference outputs of transformers. Classes with random weights are compared with the formulas in
        float64. `SNAPSHOTS=accept dotnet test tests/Specializer.Generator.Tests --filter FullyQualifiedName~ModelTable` writes this page.

        | model_type | classes | tested checkpoints | tested with random weights |
        |---|---|---|---|

        """;

    [SharedDataFact]
    public void The_page_lists_what_the_parser_reads_and_the_tests_compare()
    {
        string path = Path.Combine(RepositoryFiles.Root, Page);
        string text = Start + string.Concat(FamilyParser.Known.Select(Row));
        if (Environment.GetEnvironmentVariable("SNAPSHOTS") == "accept")
        {
            File.WriteAllText(path, text);
        }

        Assert.True(
            File.Exists(path) && File.ReadAllText(path) == text,
            $"{Page} is not what the parser and the tests say: run with SNAPSHOTS=accept."
        );
    }

    [Fact]
    public void Every_family_names_its_classes() =>
        Assert.All(FamilyParser.Known.Where(static type => type != "transformer2017"), static type => Assert.NotEmpty(Classes(type)));

    private static string Row(string type)
    {
        string[] classes = Classes(type);
        string[] random =
        [
            .. RandomClasses.Where(name => classes.Contains(name, StringComparer.Ordinal)).Distinct().Order(StringComparer.Ordinal),
        ];
        StringBuilder row = new();
        row.Append("| `").Append(type).Append("` | ").AppendJoin(", ", classes).Append(" | ");
        row.AppendJoin(", ", Checkpoints(type)).Append(" | ").AppendJoin(", ", random).Append(" |\n");
        return row.ToString();
    }

    /// <summary>The classes of a family, which it lists when it refuses another one.</summary>
    private static string[] Classes(string type)
    {
        var configuration = ModelConfiguration.Read($"{{ \"model_type\": \"{type}\", \"architectures\": [\"AnotherClass\"] }}");
        FamilyParser.Parse(configuration);
        return
        [
            .. configuration
                .Problems.InOrder.Select(static problem => ClassList().Match(problem.Message))
                .Where(static match => match.Success)
                .Take(1)
                .SelectMany(static match => match.Groups[1].Value.Split(", ")),
        ];
    }

    /// <summary>The checkpoints of a family that a test names: goldens, and fixtures of others.</summary>
    private static IEnumerable<string> Checkpoints(string type) =>
        new[] { "goldens", "fixtures" }
            .SelectMany(static folder => Directory.GetDirectories(SharedData.Path(folder)))
            .Where(static path => File.Exists(Path.Combine(path, "config.json")))
            .Where(path => IsOf(type, JsonNode.Parse(File.ReadAllText(Path.Combine(path, "config.json")))!))
            .Select(static path => Path.GetFileName(path))
            .Where(static name => Sources.Any(source => source.Contains($"\"{name}\"", StringComparison.Ordinal)))
            .Distinct()
            .Order(StringComparer.Ordinal);

    /// <summary>Whether a file, or one of its two sections, has a model_type.</summary>
    private static bool IsOf(string type, JsonNode file) =>
        (string?)file["model_type"] == type
        || (
            TowerFamilies.IsOne((string?)file["model_type"] ?? "")
            && new[] { "text_config", "vision_config" }.Any(section => (string?)file[section]?["model_type"] == type)
        );

    /// <summary>The classes that tests compare with random weights.</summary>
    private static IEnumerable<string> RandomClasses =>
        ClassName()
            .Matches(File.ReadAllText(Path.Combine(RepositoryFiles.Root, "tests/Specializer.Fuzzing/FamilyTests.cs")))
            .Select(static match => match.Groups[1].Value);

    private static IReadOnlyList<string> Sources { get; } =
    [
        .. new[] { "Specializer.Fuzzing", "Specializer.Tests" }
            .SelectMany(static folder =>
                Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, "tests", folder), "*.cs", SearchOption.AllDirectories)
            )
            .Where(static file => !file.Contains("/obj/", StringComparison.Ordinal))
            .Select(File.ReadAllText),
    ];

    [GeneratedRegex("this family is as ([A-Za-z0-9_, ]+?)(?=\\. |$)")]
    private static partial Regex ClassList();

    [GeneratedRegex("\\[\"([A-Za-z0-9_]+)[^\"]*\"\\]")]
    private static partial Regex ClassName();
}
