using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Fuzzing.Configurations;

using AttentionMask = Specializer.Generator.Architecture.AttentionMask;
using RotaryPairing = Specializer.Generator.Architecture.RotaryPairing;
using Stack = Specializer.Generator.Architecture.Stack;

/// <summary>The facts of an architecture, in the words of <see cref="FamilyReading"/>.</summary>
internal static class ArchitectureFacts
{
    public static SortedDictionary<string, string> Of(TransformerArchitecture architecture)
    {
        SortedDictionary<string, string> facts = new(StringComparer.Ordinal);
        Add(facts, "", architecture);
        if (architecture.Encoder is { } encoder)
        {
            Add(facts, "source.", encoder);
        }

        facts["tied"] = FamilyReader.Say(architecture.Logits.Tied);
        facts["logitsBias"] = FamilyReader.Say(architecture.Logits.Bias);
        facts["residualScale"] = FamilyReader.Say(architecture.LayerKinds[0].ResidualScale);
        facts["logitsScale"] = FamilyReader.Say(architecture.Logits.Scale);
        facts["logitsCap"] = FamilyReader.Say(architecture.Logits.SoftCap);
        facts["head"] = Head(architecture.Head);
        return facts;
    }

    private static void Add(SortedDictionary<string, string> facts, string prefix, TransformerArchitecture architecture)
    {
        AttentionArchitecture attention = architecture.Attention;
        EmbeddingArchitecture embeddings = architecture.Embeddings;
        void Say(string fact, object value) => facts[prefix + fact] = FamilyReader.Say(value);
        Say("layers", architecture.Layers);
        Say("sets", architecture.WeightSets);
        Say("width", architecture.Width);
        Say("context", architecture.ContextLength);
        Say("vocabulary", embeddings.VocabularySize);
        Say("embeddingScale", embeddings.Scale);
        Say("embeddingNorm", embeddings.Norm);
        Say(
            "table",
            embeddings.Positions switch
            {
                null => "none",
                LearnedPositions learned => FormattableString.Invariant($"learned, {learned.Rows} rows from {learned.Offset}"),
                _ => "sinusoidal",
            }
        );
        Say("heads", attention.Heads);
        Say("keyValueHeads", attention.KeyValueHeads);
        Say("headDimension", attention.HeadDim);
        Say("scale", attention.Scale);
        Say("scoreCap", attention.SoftCap);
        Say("inverseScale", attention.ScaleByInverseLayer);
        Say("clip", attention.ProjectionClip);
        Say("queryBias", attention.QueryBias);
        Say("keyBias", attention.KeyBias);
        Say("valueBias", attention.ValueBias);
        Say("outputBias", attention.OutputBias);
        Say("queryKeyNorm", attention.QueryKeyNorm);
        Say("inner", architecture.FeedForward.Width);
        Say("activation", architecture.FeedForward.Activation);
        Say("gated", architecture.FeedForward.Gated);
        Say("innerBias", architecture.FeedForward.Bias);
        Say("norm", architecture.Norm.Kind);
        Say("epsilon", architecture.Norm.Epsilon);
        Say("normBias", architecture.Norm.Bias);
        Say("unitOffset", architecture.Norm.UnitOffset);
        Say("arrangement", architecture.Arrangement);
        for (int layer = 0; layer < Math.Min(architecture.Layers, FamilyReader.MostLayers); layer++)
        {
            LayerKind kind = architecture.LayerKinds[architecture.LayerPattern[layer % architecture.LayerPattern.Count]];
            string window = kind.Attention.Window > 0 ? FormattableString.Invariant($"window {kind.Attention.Window}, ") : "";
            string band = kind.Attention.Band > 0 ? FormattableString.Invariant($"band {kind.Attention.Band}, ") : "";
            AttentionMask mask = architecture.Stack == Stack.Encoder || prefix.Length > 0 ? AttentionMask.Full : AttentionMask.Causal;
            string other = kind.Attention.Mask == mask ? "" : ", " + kind.Attention.Mask;
            Say(FormattableString.Invariant($"layer {layer}"), window + band + Positions(kind.Attention.Positions) + other);
        }
    }

    private static string Positions(AttentionPositions positions) =>
        positions switch
        {
            NoPositions => "none",
            AlibiPositions alibi => FormattableString.Invariant($"alibi({alibi.MaximumBias:R})"),
            RelativePositions relative => FormattableString.Invariant(
                $"relative({relative.Buckets}, {relative.MaximumDistance}, {(relative.Bidirectional ? "both" : "before")})"
            ),
            RotaryPositions rotary => FormattableString.Invariant(
                $"rotary({rotary.Base:R}, {rotary.RotaryDim}, {Pairs(rotary)}, {Scaling(rotary.Scaling)})"
            ),
            _ => positions.ToString(),
        };

    private static string Pairs(RotaryPositions rotary) => rotary.Pairing == RotaryPairing.Interleaved ? "interleaved" : "halves";

    private static string Scaling(FrequencyScalingArchitecture scaling) =>
        scaling switch
        {
            NoScaling => "none",
            LinearScaling linear => FormattableString.Invariant($"linear({linear.Factor:R})"),
            DynamicScaling dynamic => FormattableString.Invariant($"dynamic({dynamic.Factor:R})"),
            Llama3Scaling llama => FormattableString.Invariant(
                $"llama3({llama.Factor:R}, {llama.LowFrequencyFactor:R}, {llama.HighFrequencyFactor:R}, {llama.OriginalContextLength})"
            ),
            YarnScaling { OriginalContextLength: var original, AttentionFactor: var amplitude } yarn => FormattableString.Invariant(
                $"yarn({yarn.Factor:R}, {original}, {yarn.BetaFast:R}, {yarn.BetaSlow:R}, {amplitude:G7}, {Ramp(yarn)})"
            ),
            LongScaling { OriginalContextLength: var original, AttentionFactor: var amplitude } scaled => FormattableString.Invariant(
                $"longrope({original}, {amplitude:G7}, [{Numbers(scaled.ShortFactors)}], [{Numbers(scaled.Factors)}])"
            ),
            _ => scaling.ToString(),
        };

    private static string Ramp(YarnScaling yarn) => yarn.Truncate ? "whole" : "exact";

    private static string Numbers(EquatableArray<double> numbers) =>
        string.Join(", ", numbers.Select(static number => number.ToString("R", CultureInfo.InvariantCulture)));

    private static string Head(HeadArchitecture? head)
    {
        if (head is null)
        {
            return "none";
        }

        string dense = head.Dense is { } layer ? FormattableString.Invariant($", dense {layer.Width} {layer.Activation}") : "";
        string output = head.Output is { } last
            ? FormattableString.Invariant($", output {last.Width}{(last.Tied ? " tied" : "")}{(last.Bias ? " biased" : "")}")
            : "";
        return head.Pooling + dense + (head.Norm ? ", norm" : "") + (head.Normalize ? ", normalized" : "") + output;
    }
}
