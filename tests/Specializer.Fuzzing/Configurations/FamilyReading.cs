using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Specializer.Fuzzing.Configurations;

/// <summary>The result of reading a file by the table of a family.</summary>
/// <param name="Invalid">
/// The reason why there is no such model, or none that computes the file's formulas; null if there is one.
/// </param>
/// <param name="Undecided">The reason why the table does not define the meaning of the file; null if it does.</param>
/// <param name="Facts">The facts of the model.</param>
internal sealed record FamilyReading(string? Invalid, string? Undecided, IReadOnlyDictionary<string, string> Facts)
{
    public static FamilyReading Of(JsonTree file)
    {
        if (file["model_type"] is not string name || !FamilyTables.All.TryGetValue(name, out FamilyTable? table))
        {
            return new FamilyReading(null, "a family without a table", new Dictionary<string, string>());
        }

        FamilyReader reader = new(file, table);
        reader.Read();
        return new FamilyReading(reader.Invalid, file.Repeats ? "a name that occurs twice" : reader.Undecided, reader.Facts);
    }
}

/// <summary>Reads a file by a family's table.</summary>
internal sealed class FamilyReader(JsonTree file, FamilyTable table)
{
    /// <summary>Layers whose kind is given.</summary>
    internal const int MostLayers = 40;

    private static readonly Dictionary<string, string> s_activations = new()
    {
        ["relu"] = "Relu",
        ["gelu"] = "Gelu",
        ["gelu_new"] = "GeluTanh",
        ["gelu_pytorch_tanh"] = "GeluTanh",
        ["gelu_fast"] = "GeluTanh",
        ["quick_gelu"] = "GeluQuick",
        ["silu"] = "Silu",
        ["swish"] = "Silu",
        ["relu2"] = "SquaredRelu",
    };

    private static readonly string[] s_flags =
    [
        "queryBias",
        "keyBias",
        "valueBias",
        "outputBias",
        "innerBias",
        "queryKeyNorm",
        "gated",
        "unitOffset",
        "normBias",
        "embeddingNorm",
    ];

    private readonly Dictionary<string, object?> _values = [];

    public string? Invalid { get; private set; }

    public string? Undecided { get; private set; }

    public SortedDictionary<string, string> Facts { get; } = new(StringComparer.Ordinal);

    public void Read()
    {
        foreach ((string fact, string value) in table.Facts)
        {
            _values[fact] =
                value is "true" or "false" ? value == "true"
                : double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number
                : value;
        }

        foreach (FamilyField field in table.Fields)
        {
            object? value = Read(field);
            foreach (string fact in field.Facts)
            {
                _values[fact] = value;
            }
        }

        if (table.Name == "gemma" && (file["hidden_act"] is "gelu" || file.Has("hidden_activation")))
        {
            // Versions differ in which field they read, and in whether "gelu" is what was trained.
            LeaveOpen("the activation of Gemma");
        }

        if (Invalid is null)
        {
            Complete();
        }
    }

    public double? Number(string fact) => _values.GetValueOrDefault(fact) is double number ? number : null;

    public int Whole(string fact) => (int)Math.Min(Number(fact) ?? 0, int.MaxValue);

    public bool Flag(string fact) => _values.GetValueOrDefault(fact) is true;

    public string Text(string fact) => _values.GetValueOrDefault(fact) as string ?? "";

    public List<object?> Items(string fact) => _values.GetValueOrDefault(fact) as List<object?> ?? [];

    public void Refuse(string why) => Invalid ??= why;

    public void LeaveOpen(string why) => Undecided ??= why;

    /// <summary>A value of the file. The second part is whether the name is present.</summary>
    public (object? Value, bool Given) Find(string name)
    {
        JsonTree place = file;
        string[] path = name.Split('.');
        foreach (string step in path[..^1])
        {
            switch (place[step])
            {
                case JsonTree inner:
                    place = inner;
                    break;
                case null:
                    return (null, false);
                default:
                    Refuse(step + " is no object");
                    return (null, false);
            }
        }

        return (place[path[^1]], place.Has(path[^1]));
    }

    private object? Read(FamilyField field)
    {
        string[] names = field.Name.Split('|');
        (object? value, bool given) = Find(names[0]);
        foreach (string other in names[1..])
        {
            (object? same, bool isGiven) = Find(other);
            if (given && isGiven && (value is null || same is null || !Same(value, same)))
            {
                // The one that transformers sets last wins; what was derived from the other stays.
                LeaveOpen($"{names[0]} beside another {other}");
            }

            (value, given) = given ? (value, true) : (same, isGiven);
        }

