using System;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>Parts that many families' configurations spell alike.</summary>
internal static class FamilyParts
{
    /// <summary>The one kind of layer of most models.</summary>
    public static EquatableArray<LayerKind> OneKind(AttentionPositions positions, int window = 0, AttentionMask mask = AttentionMask.Causal) =>
        new([new LayerKind("", window, positions) { Mask = mask }]);

    /// <summary>Every layer of the first kind.</summary>
    public static EquatableArray<int> OnePattern { get; } = new([0]);

    /// <summary>Heads and their widths, with no biases, norms or caps.</summary>
    public static AttentionArchitecture Attention(ModelConfiguration configuration, int width, string heads, string? keyValueHeads = "num_key_value_heads", string? headDimension = "head_dim")
    {
        int headCount = configuration.Extent(heads);
        int keyValueHeadCount = keyValueHeads is null ? headCount : configuration.Extent(keyValueHeads, headCount);
        bool ownDimension = headDimension is not null && configuration.Has(headDimension);
        if (!ownDimension && !configuration.Problems.Any)
        {
            configuration.Require(width % headCount == 0, heads, $"a divisor of the width {width.ToString(CultureInfo.InvariantCulture)}");
        }

        configuration.Require(headCount % keyValueHeadCount == 0, keyValueHeads ?? heads, $"a divisor of \"{heads}\", which is {headCount.ToString(CultureInfo.InvariantCulture)}", heads);
        int dimension = ownDimension ? configuration.Extent(headDimension!) : Math.Max(1, width / headCount);
        return new AttentionArchitecture(
            headCount, keyValueHeadCount, dimension, (float)(1 / Math.Sqrt(dimension)), QueryBias: false, KeyBias: false, ValueBias: false, OutputBias: false, SoftCap: 0, QueryKeyNorm: false);
    }

    public static AttentionArchitecture WithBias(this AttentionArchitecture attention, bool queryKeyValue, bool output) =>
        attention with { QueryBias = queryKeyValue, KeyBias = queryKeyValue, ValueBias = queryKeyValue, OutputBias = output };

    /// <summary>Rotary positions over part of a head.</summary>
    public static RotaryPositions Rotary(ModelConfiguration configuration, int headDimension, string theta = "rope_theta", double partial = 1, bool interleaved = false)
    {
        int dimension = (int)(headDimension * partial);
        double value = configuration.Number(theta, 10_000);
        configuration.Require(value > 0, theta, "positive");
        if (!configuration.Problems.Any)
        {
            configuration.Require(
                dimension >= 2 && dimension % 2 == 0,
                theta,
                $"given with an even number of turned elements per head, at least 2; they are {dimension.ToString(CultureInfo.InvariantCulture)} of {headDimension.ToString(CultureInfo.InvariantCulture)}");
        }

        return new RotaryPositions(value, dimension, interleaved, Scaling(configuration, dimension));
    }

    /// <summary><c>rope_scaling</c>, in its older and newer spelling.</summary>
    public static RotaryScaling Scaling(ModelConfiguration configuration, int dimension)
    {
        if (!configuration.Has("rope_scaling"))
        {
            return new NoScaling();
        }

        ModelConfiguration scaling = configuration.Section("rope_scaling");
        string type = scaling.FirstOf("rope_type", "type");
        switch (scaling.Text(type))
        {
            case "default":
                return new NoScaling();
            case "linear":
                return new LinearScaling(scaling.Number("factor"));
            case "llama3":
                return new Llama3Scaling(
                    scaling.Number("factor"), scaling.Number("low_freq_factor"), scaling.Number("high_freq_factor"), scaling.Extent("original_max_position_embeddings"));
            case "yarn":
                double factor = scaling.Number("factor");
                foreach (string field in new[] { "mscale", "mscale_all_dim" })
                {
                    scaling.Refuse(scaling.Has(field), field, "an amplitude of its own kind is not supported; give attention_factor");
                }

                scaling.Refuse(!scaling.Flag("truncate", true), "truncate", "a ramp that does not begin and end at whole pairs is not supported");
                return new YarnScaling(
                    factor,
                    scaling.Extent("original_max_position_embeddings", configuration.Extent("max_position_embeddings")),
                    scaling.Number("beta_fast", 32),
                    scaling.Number("beta_slow", 1),
                    scaling.Number("attention_factor", factor <= 1 ? 1 : (0.1 * Math.Log(factor)) + 1));
            case "longrope" or "su":
                return LongRope(configuration, scaling, dimension);
            default:
                return scaling.Wrong(type, "one of default, linear, llama3, yarn, longrope", new NoScaling());
        }
    }

    private static LongScaling LongRope(ModelConfiguration configuration, ModelConfiguration scaling, int dimension)
    {
        int longest = configuration.Extent("max_position_embeddings");
        int original = configuration.Extent("original_max_position_embeddings", longest);
        // The factors for short sequences hold up to the original length; beyond it all positions would be turned anew.
        double[] Factors(string field)
        {
            double[] factors = scaling.Items(field).Select(static item => item.Number).ToArray();
            bool isRight = factors.Length == dimension / 2 && factors.All(static factor => factor > 0);
            if (!configuration.Problems.Any)
            {
                // The width of a head comes from several fields, which are right.
                scaling.Require(isRight, field, $"an array of {(dimension / 2).ToString(CultureInfo.InvariantCulture)} positive numbers");
            }

            return factors;
        }

        double ratio = (double)longest / original;
        double amplitude = ratio <= 1 ? 1 : Math.Sqrt(1 + (Math.Log(ratio) / Math.Log(original)));
        var shortFactors = new EquatableArray<double>(Factors("short_factor"));
        return new LongScaling(longest > original ? new EquatableArray<double>(Factors("long_factor")) : shortFactors, scaling.Number("attention_factor", amplitude))
        {
            ShortFactors = shortFactors,
            OriginalContextLength = original,
        };
    }
}
