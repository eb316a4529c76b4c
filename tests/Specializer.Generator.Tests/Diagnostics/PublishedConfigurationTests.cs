using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;
using Specializer.Generator.Parsing.Families;
using Xunit;

namespace Specializer.Generator.Tests.Diagnostics;

/// <summary>
/// The config.json files that people publish: those of claimed families parse without a false error, those of other
/// families are refused by name.
/// </summary>
public sealed class PublishedConfigurationTests
{
    /// <summary>Files that ask for something that their family cannot do here, and the field that says so.</summary>
    private static readonly Dictionary<string, string> s_refused = new()
    {
        ["Llama-3.1-405B-Instruct-FP8"] = "quantization_config",
        // The first files do not say what they are.
        ["roberta-base"] = "model_type",
    };

    private static readonly HashSet<string> s_claimed = [.. FamilyParser.Known, "gemma3", "llava", "mistral3", "qwen2_vl", "qwen2_5_vl"];

    public static TheoryData<string> Names => SharedData.SkipReason is null
        ? [.. Directory.GetDirectories(SharedData.At("fixtures", "configs")).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal)]
        : ["none"];

    [SharedDataTheory]
    [MemberData(nameof(Names))]
    public void AFileIsReadWholeOrRefusedInItsOwnLine(string name)
    {
        string text = File.ReadAllText(SharedData.At("fixtures", "configs", name, "config.json"));
        string type = (string?)JsonNode.Parse(text)!["model_type"] ?? "";
        ConfigurationReading reading = new ConfigurationFile("config.json", text).Parse(new ConfigurationReference("config.json", 0, 0));
        ConfigurationProblem[] problems = [.. reading.Problems.Where(static problem => problem.Kind != ConfigurationProblemKind.Unused)];
        string told = string.Join("\n", reading.Problems.Select(static problem => $"{problem.Kind} {problem.Start}: {problem.Message}"));
        if (s_refused.TryGetValue(name, out string? field))
        {
            Assert.True(problems.Length == 1 && problems[0].Message.Contains($"\"{field}\"", StringComparison.Ordinal), told);
        }
        else if (s_claimed.Contains(type))
        {
            Assert.True(problems.Length == 0 && reading.Architecture is not null, told);
        }
        else
        {
            Assert.Contains($"\"model_type\" is \"{type}\", but must be one of", Assert.Single(problems).Message, StringComparison.Ordinal);
            Assert.Equal($"\"{type}\"", text.Substring(problems[0].Start, problems[0].Length));
        }
    }

    public static TheoryData<string> Fixtures => SharedData.SkipReason is null
        ?
        [
            .. Directory.GetDirectories(SharedData.At("fixtures"))
                .Where(static path => File.Exists(Path.Combine(path, "config.json")))
                .Select(static path => Path.GetFileName(path))
                .Order(StringComparer.Ordinal),
        ]
        : ["none"];

    /// <summary>The small checkpoints with reference outputs: of claimed families they are read, others refused by name.</summary>
    [SharedDataTheory]
    [MemberData(nameof(Fixtures))]
    public void AFixtureIsReadOrRefusedByName(string name)
    {
        string text = File.ReadAllText(SharedData.At("fixtures", name, "config.json"));
        string type = (string?)JsonNode.Parse(text)!["model_type"] ?? "";
        ConfigurationReading reading = new ConfigurationFile("config.json", text).Parse(new ConfigurationReference("config.json", 0, 0));
        string told = string.Join("\n", reading.Problems.Select(static problem => $"{problem.Kind} {problem.Start}: {problem.Message}"));
        if (s_claimed.Contains(type))
        {
            Assert.True(reading.Problems.Count == 0 && reading.Architecture is not null, told);
        }
        else
        {
            Assert.Contains($"\"model_type\" is \"{type}\", but must be one of", Assert.Single(reading.Problems).Message, StringComparison.Ordinal);
        }
    }
}
