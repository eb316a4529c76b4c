using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.Json;

namespace Specializer;

/// <summary>The adapter_config.json of a LoRA adapter. Fields that change the result and are not supported are errors.</summary>
/// <remarks>
/// Source: huggingface/peft, src/peft/tuners/lora/config.py; Hu et al., "LoRA" (2021), section 4.1; Kalajdzievski, "A Rank Stabilization
/// Scaling Factor for Fine-Tuning with LoRA" (2023).
/// </remarks>
internal sealed class LoraConfiguration
{
    // Fields that do not change how the weights are merged.
    private static readonly HashSet<string> s_withoutEffect = new(StringComparer.Ordinal)
    {
        "auto_mapping",
        "base_model_name_or_path",
        "corda_config",
        "eva_config",
        "exclude_modules",
        "inference_mode",
        "layers_pattern",
        "layers_to_transform",
        "lora_dropout",
        "megatron_core",
        "merge_weights",
        "peft_version",
        "qalora_group_size",
        "revision",
        "runtime_config",
        "target_modules",
        "task_type",
    };

    private readonly string _path;
    private readonly List<(ModulePattern Pattern, double Value)> _ranks = [];
    private readonly List<(ModulePattern Pattern, double Value)> _alphas = [];
    private double _rank = 8;
    private double _alpha = 8;
    private bool _isRankStabilized;

    private LoraConfiguration(string path) => _path = path;

    /// <summary>Whether the weights of the adapted layers are stored as [inputs, outputs], as in GPT-2's Conv1D.</summary>
    public bool FanInFanOut { get; private set; }

    /// <summary>The modules whose tensors the adapter stores as a whole.</summary>
    public List<string> SavedModules { get; } = [];

    /// <exception cref="WeightsException">The file cannot be read, is malformed, or requests something that is not supported.</exception>
    public static LoraConfiguration Read(string path)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw SafetensorsFile.Unreadable(path, $"the file cannot be read: {exception.Message}", exception);
        }

        var configuration = new LoraConfiguration(path);
        try
        {
            using JsonDocument document = JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = 64 });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw configuration.Error("the content is not an object; expected the adapter_config.json of PEFT");
            }

            bool hasType = false;
            foreach (JsonProperty field in document.RootElement.EnumerateObject())
            {
                hasType |= field.Name == "peft_type";
                configuration.Read(field.Name, field.Value);
            }

            return hasType ? configuration : throw configuration.Error("\"peft_type\" is missing; expected \"LORA\"");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw configuration.Error($"the file is not valid JSON: {exception.Message}", exception);
        }
    }

    /// <summary>Returns the rank of a module's matrices.</summary>
    public int RankOf(string module) => (int)Find(_ranks, module, _rank);

    /// <summary>Returns the factor of a module's product: alpha / rank, or alpha / √rank if rank-stabilized.</summary>
    public double ScaleOf(string module)
    {
        double rank = Find(_ranks, module, _rank);
        return Find(_alphas, module, _alpha) / (_isRankStabilized ? Math.Sqrt(rank) : rank);
    }

    private static double Find(List<(ModulePattern Pattern, double Value)> patterns, string module, double otherwise)
    {
        foreach ((ModulePattern pattern, double value) in patterns)
        {
            if (pattern.Matches(module))
            {
                return value;
            }
        }

        return otherwise;
    }

    private void Read(string name, JsonElement value)
    {
        switch (name)
        {
            case "peft_type":
                Require(name, value, value.ValueKind == JsonValueKind.String && value.GetString() == "LORA", "\"LORA\"");
                break;
            case "r":
                _rank = Number(name, value, isRank: true);
                break;
            case "lora_alpha":
                _alpha = Number(name, value, isRank: false);
                break;
            case "use_rslora":
                _isRankStabilized = Flag(name, value);
                break;
            case "fan_in_fan_out":
                FanInFanOut = Flag(name, value);
                break;
            case "rank_pattern":
                ReadPatterns(name, value, _ranks, isRank: true);
                break;
            case "alpha_pattern":
                ReadPatterns(name, value, _alphas, isRank: false);
                break;
            case "modules_to_save":
                ReadModules(name, value);
                break;
            case "bias":
                Require(name, value, value.ValueKind == JsonValueKind.String && value.GetString() == "none", "\"none\"");
                break;
            case "init_lora_weights":
                // Other initializations change the weights of the model, too.
                bool isKnown =
                    value.ValueKind is JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null
                    || (value.ValueKind == JsonValueKind.String && value.GetString() is "gaussian" or "orthogonal" or "eva");
                Require(name, value, isKnown, "true, false, \"gaussian\", \"orthogonal\" or \"eva\"");
                break;
            default:
                Require(name, value, s_withoutEffect.Contains(name) || IsNeutral(value), "an absent, null, false or empty field");
                break;
        }
    }

    private void ReadPatterns(string name, JsonElement value, List<(ModulePattern Pattern, double Value)> patterns, bool isRank)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        Require(name, value, value.ValueKind == JsonValueKind.Object, "an object of numbers");
        foreach (JsonProperty entry in value.EnumerateObject())
        {
            string place = $"{name}.{entry.Name}";
            ModulePattern pattern =
                ModulePattern.TryRead(entry.Name)
                ?? throw Error(
                    $"the pattern {MessageText.Quote(entry.Name)} in \"{name}\" is not supported; expected letters, digits, '_', '-', '.', '\\d', '*', '+', '|' and '^'"
                );
            patterns.Add((pattern, Number(place, entry.Value, isRank)));
        }
    }

    private void ReadModules(string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        Require(name, value, value.ValueKind == JsonValueKind.Array, "an array of names");
        foreach (JsonElement item in value.EnumerateArray())
        {
            Require(name, item, item.ValueKind == JsonValueKind.String, "an array of names");
            SavedModules.Add(item.GetString()!);
        }
    }

    private double Number(string name, JsonElement value, bool isRank)
    {
        bool isNumber = value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double found) && double.IsFinite(found);
        double number = isNumber ? value.GetDouble() : 0;
        Require(
            name,
            value,
            isNumber && (!isRank || (number is >= 1 and <= 1_000_000 && number == Math.Floor(number))),
            isRank ? "an integer of at least 1" : "a finite number"
        );
        return number;
    }

    private bool Flag(string name, JsonElement value)
    {
        Require(name, value, value.ValueKind is JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null, "true or false");
        return value.ValueKind == JsonValueKind.True;
    }

    private static bool IsNeutral(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null or JsonValueKind.False => true,
            JsonValueKind.Array => value.GetArrayLength() == 0,
            JsonValueKind.Object => !value.EnumerateObject().MoveNext(),
            _ => false,
        };

    private void Require(string name, JsonElement value, bool isMet, string expected)
    {
        if (!isMet)
        {
            string found = value.GetRawText();
            found = found.Length <= 60 ? found : found[..60] + "...";
            throw Error(string.Create(CultureInfo.InvariantCulture, $"\"{name}\" is {found}, which is not supported; expected {expected}"));
        }
    }

    private WeightsException Error(string what, Exception? innerException = null) =>
        SafetensorsFile.Unreadable(_path, what + ".", innerException);
}
