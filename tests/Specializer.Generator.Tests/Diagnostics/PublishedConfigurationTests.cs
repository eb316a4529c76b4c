using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;
using Specializer.Generator.Parsing.Families;
using Specializer.Generator.Planning;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Diagnostics;

/// <summary>
/// The config.json files that people publish: those of claimed families parse without a false error, those of other
/// families are refused by name.
/// </summary>
[Feature("configurations")]
public sealed class PublishedConfigurationTests
{
    /// <summary>Files with a feature that is not supported for their family, and the field that declares it.</summary>
    private static readonly Dictionary<string, string> s_refused = new()
    {
        ["Llama-3.1-405B-Instruct-FP8"] = "quantization_config",
        // A conversion of GPT-J under the name of another family.
        ["gpt-j-6b-as-gpt_neo"] = "rotary",
        // The first files do not contain their family.
        ["roberta-base"] = "model_type",
    };

    private static readonly HashSet<string> s_claimed =
    [
        .. FamilyParser.Known,
        .. TowerFamilies.Known,
        "gemma3",
        "llava",
        "mistral3",
        "qwen2_vl",
        "qwen2_5_vl",
    ];

    public static TheoryData<string> Names =>
        SharedData.SkipReason is null
            ?
            [
                .. Directory
                    .GetDirectories(SharedData.Path("fixtures", "configs"))
                    .Select(static path => Path.GetFileName(path))
                    .Order(StringComparer.Ordinal),
            ]
            : ["none"];

    [SharedDataTheory]
    [MemberData(nameof(Names))]
    public void A_file_is_read_whole_or_refused_in_its_own_line(string name)
    {
        string text = File.ReadAllText(SharedData.Path("fixtures", "configs", name, "config.json"));
        string type = (string?)JsonNode.Parse(text)!["model_type"] ?? "";
        ConfigurationReading reading = new ConfigurationFile("config.json", text).Parse(Reference(type));
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

    /// <summary>A declaration of a file; of a file of two encoders, that of the images.</summary>
    private static ConfigurationReference Reference(string type) =>
        new("config.json", 0, 0) { Section = TowerFamilies.IsOne(type) ? "vision_config" : "" };

    public static TheoryData<string> Fixtures =>
        SharedData.SkipReason is null
            ?
            [
                .. Directory
                    .GetDirectories(SharedData.Path("fixtures"))
                    .Where(static path => File.Exists(Path.Combine(path, "config.json")))
                    .Select(static path => Path.GetFileName(path))
                    .Order(StringComparer.Ordinal),
            ]
            : ["none"];

    /// <summary>The small checkpoints with reference outputs: of claimed families they are read, others refused by name.</summary>
    [SharedDataTheory]
    [MemberData(nameof(Fixtures))]
    public void A_fixture_is_read_or_refused_by_name(string name)
    {
        string text = File.ReadAllText(SharedData.Path("fixtures", name, "config.json"));
        string type = (string?)JsonNode.Parse(text)!["model_type"] ?? "";
        ConfigurationReading reading = new ConfigurationFile("config.json", text).Parse(Reference(type));
        string told = string.Join("\n", reading.Problems.Select(static problem => $"{problem.Kind} {problem.Start}: {problem.Message}"));
        if (s_claimed.Contains(type))
        {
            Assert.True(reading.Problems.Count == 0 && reading.Architecture is not null, told);
        }
        else
        {
            Assert.Contains(
                $"\"model_type\" is \"{type}\", but must be one of",
                Assert.Single(reading.Problems).Message,
                StringComparison.Ordinal
            );
        }
    }

    /// <summary>The sizes that the models' own cards give, to the last parameter: every width, bias and tie is as it was published.</summary>
    [SharedDataTheory]
    [InlineData("Llama-2-7b-hf", 6_738_415_616)]
    [InlineData("Llama-3.2-3B-Instruct", 3_212_749_824)]
    [InlineData("Mistral-7B-v0.1", 7_241_732_096)]
    [InlineData("Qwen2.5-7B-Instruct", 7_615_616_512)]
    [InlineData("Qwen3-0.6B", 596_049_920)]
    [InlineData("phi-4", 14_659_507_200)]
    [InlineData("gemma-7b", 8_537_680_896)]
    [InlineData("gemma-2-9b", 9_241_705_984)]
    [InlineData("gemma-3-4b-it", 3_880_263_168)]
    [InlineData("gpt2-large", 774_030_080)]
    [InlineData("pythia-1b", 1_011_781_632)]
    [InlineData("phi-2", 2_779_683_840)]
    [InlineData("bloom-3b", 3_002_557_440)]
    [InlineData("mpt-7b", 6_649_286_656)]
    [InlineData("flan-t5-large", 783_150_080)]
    [InlineData("whisper-large-v3", 1_543_490_560)]
    [InlineData("vit-base-patch16-224", 86_567_656)]
    [InlineData("bge-reranker-v2-m3", 567_755_777)]
    [InlineData("stablelm-3b-4e1t", 2_795_443_200)]
    [InlineData("internlm2-7b", 7_737_708_544)]
    [InlineData("granite-3.3-8b-instruct", 8_170_864_640)]
    public void The_parameters_are_those_of_the_models_card(string name, long parameters)
    {
        string text = File.ReadAllText(SharedData.Path("fixtures", "configs", name, "config.json"));
        ConfigurationReading reading = new ConfigurationFile("config.json", text).Parse(new ConfigurationReference("config.json", 0, 0));
        Assert.Equal(parameters, Planner.Plan(reading.Architecture!).ParameterCount);
    }
}
