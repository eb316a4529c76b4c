using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Fuzzing.Configurations;

/// <summary>Draws small valid files of a family, over the whole range of its fields.</summary>
internal static class ConfigurationDraw
{
    private static readonly string[] s_activations =
    [
        "relu",
        "gelu",
        "gelu_new",
        "gelu_pytorch_tanh",
        "quick_gelu",
        "silu",
        "swish",
        "relu2",
    ];

    private static readonly double[] s_epsilons = [1e-12, 1e-8, 1e-6, 1e-5, 1e-5, 1e-3, 0.5, 1];

    public static JsonTree Draw(Random random)
    {
        FamilyTable table = FamilyTables.All.Values.ElementAt(random.Next(FamilyTables.All.Count));
        bool rotates =
            table.Fields.Any(static field => field.Facts.Contains("headDimension"))
            || table.Facts.GetValueOrDefault("rope") is "half" or "interleaved"
            || table.Name == "falcon";
        int headDimension = Pick(random, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 18, 20, 24, 32, 33, 40, 48, 64, 72);
        headDimension += rotates ? headDimension % 2 : 0;
        int heads = Pick(random, 1, 1, 2, 3, 4, 5, 6, 8),
            width = heads * headDimension;
        string? dimension = table.Fields.FirstOrDefault(static field => field.Facts.Contains("headDimension"))?.Absent;
        bool ownDimension = dimension is not (null or "-") || (dimension is not null && random.Next(2) == 0);
        if (ownDimension)
        {
            width = Pick(random, 1, 2, 5, 8, 15, 16, 17, 20, 31, 33, 36, 48, 64, 80);
        }

        int layers = Pick(random, 1, 1, 2, 2, 3, 5),
            context = Pick(random, 1, 2, 3, 5, 8, 15, 16, 17, 31, 33, 40);
        int[] divisors = [.. Enumerable.Range(1, heads).Where(number => heads % number == 0)];
        JsonTree file = new();
        file["model_type"] = table.Name;
        if (random.Next(3) > 0)
        {
            string[] classes = FamilyHeads.ClassesOf(table.Name);
            file["architectures"] = JsonTree.From(new[] { classes[random.Next(classes.Length)] });
        }

        foreach (FamilyField field in table.Fields)
        {
            object? value = field.Facts.FirstOrDefault() switch
            {
                // Two vocabularies that are not shared, and heads of their own: other files than those of one embedding.
                "vocabulary" when field.Name == "decoder_vocab_size" => null,
                "tied" when table.Facts.GetValueOrDefault("stack") == "EncoderDecoder" => true,
                "parallel" when file["new_decoder_architecture"] is true => true,
                "vocabulary" or "source.vocabulary" => Pick(random, 1, 2, 7, 16, 31, 33, 61, 120),
                "width" => width,
                "inner" or "source.inner" => Pick(random, 1, 3, 16, 17, 33, 50, 64, 96),
                "layers" => layers,
                "source.layers" => Pick(random, 1, 2, 3),
                "heads" => heads,
                // One of the two stacks of equal width, each with its own heads.
                "source.heads" => random.Next(2) == 0 ? heads : divisors[random.Next(divisors.Length)],
                "keyValueHeads" or "newHeads" => divisors[random.Next(divisors.Length)],
                "headDimension" => ownDimension ? headDimension : null,
                "context" or "source.context" => context,
                "rows" => context + (table.Facts.ContainsKey("padded") ? 2 : 0),
                "types" => Pick(random, 1, 2, 3),
                "embeddingWidth" => Pick(random, 1, 8, 17, 20, 33),
                "bands" => Pick(random, 1, 3, 8, 20, 80),
                "epsilon" => s_epsilons[random.Next(s_epsilons.Length)],
                "window" => Pick(random, 1, 2, 3, 4, 7, 16, 33, 64),
                "windowPattern" => Pick(random, 1, 2, 3, 6),
                "firstWindow" => Pick(random, 0, 1, 2, 28),
                "rotaryDimension" => 2 * (1 + random.Next(headDimension / 2)),
                "share" => Shares(random, headDimension),
                "scaleOf" => Pick(random, 1, 4, 16, 256),
                "scale" or "embeddingFactor" or "residualScale" or "logitsScale" => 0.25,
                "logitsDivisor" => 4,
                "scoreCap" or "logitsCap" => field.Type == "fixed" ? null : Pick(random, 1, 5, 30, 50),
                "clip" => Pick(random, 0, 1, 4, 8),
                "localBase" => Pick(random, 100, 10_000, 1_000_000),
                "band" => 2 * Pick(random, 1, 2, 4, 9),
                "groups" => new[] { 1, layers }[random.Next(2)],
                "innerGroups" => Pick(random, 1, 1, 2, 3),
                "norms" => null,
                "padding" => 1,
                "buckets" => 2 * Pick(random, 2, 4, 8, 16),
                "distance" => Pick(random, 16, 32, 128),
                "projection" => new[] { "relu", "gated-gelu", "gated-silu" }[random.Next(3)],
                "alibi" => false,
                _ => Usual(random, field),
            };
            if (value is not null && (value is not bool || random.Next(2) == 0))
            {
                Place(file, field.Name.Split('|')[0], JsonTree.From(value));
            }
        }

        if (table.Facts.GetValueOrDefault("rope") == "half" || table.Name is "falcon" or "cohere2")
        {
            RotaryDraw.Add(random, file, table, headDimension, context);
        }

        AddTypes(random, file, table, layers);
        return file;
    }

    private static object? Usual(Random random, FamilyField field) =>
        field.Type.TrimEnd('?') switch
        {
            "flag" => random.Next(2) == 0,
            "activation" => s_activations[random.Next(s_activations.Length)],
            _ => null,
        };

    private static double Shares(Random random, int headDimension)
    {
        int rotated = 2 * (1 + random.Next(Math.Max(1, headDimension / 2)));
        double share = (double)rotated / headDimension;
        return (int)(headDimension * share) == rotated ? share : 1;
    }

    /// <summary>The layers that have a window, if the family's files can declare it, and labels.</summary>
    private static void AddTypes(Random random, JsonTree file, FamilyTable table, int layers)
    {
        bool mayName = table.Facts.GetValueOrDefault("windows") is "alternating" or "gemma3" || file["use_sliding_window"] is true;
        if (mayName && random.Next(2) == 0)
        {
            file["layer_types"] = JsonTree.From(
                Enumerable.Range(0, layers).Select(_ => random.Next(2) == 0 ? "sliding_attention" : "full_attention").ToArray()
            );
        }

        if (table.Facts.GetValueOrDefault("stack") == "Encoder" && random.Next(3) == 0)
        {
            bool isSpan =
                file["architectures"] is List<object?> items
                && items[0] is string name
                && name.EndsWith("QuestionAnswering", StringComparison.Ordinal);
            file["num_labels"] = JsonTree.From(isSpan ? 2 : Pick(random, 1, 2, 3, 17));
        }
    }

    private static void Place(JsonTree file, string name, object? value)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
        {
            file[name] = value;
            return;
        }

        file[name[..dot]] ??= new JsonTree();
        Place((JsonTree)file[name[..dot]]!, name[(dot + 1)..], value);
    }

    internal static int Pick(Random random, params ReadOnlySpan<int> values) => values[random.Next(values.Length)];
}
