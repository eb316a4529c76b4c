using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>Parts that the configurations of many families have in common.</summary>
internal static class FamilyParts
{
    /// <summary>The single layer kind of most models.</summary>
    public static EquatableArray<LayerKind> OneKind(
        MixerArchitecture mixer,
        FeedForwardArchitecture feedForward,
        LayerArrangement arrangement
    ) => new([new LayerKind("", mixer, feedForward, arrangement)]);

    /// <summary>Returns a kind of layer with another name, window and, if given, other positions.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="name">The new name.</param>
    /// <param name="window">The window; 0 for none.</param>
    /// <param name="positions">The positions; null for those of the kind.</param>
    public static LayerKind Windowed(LayerKind kind, string name, int window, AttentionPositions? positions = null) =>
        (kind with { Name = name }).WithAttention(attention =>
            attention with
            {
                Window = window,
                Positions = positions ?? attention.Positions,
            }
        );

    /// <summary>The pattern in which every layer has the first kind.</summary>
    public static EquatableArray<int> OnePattern { get; } = new([0]);

    /// <summary>Reads heads and their widths, without biases, norms or caps.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="width">The width of the hidden states.</param>
    /// <param name="heads">The field with the number of heads, and its default.</param>
    /// <param name="keyValueHeads">
    /// The field with the number of key/value heads, and its default; null if each head has its own.
    /// </param>
    /// <param name="headDimension">The field with the head dimension; null for families whose heads divide the width.</param>
    /// <param name="defaultDimension">The head dimension if the field is absent; null for the width divided by the heads.</param>
    public static AttentionArchitecture Attention(
        ModelConfiguration configuration,
        int width,
        (string Field, int Default) heads,
        (string Field, int? Default)? keyValueHeads = null,
        string? headDimension = null,
        int? defaultDimension = null
    )
    {
        int headCount = configuration.Extent(heads.Field, heads.Default);
        int keyValueHeadCount = keyValueHeads is var (keyValueField, keyValueDefault)
            ? configuration.OptionalExtent(keyValueField, keyValueDefault) ?? headCount
            : headCount;
        int? ownDimension = headDimension is null ? null : configuration.OptionalExtent(headDimension, defaultDimension);
        if (ownDimension is null && !configuration.Problems.Any)
        {
            configuration.Require(
                width % headCount == 0,
                heads.Field,
                $"a divisor of the width {width.ToString(CultureInfo.InvariantCulture)}"
            );
        }

        configuration.Require(
            headCount % keyValueHeadCount == 0,
            keyValueHeads?.Field ?? heads.Field,
            $"a divisor of \"{heads.Field}\", which is {headCount.ToString(CultureInfo.InvariantCulture)}",
            heads.Field
        );
        int dimension = ownDimension ?? Math.Max(1, width / headCount);
        return new AttentionArchitecture(
            headCount,
            keyValueHeadCount,
            dimension,
            (float)(1 / Math.Sqrt(dimension)),
            QueryBias: false,
            KeyBias: false,
            ValueBias: false,
            OutputBias: false,
            SoftCap: 0,
            QueryKeyNorm: false
        );
    }

    public static AttentionArchitecture WithBias(this AttentionArchitecture attention, bool queryKeyValue, bool output) =>
        attention with
        {
            QueryBias = queryKeyValue,
            KeyBias = queryKeyValue,
            ValueBias = queryKeyValue,
            OutputBias = output,
        };

    /// <summary>Reads the epsilon of a norm.</summary>
    public static float Epsilon(ModelConfiguration configuration, string field, double defaultValue) =>
        (float)configuration.Number(field, defaultValue, NumberRange.Epsilon);

    /// <summary>Reads a soft cap; null, or an absent field with the default null, means none.</summary>
    public static float SoftCap(ModelConfiguration configuration, string field, double? defaultValue) =>
        (float)(configuration.OptionalNumber(field, defaultValue, NumberRange.Positive) ?? 0);

