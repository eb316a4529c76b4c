using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Specializer.Generator.Tests.Diagnostics;

/// <summary>
/// Writes declarations with random values, the same for the same seed. A wild one has absurd values; a tame one is mostly valid.
/// </summary>
internal sealed class RandomDeclaration(int seed, bool wild)
{
    private static readonly int[] s_tameExtents =
    [
        1,
        2,
        3,
        4,
        5,
        7,
        8,
        12,
        16,
        17,
        24,
        31,
        32,
        33,
        48,
        63,
        64,
        65,
        72,
        96,
        100,
        117,
        128,
        192,
        255,
        512,
        1000,
        1376,
        4096,
        32_000,
    ];
    private static readonly int[] s_wildExtents =
    [
        int.MinValue,
        -65_536,
        -1,
        0,
        1,
        4095,
        4097,
        65_535,
        1 << 20,
        (1 << 22) - 1,
        1 << 22,
        (1 << 22) + 1,
        int.MaxValue - 15,
        int.MaxValue,
    ];
    private static readonly int[] s_heads = [1, 2, 3, 4, 6, 8, 12];
    private static readonly int[] s_headDimensions = [1, 2, 4, 6, 8, 10, 16, 18, 20, 32, 34, 48, 64, 80, 96, 128, 256];
    private static readonly string[] s_tameNumbers = ["0", "1e-5f", "0.125f", "1"];
    private static readonly string[] s_wildNumbers =
    [
        "float.NaN",
        "float.PositiveInfinity",
        "float.NegativeInfinity",
        "-1",
        "-0f",
        "float.MaxValue",
        "float.Epsilon",
        "-1e-30f",
    ];

    private readonly Random _random = new(seed);

    /// <summary>A class "Model" in the given namespace.</summary>
    public string Write(string @namespace)
    {
        int heads = Pick(s_heads);
        int keyValueHeads = Pick([.. Enumerable.Range(1, heads).Where(divisor => heads % divisor == 0)]);
        int headDimension = Pick(s_headDimensions);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"using Specializer;\n\nnamespace {@namespace};\n\n");
        Part(
            text,
            "Transformer",
            [Enumeration("Stack", 1)],
            [
                ("Layers", Extent()),
                ("DModel", Maybe() ? Value(heads * headDimension) : Extent()),
                ("VocabularySize", Extent()),
                ("ContextLength", Extent()),
                ("ChunkLength", Maybe() ? Extent() : null),
                ("TiedEmbeddings", Boolean()),
            ]
        );
        Part(
            text,
            "Attention",
            [],
            [
                ("Heads", Value(heads)),
                ("KeyValueHeads", Maybe() ? Value(keyValueHeads) : null),
                ("HeadDim", Maybe() || !wild ? Value(headDimension) : null),
                ("Scale", Maybe() ? Number() : null),
                ("Mask", Maybe() ? Enumeration("AttentionMask", 1) : null),
                ("QueryKeyValueBias", Boolean()),
                ("OutputBias", Boolean()),
            ]
        );
        if (Maybe())
        {
            Part(
                text,
                "RotaryPositions",
                [],
                [
                    ("Base", Maybe() ? Value(10_000) : null),
                    ("Pairing", Enumeration("RotaryPairing", 2)),
                    ("RotaryDim", Value(headDimension / 2 / 2 * 2)),
                ]
            );
        }

        Part(text, "FeedForward", [Extent(), Enumeration("Activation", 10)], [("Bias", Boolean())]);
        Part(text, "Norm", [Enumeration("NormKind", 2)], [("Epsilon", Maybe() ? Number() : null)]);
        return text.Append("public sealed partial class Model;\n").ToString();
    }

    private void Part(StringBuilder text, string name, IEnumerable<string> positional, IEnumerable<(string Name, string? Value)> named)
    {
        if (IsWild(0.03))
        {
            return;
        }

        IEnumerable<string> arguments = positional.Concat(
            named
                .Where(argument => argument.Value is not null && !IsWild(0.02))
                .Select(static argument => $"{argument.Name} = {argument.Value}")
        );
        text.Append(CultureInfo.InvariantCulture, $"[{name}({string.Join(", ", arguments)})]\n");
    }

    private string Extent() => Value(Pick(s_tameExtents));

    private string Value(int tame) => IsWild(0.1) ? WildValue() : tame.ToString(CultureInfo.InvariantCulture);

    private string WildValue() =>
        (Maybe() ? Pick(s_wildExtents) : _random.Next(int.MinValue, int.MaxValue)).ToString(CultureInfo.InvariantCulture);

    private string Number() => IsWild(0.3) ? Pick(s_wildNumbers) : Pick(s_tameNumbers);

    private string Enumeration(string name, int count) =>
        $"({name})({(IsWild(0.05) ? WildValue() : _random.Next(count).ToString(CultureInfo.InvariantCulture))})";

    private string Boolean() => Maybe() ? "true" : "false";

    private bool Maybe() => _random.Next(2) == 0;

    private bool IsWild(double probability) => wild && _random.NextDouble() < probability;

    private T Pick<T>(IReadOnlyList<T> values) => values[_random.Next(values.Count)];
}
