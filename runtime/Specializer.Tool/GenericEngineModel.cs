using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;
using Specializer.GenericEngine;

namespace Specializer.Tool;

using Function = Specializer.Generator.Architecture.Activation;
using LayerArrangement = Specializer.Generator.Architecture.LayerArrangement;

/// <summary>Converts an architecture to a configuration of the generic engine, if it is supported.</summary>
internal static class GenericEngineModel
{
    /// <returns>The configuration, or null and the feature that the generic engine does not support.</returns>
    public static (GenericDecoderConfiguration? Configuration, string Missing) Describe(ExecutionPlan plan)
    {
        TransformerArchitecture architecture = plan.Architecture;
        AttentionArchitecture attention = architecture.Attention;
        var rotary = attention.Positions as RotaryPositions;
        string? missing = architecture switch
        {
            { Stack: not Generator.Architecture.Stack.Decoder } or { Encoder: not null } => "stacks other than decoders",
            { Arrangement: not LayerArrangement.PreNorm } => "this arrangement of norms",
            { LayersPerSet: not 1 } => "shared layers",
            { LayerKinds.Count: not 1 } => "different layers",
            _ when attention.Window > 0 => "sliding windows",
            _ when rotary is not { Scaling: NoScaling } => "positions other than plain rotary ones",
            { Embeddings: { Norm: true } or { Positions: not null } or { Scale: not 1 } } => "these embeddings",
            { Logits: { Bias: true } or { SoftCap: not 0 } or { Scale: not 1 } } => "these logits",
            _ when architecture.LayerKinds[0].ResidualScale != 1 => "a factor of the residual stream",
            _ when attention.QueryKeyNorm
                    || attention.ProjectionNorm != Generator.Architecture.ProjectionNorm.None
                    || !architecture.Norm.HasWeight
                    || architecture.FeedForward.OnlyDownBias
                    || attention.SoftCap != 0
                    || attention.QueryBias != attention.ValueBias
                    || attention.KeyBias != attention.ValueBias => "this attention",
            _ when attention.ScaleByInverseLayer => "scores divided by the number of the layer",
            _ when attention.ProjectionClip > 0 => "clipped projections",
            _ when attention.Scale != (float)(1 / System.Math.Sqrt(attention.HeadDim)) => "this scale of scores",
            _ when Activation(architecture.FeedForward) is null => "this activation",
            _ when architecture.Checkpoint != CheckpointLayout.Llama
                    && !plan.Tensors.All(static tensor =>
                        tensor.Name.StartsWith("model.", System.StringComparison.Ordinal) || tensor.Name == "lm_head.weight"
                    ) => "this checkpoint's names",
            _ => null,
        };
        return missing is not null
            ? (null, missing)
            : (
                new GenericDecoderConfiguration
                {
                    Layers = architecture.Layers,
                    Width = architecture.Width,
                    Heads = attention.Heads,
                    KeyValueHeads = attention.KeyValueHeads,
                    HeadDim = attention.HeadDim,
                    FeedForwardWidth = architecture.FeedForward.Width,
                    Activation = Activation(architecture.FeedForward)!.Value,
                    Norm = (NormKind)architecture.Norm.Kind,
                    Epsilon = architecture.Norm.Epsilon,
                    RotaryBase = rotary!.Base,
                    RotaryPairing = (RotaryPairing)rotary.Pairing,
                    RotaryDim = rotary.RotaryDim,
                    VocabularySize = architecture.Embeddings.VocabularySize,
                    ContextLength = architecture.ContextLength,
                    TiedEmbeddings = architecture.Logits.Tied,
                    QueryKeyValueBias = attention.QueryBias,
                    AttentionOutputBias = attention.OutputBias,
                    FeedForwardBias = architecture.FeedForward.Bias,
                },
                ""
            );
    }

    private static Activation? Activation(FeedForwardArchitecture feedForward) =>
        (feedForward.Activation, feedForward.Gated) switch
        {
            (Function.Relu, true) => Specializer.Activation.ReGlu,
            (Function.Gelu, true) => Specializer.Activation.GeGlu,
            (Function.GeluTanh, true) => Specializer.Activation.GeGluTanh,
            (Function.Silu, true) => Specializer.Activation.SwiGlu,
            (Function.Relu or Function.Gelu or Function.GeluTanh or Function.GeluQuick or Function.Silu or Function.SquaredRelu, false) =>
                (Activation)feedForward.Activation,
            _ => null,
        };
}