        string type = field.Type.TrimEnd('?');
        if (!given)
        {
            return field.Absent == "-" || type == "fixed" ? null : Convert(type, Default(field.Absent));
        }

        if (type == "fixed")
        {
            if (value is not null && (field.Absent == "-" || !Same(value, Default(field.Absent))))
            {
                Refuse($"{field.Name} is not {field.Absent}");
            }

            return null;
        }

        if (value is null)
        {
            if (!field.Type.EndsWith('?'))
            {
                // Some code takes null for the default, some fails.
                LeaveOpen(field.Name + " is null");
                return Convert(type, Default(field.Absent));
            }

            return null;
        }

        object? read = Convert(type, value);
        if (read is null)
        {
            Refuse($"{field.Name} is no {type}");
        }

        return read;
    }

    private static object? Default(string text) =>
        text switch
        {
            "-" => null,
            "true" => true,
            "false" => false,
            _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? new JsonNumber(text) : text,
        };

    private static bool Same(object value, object? other) =>
        value is JsonNumber a && other is JsonNumber b ? a.Value == b.Value : value.Equals(other);

    private static object? Convert(string type, object? value) =>
        type switch
        {
            "extent" => value is JsonNumber { Value: >= 1 } number && double.IsInteger(number.Value) ? number.Value : null,
            "whole" => value is JsonNumber { Value: >= 0 } number && double.IsInteger(number.Value) ? number.Value : null,
            "number" => value is JsonNumber { Value: >= 0 } number && double.IsFinite(number.Value) ? number.Value : null,
            "positive" => value is JsonNumber { Value: > 0 } number && double.IsFinite(number.Value) ? number.Value : null,
            "share" => value is JsonNumber { Value: > 0 and <= 1 } number ? number.Value : null,
            "epsilon" => value is JsonNumber { Value: >= 0 } number && double.IsFinite(number.Value) ? number.Value : null,
            "flag" => value as bool?,
            "activation" => value is string text ? s_activations.GetValueOrDefault(text) : null,
            "projection" => value is string text && s_activations.ContainsKey(text.Replace("gated-", "", StringComparison.Ordinal))
                ? text
                : null,
            "band" => value is JsonNumber { Value: >= 2 } number && number.Value % 2 == 0 ? number.Value
            : value is List<object?> items && items.TrueForAll(static item => item is JsonNumber { Value: >= 2 } one && one.Value % 2 == 0)
                ? items
            : null,
            _ => throw new InvalidOperationException(type),
        };

    private void Complete()
    {
        if (_values.GetValueOrDefault("projection") is string projection)
        {
            bool gated = projection.StartsWith("gated-", StringComparison.Ordinal);
            string activation = gated ? projection[6..] : projection;
            _values["gated"] = gated;
            _values["activation"] = s_activations[gated && activation == "gelu" ? "gelu_new" : activation];
        }

        if (Text("stack") == "EncoderDecoder")
        {
            foreach (string fact in new[] { "context", "vocabulary" })
            {
                _values.TryAdd("source." + fact, _values.GetValueOrDefault(fact));
            }

            _values["vocabulary"] ??= _values["source.vocabulary"];
            _values["layers"] ??= _values["source.layers"];
            Stack("source.");
        }

        Stack("");
        FamilyHeads.Read(this, table.Name, file);
        if (Text("stack") == "")
        {
            Facts["tied"] = Say(Flag("tied"));
            Facts["logitsBias"] = Say(Flag("logitsBias"));
            Facts["residualScale"] = Say((float)(Number("residualScale") ?? 1));
            Facts["logitsScale"] = Say((float)(Number("logitsDivisor") is { } divisor ? 1 / divisor : Number("logitsScale") ?? 1));
            Facts["logitsCap"] = Say((float)(Number("logitsCap") ?? 0));
        }
    }

