using System;
using System.Globalization;

namespace Specializer.GenericEngine;

/// <summary>The shapes and options of a LLaMA-like decoder: what the attributes of a generated model say, at run time.</summary>
public sealed record GenericDecoderConfiguration
{
    /// <summary>The number of layers.</summary>
    public required int Layers { get; init; }

    /// <summary>The width of the hidden states, d_model.</summary>
    public required int Width { get; init; }

    /// <summary>The number of query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>The number of key/value heads, a divisor of <see cref="Heads"/>; 0, the default, is as many as those.</summary>
    public int KeyValueHeads { get; init; }

    /// <summary>The elements of a head; 0, the default, is <see cref="Width"/> / <see cref="Heads"/>.</summary>
    public int HeadDimension { get; init; }

    /// <summary>The inner width of the feed-forward blocks.</summary>
    public required int FeedForwardWidth { get; init; }

    /// <summary>The activation of the feed-forward blocks, gated or not.</summary>
    public Activation Activation { get; init; } = Activation.SwiGlu;

    /// <summary>The normalisation before attention, before the feed-forward block and before the logits.</summary>
    public NormKind Norm { get; init; } = NormKind.RootMeanSquare;

    /// <summary>ε of the normalisation.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>The base of the rotary angles.</summary>
    public double RotaryBase { get; init; } = 10_000;

    /// <summary>Which elements of a head are turned together.</summary>
    public RotaryPairing RotaryPairing { get; init; } = RotaryPairing.HalfSplit;

    /// <summary>How many elements of each head are turned, even; 0, the default, is all of them.</summary>
    public int RotaryDimension { get; init; }

    /// <summary>The number of token ids.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The largest number of positions of a session.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Whether the logits use the embeddings' weights, so that the checkpoint has no <c>lm_head</c>.</summary>
    public bool TiedEmbeddings { get; init; }

    /// <summary>Whether the projections to queries, keys and values have a bias.</summary>
    public bool QueryKeyValueBias { get; init; }

    /// <summary>Whether the projection after attention has a bias.</summary>
    public bool AttentionOutputBias { get; init; }

    /// <summary>Whether the linear layers of the feed-forward blocks have a bias.</summary>
    public bool FeedForwardBias { get; init; }

    /// <summary>The number of positions that one step of a prefill processes, at most <see cref="ContextLength"/>.</summary>
    public int ChunkLength { get; init; } = 64;

    /// <summary>The configuration with every default resolved, or an error that says what does not fit.</summary>
    /// <exception cref="ArgumentException">A number is out of range, or two do not fit each other.</exception>
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
            HeadDimension > 0 || (HeadDimension == 0 && Width % Heads == 0),
            nameof(HeadDimension),
            HeadDimension,
            "positive, or 0 where the width is a multiple of the heads"
        );
        int headDimension = HeadDimension == 0 ? Width / Heads : HeadDimension;
        int rotaryDimension = RotaryDimension == 0 ? headDimension : RotaryDimension;
        Require(
            rotaryDimension > 0 && rotaryDimension % 2 == 0 && rotaryDimension <= headDimension,
            nameof(RotaryDimension),
            rotaryDimension,
            $"even and at most the head dimension, {headDimension}"
        );
        return this with
        {
            KeyValueHeads = keyValueHeads,
            HeadDimension = headDimension,
            RotaryDimension = rotaryDimension,
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
