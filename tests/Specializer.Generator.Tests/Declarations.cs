using System.Collections.Generic;

namespace Specializer.Generator.Tests;

/// <summary>The declarations that most tests work with.</summary>
internal static class Declarations
{
    /// <summary>Grouped-query attention, tied embeddings, gated feed-forward, RMSNorm; every width a multiple of 16.</summary>
    public const string Pronunciation = """
        using Specializer;

        namespace Samples;

        [Transformer(Stack.Decoder, Layers = 4, DModel = 192, VocabularySize = 117, ContextLength = 64, TiedEmbeddings = true)]
        [Attention(Heads = 6, KeyValueHeads = 2, HeadDim = 32, Mask = AttentionMask.Causal)]
        [RotaryPositions(Base = 10_000)]
        [FeedForward(512, Activation.SwiGlu)]
        [Norm(NormKind.RootMeanSquare, Epsilon = 1e-5f)]
        public sealed partial class PronunciationModel;
        """;

    /// <summary>Everything the other is not, with sizes that fill neither vectors nor tiles nor chunks.</summary>
    public const string OddSizes = """
        using Specializer;

        namespace Samples;

        [Transformer(Stack.Decoder, Layers = 2, DModel = 72, VocabularySize = 117, ContextLength = 48)]
        [Attention(Heads = 3, HeadDim = 20, QueryKeyValueBias = true, OutputBias = true)]
        [RotaryPositions(Pairing = RotaryPairing.Interleaved, RotaryDim = 8)]
        [FeedForward(100, Activation.Gelu, Bias = true)]
        [Norm(NormKind.Layer)]
        public sealed partial class OddSizesModel;
        """;

    /// <summary>An encoder with a pooled, normalised output.</summary>
    public const string Encoder = """
        using Specializer;

        namespace Samples;

        [Transformer(Stack.Encoder, Layers = 2, DModel = 72, VocabularySize = 117, ContextLength = 48)]
        [Attention(Heads = 3, KeyValueHeads = 1, HeadDim = 20, Mask = AttentionMask.Full, QueryKeyValueBias = true)]
        [RotaryPositions]
        [FeedForward(100, Activation.GeGlu)]
        [Norm(NormKind.Layer)]
        [Pooling(PoolingKind.Mean)]
        public sealed partial class SentenceModel;
        """;

    private static readonly Dictionary<string, string> s_named = new()
    {
        [nameof(Pronunciation)] = Pronunciation,
        [nameof(OddSizes)] = OddSizes,
        [nameof(Encoder)] = Encoder,

        // Numbers that a careless format would spell by culture.
        ["Fractions"] = OddSizes
            .Replace("HeadDim = 20", "HeadDim = 20, Scale = 0.125f")
            .Replace("RotaryDim = 8", "RotaryDim = 8, Base = 1234567.5")
            .Replace("NormKind.Layer", "NormKind.Layer, Epsilon = 1e-12f"),

        ["Large"] = Pronunciation
            .Replace("DModel = 192", "DModel = 4096")
            .Replace("HeadDim = 32", "HeadDim = 256")
            .Replace("FeedForward(512", "FeedForward(14336"),
        ["EverythingOdd"] = OddSizes
            .Replace("HeadDim = 20", "HeadDim = 31")
            .Replace("DModel = 72", "DModel = 79")
            .Replace("FeedForward(100", "FeedForward(111"),
        ["Tiny"] = OddSizes
            .Replace("HeadDim = 20", "HeadDim = 8")
            .Replace("DModel = 72", "DModel = 1")
            .Replace("FeedForward(100", "FeedForward(1"),
    };

    /// <summary>A declaration by its name, for tests that run with several: their names stay short.</summary>
    public static string Named(string name) => s_named[name];
}