    /// <summary>
    /// Returns the shortest repeating pattern of layer kinds: kind 0 with a window, kind 1 without. <c>layer_types</c> gives it
    /// or, if that is absent, the rule of the family.
    /// </summary>
    public static EquatableArray<int> WindowPattern(ModelConfiguration configuration, int layers, Func<int, bool> slides)
    {
        bool[]? types = LayerTypes(configuration, layers);
        int[] kinds = [.. Enumerable.Range(0, layers).Select(layer => (types?[layer] ?? slides(layer)) ? 0 : 1)];
        return ShortestPattern(kinds);
    }

    /// <summary>Reads from <c>layer_types</c> which layers have a window; null if the field is absent, null or invalid.</summary>
    private static bool[]? LayerTypes(ModelConfiguration configuration, int layers)
    {
        IReadOnlyList<JsonValue> types = configuration.Items("layer_types");
        bool isRight = types.Count == layers && types.All(static type => type.Text is "sliding_attention" or "full_attention");
        configuration.Require(
            isRight || !configuration.Has("layer_types"),
            "layer_types",
            "an array with sliding_attention or full_attention for each of the "
                + layers.ToString(CultureInfo.InvariantCulture)
                + " layers",
            "num_hidden_layers"
        );
        return isRight && types.Count > 0 ? [.. types.Select(static type => type.Text == "sliding_attention")] : null;
    }

    /// <summary>
    /// Returns a model with a window in the layers of kind 0 and none in those of kind 1; one kind if all layers have the same.
    /// </summary>
    public static TransformerArchitecture WithWindow(TransformerArchitecture model, int window, EquatableArray<int> pattern)
    {
        LayerKind kind = model.LayerKinds[0];
        return pattern.Count == 1
            ? model with
            {
                LayerKinds = new([Windowed(kind, "", pattern[0] == 0 ? window : 0)]),
                LayerPattern = OnePattern,
            }
            : model with
            {
                LayerKinds = new([Windowed(kind, "Sliding", window), Windowed(kind, "Full", 0)]),
                LayerPattern = pattern,
            };
    }

    /// <summary>Returns a model with the kinds of layers that are used. A single kind has no name.</summary>
    /// <param name="model">The model.</param>
    /// <param name="kinds">All possible kinds.</param>
    /// <param name="kindOf">The index of the kind of a layer.</param>
    public static TransformerArchitecture WithKinds(TransformerArchitecture model, LayerKind[] kinds, Func<int, int> kindOf)
    {
        EquatableArray<int> pattern = ShortestPattern([.. Enumerable.Range(0, model.Layers).Select(kindOf)]);
        int[] used = [.. pattern.Distinct().OrderBy(static kind => kind)];
        return model with
        {
            LayerKinds = new EquatableArray<LayerKind>(
                used.Select(kind => used.Length == 1 ? kinds[kind] with { Name = "" } : kinds[kind])
            ),
            LayerPattern = new EquatableArray<int>(pattern.Select(kind => Array.IndexOf(used, kind))),
        };
    }

    /// <summary>Returns the shortest pattern that repeats over the layers.</summary>
    /// <remarks>
    /// The length is the number of layers minus the length of the longest border, a prefix that is also a suffix (Knuth, Morris
    /// and Pratt 1977). The time is linear in the number of layers, which a file may set to millions.
    /// </remarks>
    public static EquatableArray<int> ShortestPattern(int[] kinds)
    {
        int[] borders = new int[kinds.Length];
        for (int layer = 1, border = 0; layer < kinds.Length; layer++)
        {
            while (border > 0 && kinds[layer] != kinds[border])
            {
                border = borders[border - 1];
            }

            border += kinds[layer] == kinds[border] ? 1 : 0;
            borders[layer] = border;
        }

        return new EquatableArray<int>(kinds.Take(kinds.Length - borders[kinds.Length - 1]));
    }
}