    private void Stack(string prefix)
    {
        int width = Whole("width"),
            heads = Whole(prefix + "heads"),
            layers = Whole(prefix + "layers");
        int? own = Number("headDimension") is { } given ? (int)given : null;
        if (own is null && width % heads != 0)
        {
            Refuse("the heads do not divide the width");
        }

        int headDimension = own ?? (width / heads);
        int keyValueHeads =
            table.Name == "falcon" ? FalconHeads(heads)
            : table.Name == "gpt_bigcode" ? (Flag("multiQuery") ? 1 : heads)
            : Number("keyValueHeads") is { } shared ? (int)shared
            : heads;
        if (keyValueHeads > heads || heads % keyValueHeads != 0)
        {
            Refuse("the key/value heads do not divide the heads");
            return;
        }

        double scale =
            Number("scale")
            ?? (
                Number("scaleOf") is { } of ? 1 / Math.Sqrt(of)
                : _values.GetValueOrDefault("scaled") is false ? 1
                : 1 / Math.Sqrt(headDimension)
            );
        int groups = Whole("groups"),
            innerGroups = Math.Max(1, Whole("innerGroups"));
        if (groups > 0 && (layers % groups != 0 || innerGroups > 1 << 22))
        {
            LeaveOpen("groups of unequal numbers of layers");
            return;
        }

        Facts[prefix + "layers"] = Say((long)layers * innerGroups);
        Facts[prefix + "sets"] = Say((long)(groups > 0 ? groups : layers) * innerGroups);
        Facts[prefix + "inverseScale"] = Say(Flag("inverseScale"));
        Facts[prefix + "clip"] = Say((float)(Number("clip") ?? 0));
        Facts[prefix + "width"] = Say(width);
        Facts[prefix + "heads"] = Say(heads);
        Facts[prefix + "keyValueHeads"] = Say(keyValueHeads);
        Facts[prefix + "headDimension"] = Say(headDimension);
        Facts[prefix + "scale"] = Say((float)scale);
        Facts[prefix + "scoreCap"] = Say((float)(Number("scoreCap") ?? 0));
        Facts[prefix + "inner"] = Say(Number(prefix + "inner") is { } inner ? (int)inner : 4 * width);
        Facts[prefix + "activation"] = Text("activation");
        foreach (string fact in s_flags)
        {
            Facts[prefix + fact] = Say(Flag(fact));
        }

        if (Number(prefix + "vocabulary") is { } vocabulary && !(prefix.Length > 0 && table.Name == "whisper"))
        {
            Facts[prefix + "vocabulary"] = Say((int)vocabulary);
        }

        bool embeds = !(prefix.Length > 0 && table.Name == "whisper");
        Facts[prefix + "embeddingScale"] = Say(
            Number("embeddingFactor") is { } factor ? (float)factor
            : Flag("embeddingsScaled") && embeds ? (float)Math.Sqrt(width)
            : 1f
        );
        Facts[prefix + "norm"] = Text("norm");
        Facts[prefix + "epsilon"] = Say((float)(Number("epsilon") ?? 1e-12));
        Facts[prefix + "arrangement"] = Arrangement();
        if (Number(prefix + "context") is { } context)
        {
            Facts[prefix + "context"] = Say((int)Math.Min(context, int.MaxValue));
        }

        FamilyPositions.Read(this, table, file, prefix, headDimension, (int)Math.Min((long)layers * innerGroups, MostLayers), layers);
    }

    private int FalconHeads(int heads) =>
        !Flag("new") && Flag("multiQuery") ? 1
        : Number("newHeads") is { } own ? (int)own
        : heads;

    private string Arrangement()
    {
        if (table.Name == "falcon")
        {
            if (Flag("new") && !Flag("parallel"))
            {
                Refuse("the new architecture is parallel");
            }

            double norms = Number("norms") ?? (Flag("new") ? 2 : 1);
            if (Number("norms") is not null && (norms > 2 || (norms == 2 && !Flag("new"))))
            {
                LeaveOpen("norms of another architecture");
            }

            return !Flag("parallel") ? "PreNorm"
                : norms == 2 ? "ParallelTwoNorms"
                : "ParallelOneNorm";
        }

        return table.Name == "opt" ? (Flag("preNorm") ? "PreNorm" : "PostNorm")
            : table.Name == "stablelm" ? (Flag("parallel") ? "ParallelOneNorm" : "PreNorm")
            : table.Name == "gpt_neox" ? (Flag("parallel") ? "ParallelTwoNorms" : "PreNorm")
            : Flag("normedResidual") ? "NormedResidual"
            : Text("arrangement");
    }

    internal static string Say(object value) =>
        value switch
        {
            bool flag => flag ? "true" : "false",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString()!,
        };
}
