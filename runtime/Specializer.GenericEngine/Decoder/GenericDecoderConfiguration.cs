using System;
using System.Globalization;

namespace Specializer.GenericEngine;

/// <summary>The shapes and options of a LLaMA-like decoder: the run-time counterpart of a generated model's attributes.</summary>
public sealed record GenericDecoderConfiguration
{
    /// <summary>The number of layers.</summary>
    public required int Layers { get; init; }

    /// <summary>The width of the hidden states, d_model.</summary>
    public required int Width { get; init; }

    /// <summary>The number of query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>
    /// The number of key/value heads, a divisor of <see cref="Heads"/>. The default, 0, means the number of query heads.
    /// </summary>
    public int KeyValueHeads { get; init; }

    /// <summary>The elements of a head. The default, 0, means <see cref="Width"/> / <see cref="Heads"/>.</summary>
    public int HeadDim { get; init; }

    /// <summary>The inner width of the feed-forward blocks.</summary>
    public required int FeedForwardWidth { get; init; }

    /// <summary>The activation of the feed-forward blocks, gated or not.</summary>
    public Activation Activation { get; init; } = Activation.SwiGlu;

    /// <summary>The norm before attention, before the feed-forward block and before the logits.</summary>
    public NormKind Norm { get; init; } = NormKind.RootMeanSquare;

    /// <summary>The ε of the norm.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>The base of the rotary angles.</summary>
    public double RotaryBase { get; init; } = 10_000;

    /// <summary>The elements of a head that are rotated together.</summary>
    public RotaryPairing RotaryPairing { get; init; } = RotaryPairing.HalfSplit;

    /// <summary>The number of rotated elements of each head; even. The default, 0, means all elements.</summary>
    public int RotaryDim { get; init; }

    /// <summary>The number of token ids.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The largest number of positions of a session.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Whether the output matrix is the embeddings, so that the checkpoint has no <c>lm_head</c>.</summary>
    public bool TiedEmbeddings { get; init; }

    /// <summary>Whether the projections to queries, keys and values have a bias.</summary>
    public bool QueryKeyValueBias { get; init; }

    /// <summary>Whether the projection after attention has a bias.</summary>
    public bool AttentionOutputBias { get; init; }

    /// <summary>Whether the linear layers of the feed-forward blocks have a bias.</summary>
    public bool FeedForwardBias { get; init; }

    /// <summary>The number of positions that one step of a prefill processes, at most <see cref="ContextLength"/>.</summary>
    public int ChunkLength { get; init; } = 64;

    /// <summary>Returns the configuration with every default resolved.</summary>
    /// <exception cref="ArgumentException">A number is out of range, or two numbers do not match.</exception>
    internal GenericDecoderConfiguration Resolve()
    {
        RequirePositive(Layers, nameof(Layers));
        RequirePositive(Width, nameof(Width));
        RequirePositive(Heads, nameof(Heads));
        RequirePositive(FeedForwardWidth, nameof(FeedForwardWidth));
        RequirePositive(VocabularySize, nameof(VocabularySize));
        RequirePositive(ContextLength, nameof(ContextLength));
        RequirePositive(ChunkLength, nameof(ChunkLength));
        int keyValueHeads = KeyValueHeads == 0 ? Heads : KeyValueHeads;
        Require(keyValueHeads > 0 && Heads % keyValueHeads == 0, nameof(KeyValueHeads), KeyValueHeads, $"a divisor of the {Heads} heads");
        Require(
            HeadDim > 0 || (HeadDim == 0 && Width % Heads == 0),
            nameof(HeadDim),
            HeadDim,
            "positive, or 0 if the width is a multiple of the heads"
        );
        int headDimension = HeadDim == 0 ? Width / Heads : HeadDim;
        int rotaryDimension = RotaryDim == 0 ? headDimension : RotaryDim;
        Require(
            rotaryDimension > 0 && rotaryDimension % 2 == 0 && rotaryDimension <= headDimension,
            nameof(RotaryDim),
            rotaryDimension,
            $"even and at most the head dimension, {headDimension}"
        );
        return this with
        {
            KeyValueHeads = keyValueHeads,
            HeadDim = headDimension,
            RotaryDim = rotaryDimension,
            ChunkLength = Math.Min(ChunkLength, ContextLength),
        };
    }

    private static void RequirePositive(int value, string name) => Require(value > 0, name, value, "positive");

    private static void Require(bool condition, string name, int value, string expected)
    {
        if (!condition)
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{nameof(GenericDecoderConfiguration)}.{name} is {value}; it must be {expected}."
                )
            );
        }
    }
}
