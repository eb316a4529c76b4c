using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;

namespace Specializer.Tool;

using Activation = Specializer.Generator.Architecture.Activation;
using LayerArrangement = Specializer.Generator.Architecture.LayerArrangement;
using NormKind = Specializer.Generator.Architecture.NormKind;
using PoolingKind = Specializer.Generator.Architecture.PoolingKind;
using RotaryPairing = Specializer.Generator.Architecture.RotaryPairing;

/// <summary>Lists the facts that the generator assumes about a model, for comparison with the model card.</summary>
internal static class Assumptions
{
    /// <summary>Returns terms and descriptions; if there are two stacks, the encoder comes first.</summary>
    public static IEnumerable<(string Term, string Description)> Of(ExecutionPlan plan)
    {
        TransformerArchitecture architecture = plan.Architecture;
        if (architecture.Encoder is { } encoder)
        {
            foreach ((string term, string description) in OfStack(encoder))
            {
                yield return ("Encoder: " + term, description);
            }
        }

        string prefix = architecture.Encoder is null ? "" : "Decoder: ";
        foreach ((string term, string description) in OfStack(architecture))
        {
            yield return (prefix + term, description);
        }

        if (architecture.CrossAttention is { } cross)
        {
            yield return ("Decoder: cross-attention", Heads(cross) + Scores(cross));
        }

        if (plan.Head is null)
        {
            LogitsArchitecture logits = architecture.Logits;
            yield return (
                "Logits",
                Join(
                    logits.Tied ? "computed with the token embeddings (tied)" : "computed with a separate matrix (not tied)",
                    logits.Bias ? "with a bias" : "",
                    logits.Scale != 1 ? $"times {Number(logits.Scale)}" : "",
                    logits.SoftCap != 0 ? $"soft cap {Number(logits.SoftCap)}" : "no soft cap"
                )
            );
        }
        else
        {
            yield return ("Pooling and head", Head(plan, architecture.Head));
        }
    }

    private static IEnumerable<(string Term, string Description)> OfStack(TransformerArchitecture architecture)
    {
        EmbeddingArchitecture embeddings = architecture.Embeddings;
        yield return (
            "embeddings",
            Join(
                embeddings.Scale == 1 ? "not scaled" : $"times {Number(embeddings.Scale)}",
                embeddings.Norm ? "normalized" : "",
                embeddings.TokenTypes > 0 ? $"with {embeddings.TokenTypes} token types" : "",
                embeddings.Width > 0 ? $"{embeddings.Width} wide, projected to {architecture.Width}" : ""
            )
        );
        yield return ("positions", Positions(architecture));
        foreach (LayerKind kind in architecture.LayerKinds)
        {
            yield return (
                kind.Name.Length == 0 ? "attention" : $"{kind.Name} attention",
                (architecture.LayerKinds.Count == 1 ? "" : $"layers {Layers(architecture, kind)}: ")
                    + Heads(kind.Attention)
                    + "; "
                    + Seen(architecture, kind.Attention)
                    + Scores(kind.Attention)
            );
            if (kind.Attention.Positions is not NoPositions)
            {
                yield return (
                    kind.Name.Length == 0 ? "positions in attention" : $"positions in {kind.Name} attention",
                    InAttention(kind.Attention.Positions)
                );
            }
        }

        FeedForwardArchitecture feedForward = architecture.FeedForward;
        yield return (
            "activation",
            Join(
                $"{FunctionName(feedForward.Activation)}",
                feedForward.Gated ? "gated" : "not gated",
                $"{feedForward.Width} wide",
                feedForward.Bias ? "with biases"
                    : feedForward.OnlyDownBias ? "with a bias of the down projection"
                    : "without biases"
            )
        );
        NormArchitecture norm = architecture.Norm;
        yield return (
            "norms",
            Join(
                norm.Kind == NormKind.Layer ? "LayerNorm" : "RMSNorm",
                $"epsilon {Number(norm.Epsilon)}",
                norm.Kind == NormKind.Layer
                    ? norm.Bias
                        ? "with biases"
                        : "without biases"
                    : norm.UnitOffset
                        ? "times 1 + weight"
                        : "times weight",
                Arrangement(architecture.Arrangement)
            )
        );
        if (architecture.LayersPerSet > 1)
        {
            yield return (
                "shared layers",
                Join(
                    $"{architecture.WeightSets} set{(architecture.WeightSets == 1 ? "" : "s")} of weights, each used {architecture.LayersPerSet} times",
                    architecture.SetsPerGroup > 1 ? $"in groups of {architecture.SetsPerGroup}" : ""
                )
            );
        }
    }

