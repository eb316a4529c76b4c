using Specializer.Oracle;

namespace Specializer.Tests.Oracle;

/// <summary>The architectures of the reference models, as their config.json declare them.</summary>
internal static class GoldenArchitectures
{
    /// <summary>goldens/llama, in F32 and BF16.</summary>
    public static DecoderArchitecture Llama { get; } =
        new()
        {
            Layers = 2,
            Width = 96,
            Heads = 8,
            KeyValueHeads = 2,
            HeadDim = 12,
            FeedForwardWidth = 172,
            VocabularySize = 509,
            Rotary = new OracleRotary(10_000, OraclePairing.HalfSplit, Dimensions: 12),
        };

    /// <summary>goldens/llama_realistic.</summary>
    public static DecoderArchitecture LlamaRealistic { get; } =
        new()
        {
            Layers = 6,
            Width = 288,
            Heads = 6,
            KeyValueHeads = 2,
            HeadDim = 48,
            FeedForwardWidth = 768,
            VocabularySize = 1000,
            Rotary = new OracleRotary(10_000, OraclePairing.HalfSplit, Dimensions: 48),
            TiedEmbeddings = true,
        };

    /// <summary>goldens/qwen2: LLaMA's block with biases on queries, keys and values.</summary>
    public static DecoderArchitecture Qwen2 { get; } =
        new()
        {
            Layers = 2,
            Width = 80,
            Heads = 4,
            KeyValueHeads = 2,
            HeadDim = 20,
            FeedForwardWidth = 200,
            VocabularySize = 509,
            NormEpsilon = 1e-6,
            Rotary = new OracleRotary(1_000_000, OraclePairing.HalfSplit, Dimensions: 20),
            TiedEmbeddings = true,
            QueryBias = true,
            KeyBias = true,
            ValueBias = true,
        };

    /// <summary>models/stories260K.</summary>
    public static DecoderArchitecture Stories260K { get; } =
        new()
        {
            Layers = 5,
            Width = 64,
            Heads = 8,
            KeyValueHeads = 4,
            HeadDim = 8,
            FeedForwardWidth = 172,
            VocabularySize = 512,
            Rotary = new OracleRotary(10_000, OraclePairing.HalfSplit, Dimensions: 8),
            TiedEmbeddings = true,
        };

    /// <summary>goldens/gpt2 but for its learned positions: layer norms, a plain feed-forward layer, biases everywhere.</summary>
    public static DecoderArchitecture Gpt2 { get; } =
        new()
        {
            Layers = 2,
            Width = 96,
            Heads = 8,
            KeyValueHeads = 8,
            HeadDim = 12,
            FeedForwardWidth = 384,
            VocabularySize = 509,
            Activation = OracleActivation.GeluTanh,
            Gated = false,
            Norm = OracleNorm.Layer,
            TiedEmbeddings = true,
            QueryBias = true,
            KeyBias = true,
            ValueBias = true,
            OutputBias = true,
            FeedForwardBias = true,
        };
}
