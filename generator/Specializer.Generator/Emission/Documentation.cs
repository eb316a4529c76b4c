using System.Collections.Generic;
using System.Globalization;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission;

/// <summary>The architecture in words, for the documentation of the generated class.</summary>
internal static class Documentation
{
    /// <summary>The kind of the model, in one sentence.</summary>
    public static string Sentence(ExecutionPlan plan)
    {
        TransformerArchitecture architecture = plan.Architecture;
        string inputs = architecture.Embeddings.Patches is { } patches
            ? $"images of {patches.ImageSize} by {patches.ImageSize} pixels in patches of {patches.PatchSize} by {patches.PatchSize}"
            : $"sequences of up to {Grouped(architecture.ContextLength)} of {Grouped(architecture.Embeddings.VocabularySize)} tokens";
        string layers = $"{architecture.Layers} layer{(architecture.Layers == 1 ? "" : "s")}, {architecture.Width} wide, for {inputs}.";
        return architecture.Encoder is { } encoder
            ? $"An encoder-decoder of {Grouped(plan.ParameterCount)} parameters: {encoder.Layers} layer{(encoder.Layers == 1 ? "" : "s")} for sources of up to {Grouped(encoder.ContextLength)}, and {layers}"
            : $"{(plan.Head is null ? "A decoder" : "An encoder")} of {Grouped(plan.ParameterCount)} parameters: {layers}";
    }

    /// <summary>The parts of the architecture and what it costs, a term and a description each.</summary>
    public static IEnumerable<(string Term, string Description)> Facts(ExecutionPlan plan)
    {
        TransformerArchitecture architecture = plan.Architecture;
        foreach (LayerKind kind in architecture.LayerKinds)
        {
            AttentionArchitecture attention = kind.Attention;
            yield return (
                kind.Name.Length == 0 ? "Attention" : kind.Name + " attention",
                $"{attention.Heads} heads of {attention.HeadDim}, {attention.KeyValueHeads} key/value heads, {(attention.Band > 0 ? $"a band of {attention.Band} positions to each side" : attention.Mask == AttentionMask.Full ? "every position sees all" : attention.Window == 0 ? "causal" : $"causal within {attention.Window} positions")}; positions: {Positions(attention.Positions, architecture.Embeddings.Positions)}{(attention.ScaleByInverseLayer ? "; scores divided by the number of the layer" : "")}{Clip(attention)}"
            );
        }

        yield return (
            "Feed-forward",
            $"{architecture.FeedForward.Width} wide, {architecture.FeedForward.Activation}{(architecture.FeedForward.Gated ? ", gated" : "")}{(architecture.FeedForward.Bias ? ", with biases" : architecture.FeedForward.OnlyDownBias ? ", with a bias of the down projection" : "")}"
        );
        yield return (
            "Norms",
            $"{(architecture.Norm.Kind == NormKind.Layer ? "LayerNorm" : "RMSNorm")}, epsilon {architecture.Norm.Epsilon.ToString("R", CultureInfo.InvariantCulture)}, {Arrangement(architecture.Arrangement)}"
        );
        yield return plan.Head is null
            ? ("Embeddings", architecture.Logits.Tied ? "shared with the logits" : "separate from the logits")
            : ("Output", Output(plan, plan.Head));
        foreach ((string Term, string Description) cost in Costs(plan))
        {
            yield return cost;
        }
    }

    /// <summary>The costs of the model, a term and a description each.</summary>
    public static IEnumerable<(string Term, string Description)> Costs(ExecutionPlan plan)
    {
        yield return ("Packed weights", Grouped(plan.PackedWeightBytes) + " bytes");
        yield return (
            "One session",
            $"{Grouped(plan.SessionBytes)} bytes, {(plan.Head is null ? "prompts" : "sequences")} in chunks of {plan.ChunkLength}"
        );
        yield return ("One token", Grouped(plan.MultiplyAddsPerToken) + " multiply-adds");
    }