    /// <summary>Returns the positions that are added to the embeddings, or that there are none.</summary>
    private static string Positions(TransformerArchitecture architecture) =>
        architecture.Embeddings.Positions switch
        {
            LearnedPositions learned => Join(
                $"learned, with a table of {learned.Rows} rows",
                learned.Offset != 0 ? $"position 0 is row {learned.Offset}" : "",
                learned.PaddingToken is { } padding ? $"token {padding} counts as padding" : ""
            ),
            SinusoidalPositions sinusoidal => Join(
                "sinusoidal",
                sinusoidal.Interleaved ? "alternating sines and cosines" : "sines, then cosines",
                sinusoidal.First != 0 ? $"the first position is {sinusoidal.First}" : "",
                sinusoidal.Endpoint ? "frequencies up to 1 / 10000" : ""
            ),
            _ => architecture.LayerKinds.Any(static kind => kind.Attention.Positions is not NoPositions)
                ? "none added to the embeddings"
                : "none",
        };

    private static string InAttention(AttentionPositions positions) =>
        positions switch
        {
            RotaryPositions rotary => Join(
                $"rotary, base {Number(rotary.Base)}",
                $"{rotary.RotaryDim} elements of each head",
                rotary.Pairing == RotaryPairing.Interleaved ? "interleaved pairs" : "half-split pairs",
                Scaling(rotary.Scaling)
            ),
            RelativePositions relative =>
                $"relative: a learned bias for each of {relative.Buckets} buckets of distances up to {relative.MaximumDistance}, {(relative.Bidirectional ? "bidirectional" : "causal")}",
            AlibiPositions alibi => $"linear biases with a slope for each head (ALiBi), largest exponent {Number(alibi.MaximumBias)}",
            _ => "none",
        };

    private static string Scaling(FrequencyScalingArchitecture scaling) =>
        scaling switch
        {
            NoScaling => "no scaling",
            LinearScaling linear => $"linear scaling by {Number(linear.Factor)}",
            Llama3Scaling llama =>
                $"llama3 scaling by {Number(llama.Factor)} (low {Number(llama.LowFrequencyFactor)}, high {Number(llama.HighFrequencyFactor)}, original context {llama.OriginalContextLength})",
            YarnScaling yarn =>
                $"yarn scaling by {Number(yarn.Factor)} (original context {yarn.OriginalContextLength}, beta {Number(yarn.BetaFast)} and {Number(yarn.BetaSlow)}, attention factor {Number(yarn.AttentionFactor)}{(yarn.Truncate ? "" : ", a ramp between parts of pairs")})",
            DynamicScaling dynamic =>
                $"dynamic scaling, which has no effect up to {dynamic.OriginalContextLength} positions; longer contexts are not supported",
            LongScaling longer =>
                $"longrope scaling by {longer.Factors.Count} factors from {Number(longer.Factors.Min())} to {Number(longer.Factors.Max())} (original context {longer.OriginalContextLength}, attention factor {Number(longer.AttentionFactor)})",
            _ => scaling.ToString(),
        };

    private static string Heads(AttentionArchitecture attention) =>
        Join(
            $"{attention.Heads} heads of {attention.HeadDim}",
            $"{attention.KeyValueHeads} key/value heads",
            Biases(attention),
            attention.QueryKeyNorm ? "normalized queries and keys" + (attention.NormsRotated ? " after their rotation" : "") : "",
            attention.ProjectionNorm switch
            {
                Generator.Architecture.ProjectionNorm.AllHeads => "queries normalized together, and keys together",
                Generator.Architecture.ProjectionNorm.EachHead => "every query and key head normalized with its own weights",
                _ => "",
            },
            attention.IsLinear ? "linear" : "",
            attention.ProjectionClip != 0 ? $"projections clipped to ±{Number(attention.ProjectionClip)}" : "",
            attention.ScaleByInverseLayer ? "scores divided by the number of the layer" : ""
        );

