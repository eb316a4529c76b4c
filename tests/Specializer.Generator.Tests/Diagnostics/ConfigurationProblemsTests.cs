using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Diagnostics;

/// <summary>All problems of a config.json are reported at once, but none that only follows from another one.</summary>
[Feature("configurations")]
public sealed class ConfigurationProblemsTests
{
    private static readonly string s_families = Path.Combine(
        RepositoryFiles.Root,
        "tests",
        "Specializer.Tests",
        "Families",
        "Configurations"
    );

    public static TheoryData<string> Families => [.. Directory.GetDirectories(s_families).Select(static path => Path.GetFileName(path)!)];

    [Fact]
    public async Task Each_is_reported_in_its_own_line_and_at_the_attribute()
    {
        const string Text = """
            {
              "model_type": "llama",
              "hidden_size": "wide",
              "num_hidden_layers": 0,
              "num_attention_heads": 7,
              "num_key_value_heads": 3,
              "hidden_act": "tanh",
              "max_position_embeddings": 128,
              "rope_scaling": { "rope_type": "linear" }
            }
            """;
        var file = new InMemoryText("/project/small/config.json", Text);
        var diagnostics = await Analysis.Of(
            TestProject.Compile("using Specializer;\n[Transformer(\"small/config.json\")]\npartial class Model;"),
            file
        );
        string[] messages =
        [
            "2: \"hidden_size\" is \"wide\", but must be an integer from 1 to 4194304",
            "3: \"num_hidden_layers\" is 0, but must be an integer from 1 to 4194304",
            "5: \"num_key_value_heads\" is 3, but must be a divisor of \"num_attention_heads\", which is 7",
            "6: \"hidden_act\" is \"tanh\", but must be one of relu, gelu, gelu_new, gelu_pytorch_tanh, gelu_fast, quick_gelu, silu, swish, relu2",
            "8: the field \"rope_scaling.factor\" is missing",
        ];
        Assert.All(diagnostics, static diagnostic => Assert.Equal("SPZ0013", diagnostic.Id));
        Assert.Equal(
            messages,
            diagnostics
                .Where(static diagnostic => !diagnostic.Location.IsInSource)
                .Select(static diagnostic => $"{diagnostic.Location.GetLineSpan().StartLinePosition.Line}: {Message(diagnostic)}")
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            messages.Select(static message => message[3..]).Order(StringComparer.Ordinal),
            diagnostics.Where(static diagnostic => diagnostic.Location.IsInSource).Select(Message).Order(StringComparer.Ordinal)
        );
        Assert.All(diagnostics, static diagnostic => Assert.Single(diagnostic.AdditionalLocations));
    }

    [Fact]
    public void What_attributes_cannot_override_is_told_beside_the_files_own_problems()
    {
        ConfigurationReading reading = Read(
            """{ "model_type": "bert", "hidden_size": 0 }""",
            new ConfigurationReference("config.json", 0, 0) { SourceLength = 4 }
        );
        Assert.Contains(
            reading.Problems,
            static problem => problem.Message.StartsWith("SourceLength applies to encoder-decoders only", StringComparison.Ordinal)
        );
        Assert.Contains(reading.Problems, static problem => problem.Message.StartsWith("\"hidden_size\" is 0", StringComparison.Ordinal));
    }

    /// <summary>Any change to a field of a family's file is either without effect or reported, by its own name and alone.</summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void One_spoilt_field_is_told_alone(string family)
    {
        string text = File.ReadAllText(Path.Combine(s_families, family, "config.json"));
        Assert.Empty(Read(text).Problems);
        int told = 0;
        foreach ((string name, string spoilt) in Spoilt(text))
        {
            IReadOnlyList<ConfigurationProblem> problems = Read(spoilt).Problems;
            Assert.True(problems.Count <= 1, $"{name}: {string.Join("; ", problems.Select(static problem => problem.Message))}\n{spoilt}");
            told += problems.Count;
        }

        Assert.InRange(told, 5, int.MaxValue);
    }

    /// <summary>All fields but the family's are invalid: many problems, at most one per field, and no exception.</summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void Every_field_spoilt(string family)
    {
        JsonObject fields = JsonNode.Parse(File.ReadAllText(Path.Combine(s_families, family, "config.json")))!.AsObject();
        foreach (string name in fields.Select(static field => field.Key).Where(static name => name is not "model_type").ToArray())
        {
            fields[name] = new JsonObject();
        }

        IReadOnlyList<ConfigurationProblem> problems = Read(fields.ToJsonString()).Problems;
        Assert.InRange(problems.Count, 4, fields.Count);
        Assert.Equal(problems.Count, problems.Select(static problem => problem.Message).Distinct().Count());
    }

    private static IEnumerable<(string Name, string Text)> Spoilt(string text)
    {
        foreach (
            string name in JsonNode.Parse(text)!.AsObject().Select(static field => field.Key).Where(static name => name is not "model_type")
        )
        {
            foreach (string value in new[] { "null", "0", "-1", "\"spoilt\"", "true", "{}", "[1, \"spoilt\"]" })
            {
                JsonObject fields = JsonNode.Parse(text)!.AsObject();
                fields[name] = JsonNode.Parse(value);
                yield return (name, fields.ToJsonString());
            }
        }
    }

    private static ConfigurationReading Read(string text, ConfigurationReference? reference = null) =>
        new ConfigurationFile("config.json", text).Parse(reference ?? new ConfigurationReference("config.json", 0, 0));

    private static string Message(Diagnostic diagnostic) =>
        diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture)["small/config.json: ".Length..];
}