    public static IEnumerable<string> Summary(PlannedModel model)
    {
        ExecutionPlan plan = model.Plan;
        TransformerArchitecture architecture = plan.Architecture;
        yield return "<summary>";
        yield return Sentence(plan);
        yield return "</summary>";
        yield return "<remarks>";
        yield return "<list type=\"table\">";
        foreach ((string term, string description) in Facts(plan))
        {
            yield return Row(term, description);
        }

        yield return "</list>";
        yield return "<example>";
        yield return "<code>";
        yield return $"using var model = {model.Class.Name}.Load(\"model.safetensors\");";
        yield return "using var session = model.CreateSession();";
        if (plan.IsEncoderDecoder)
        {
            yield return architecture.Encoder!.Embeddings.Speech is null ? "session.Encode(source);" : "session.Encode(features);";
        }

        if (plan.Head is null)
        {
            yield return "ReadOnlySpan&lt;float&gt; logits = session.Prefill(prompt);";
            yield return "logits = session.Decode(token);";
        }
        else
        {
            yield return plan.Head.OutputPerToken
                ? "float[] output = new float["
                    + (architecture.Embeddings.Patches is null ? "tokens.Length" : "model.Description.ContextLength")
                    + " * model.Description.OutputWidth];"
                : "float[] output = new float[model.Description.OutputWidth];";
            yield return architecture.Embeddings.Patches is null ? "session.Encode(tokens, output);" : "session.Encode(pixels, output);";
        }

        yield return "</code>";
        yield return "</example>";
        yield return "</remarks>";
    }

    private static string Output(ExecutionPlan plan, HeadPlan head)
    {
        string rows = head.OutputPerToken ? "for every token" : "for the sequence";
        return plan.Architecture.Head is null ? "the last hidden states" : $"{Grouped(head.OutputWidth)} values {rows}";
    }

    private static string Positions(AttentionPositions positions, PositionTable? table) =>
        positions switch
        {
            RotaryPositions rotary =>
                $"rotary, base {rotary.Base.ToString("R", CultureInfo.InvariantCulture)}, {rotary.RotaryDim} of each head, {(rotary.Pairing == RotaryPairing.Interleaved ? "interleaved pairs" : "half-split pairs")}{Lengths(rotary.Scaling)}",
            RelativePositions relative =>
                $"a learned bias for each of {relative.Buckets} buckets of distances up to {relative.MaximumDistance}",
            AlibiPositions => "a slope for each head (ALiBi)",
            _ when table is LearnedPositions learned => $"learned, {Grouped(learned.Rows)} rows",
            _ when table is SinusoidalPositions => "sinusoidal",
            _ => "none",
        };

    private static string Lengths(FrequencyScalingArchitecture scaling) =>
        scaling is LongScaling { Switches: true } @long
            ? $", short factors for sequences of up to {Grouped(@long.OriginalContextLength)}, long ones for longer"
            : "";

    private static string Clip(AttentionArchitecture attention) =>
        attention.ProjectionClip == 0
            ? ""
            : $"; projections clipped to ±{attention.ProjectionClip.ToString("R", CultureInfo.InvariantCulture)}";

    private static string Arrangement(LayerArrangement arrangement) =>
        arrangement switch
        {
            LayerArrangement.ParallelOneNorm => "one before both blocks, which run side by side",
            LayerArrangement.ParallelTwoNorms => "one before each block, which run side by side",
            LayerArrangement.Sandwich => "before and after each block",
            LayerArrangement.OutputNorm => "after each block",
            LayerArrangement.FeedForwardNorm => "before the feed-forward block",
            LayerArrangement.PostNorm => "after each block's residual sum",
            LayerArrangement.NormedResidual => "before each block, of the residual stream itself",
            _ => "before each block",
        };

    private static string Row(string term, string description) =>
        $"<item><term>{term}</term><description>{description}</description></item>";

    private static string Grouped(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