    private static string Biases(AttentionArchitecture attention)
    {
        string[] biased =
        [
            .. new[]
            {
                (attention.QueryBias, "queries"),
                (attention.KeyBias, "keys"),
                (attention.ValueBias, "values"),
                (attention.OutputBias, "output"),
            }
                .Where(static part => part.Item1)
                .Select(static part => part.Item2),
        ];
        return biased.Length == 0 ? "no biases" : "biases of " + string.Join(", ", biased);
    }

    private static string Scores(AttentionArchitecture attention) =>
        $"; scores times {Number(attention.Scale)}, {(attention.SoftCap == 0 ? "no soft cap" : $"soft cap {Number(attention.SoftCap)}")}";

    private static string Seen(TransformerArchitecture architecture, AttentionArchitecture attention) =>
        attention switch
        {
            { Band: > 0 } => $"a band of {attention.Band} positions on each side{(architecture.GlobalTokens ? ", and global tokens" : "")}",
            { Mask: Generator.Architecture.AttentionMask.Full } => "bidirectional",
            { Mask: Generator.Architecture.AttentionMask.Prefix } => "causal, with a bidirectional prefix"
                + (attention.Window > 0 ? $", within {attention.Window} positions" : ""),
            { Window: > 0 } => $"causal within {attention.Window} positions",
            _ => "causal",
        };

    private static string Layers(TransformerArchitecture architecture, LayerKind kind)
    {
        int index = architecture.LayerKinds.ToList().IndexOf(kind);
        return string.Join(
            ", ",
            Enumerable
                .Range(0, architecture.Layers)
                .Where(layer => architecture.LayerPattern[layer % architecture.LayerPattern.Count] == index)
        );
    }

    private static string Head(ExecutionPlan plan, HeadArchitecture? head)
    {
        if (head is null)
        {
            return "none: the last hidden state of every token (an embedding requires [Pooling])";
        }

        string pooling = head.Pooling switch
        {
            PoolingKind.None => "every token",
            PoolingKind.First => "the state of the first token",
            PoolingKind.Mean => "the mean of all states",
            PoolingKind.Last => "the state of the last token",
            PoolingKind.WeightedMean => "the mean of all states, weighted by position",
            PoolingKind.Max => "the maximum of all states",
            _ => head.Pooling.ToString(),
        };
        return Join([
            pooling,
            .. head.Projections.Select(static projection =>
                $"{projection.Name} to {projection.Width}{(projection.Activation is { } activation ? $" with {FunctionName(activation)}" : "")}"
            ),
            head.Normalize ? "divided by its length" : "",
            head.Dense is { } dense ? $"a linear layer to {dense.Width} with {FunctionName(dense.Activation)}" : "",
            head.Norm ? "a norm" : "",
            head.Output is { } output ? $"{output.Width} outputs{(output.Tied ? " (tied to the embeddings)" : "")}" : "",
            $"{plan.Head!.OutputWidth} values {(plan.Head.OutputPerToken ? "for every token" : "for the sequence")}",
        ]);
    }

    private static string FunctionName(Activation activation) =>
        activation switch
        {
            Activation.Relu => "ReLU",
            Activation.Gelu => "GELU (exact)",
            Activation.GeluTanh => "GELU (tanh)",
            Activation.GeluQuick => "GELU (quick, x · sigmoid(1.702 x))",
            Activation.Silu => "SiLU",
            Activation.SquaredRelu => "squared ReLU",
            Activation.Tanh => "tanh",
            _ => activation.ToString(),
        };

    private static string Arrangement(LayerArrangement arrangement) =>
        arrangement switch
        {
            LayerArrangement.PreNorm => "before each block",
            LayerArrangement.ParallelOneNorm => "one before both parallel blocks",
            LayerArrangement.ParallelTwoNorms => "one before each of the parallel blocks",
            LayerArrangement.OutputNorm => "after each block",
            LayerArrangement.FeedForwardNorm => "before the feed-forward block",
            LayerArrangement.Sandwich => "before and after each block",
            LayerArrangement.NormedResidual => "on the residual stream itself, before each block",
            LayerArrangement.PostNorm => "after the residual connection of each block",
            _ => arrangement.ToString(),
        };

    private static string Join(params string[] parts) => string.Join(", ", parts.Where(static part => part.Length > 0));

    private static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string Number(float number) => number.ToString("R", CultureInfo.InvariantCulture);
}
