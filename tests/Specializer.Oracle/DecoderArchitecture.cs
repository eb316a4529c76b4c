using System;
using System.Collections.Generic;
using Specializer.Generator.Architecture;

namespace Specializer.Oracle;

using Activation = Specializer.Generator.Architecture.Activation;
using AttentionForm = Specializer.Generator.Architecture.AttentionForm;
using AttentionMask = Specializer.Generator.Architecture.AttentionMask;
using LayerArrangement = Specializer.Generator.Architecture.LayerArrangement;
using NormKind = Specializer.Generator.Architecture.NormKind;
using RotaryPairing = Specializer.Generator.Architecture.RotaryPairing;

/// <summary>
/// A pre-norm decoder with the tensor names of LlamaForCausalLM: the short form in which tests write an architecture. The defaults are
/// LLaMA's.
/// </summary>
public sealed record DecoderArchitecture
{
    /// <summary>The number of blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>The width of the residual stream, d_model.</summary>
    public required int Width { get; init; }

    /// <summary>The number of query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>The number of key and value heads; <see cref="Heads"/> is a multiple of it.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>The features of one head. <see cref="Heads"/> times it need not be <see cref="Width"/>.</summary>
    public required int HeadDim { get; init; }

    /// <summary>The width of the feed-forward layer between its matrices.</summary>
    public required int FeedForwardWidth { get; init; }

    /// <summary>The number of tokens.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The activation of the feed-forward layer; of its gate where it is gated.</summary>
    public OracleActivation Activation { get; init; } = OracleActivation.Silu;

    /// <summary>Whether the feed-forward layer is a gated linear unit (three matrices) or plain (two).</summary>
    public bool Gated { get; init; } = true;

    /// <summary>The norm before attention, before the feed-forward layer and before the logits.</summary>
    public OracleNorm Norm { get; init; } = OracleNorm.RootMeanSquare;

    /// <summary>The factor of the scores; 1/√<see cref="HeadDim"/> where it is <see langword="null"/>.</summary>
    public double? Scale { get; init; }

    /// <summary>The value that the norm adds to the mean square or the variance.</summary>
    public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>Rotary positions, or <see langword="null"/> if queries and keys do not depend on positions.</summary>
    public OracleRotary? Rotary { get; init; }

    /// <summary>Whether a position sees only itself and those before it, as in a decoder, or all, as in an encoder.</summary>
    public bool Causal { get; init; } = true;

    /// <summary>Whether the positions of <see cref="OracleInput.Prefix"/> see each other both ways.</summary>
    public bool Prefix { get; init; }

    /// <summary>Whether attention is <see cref="LinearAttention"/> instead of a softmax.</summary>
    public bool LinearAttention { get; init; }

    /// <summary>Whether the logits are computed with the embedding table in place of a matrix of their own.</summary>
    public bool TiedEmbeddings { get; init; }

    /// <summary>Whether the query projection adds a bias.</summary>
    public bool QueryBias { get; init; }

    /// <summary>Whether the key projection adds a bias.</summary>
    public bool KeyBias { get; init; }

    /// <summary>Whether the value projection adds a bias.</summary>
    public bool ValueBias { get; init; }

    /// <summary>Whether the projection after attention adds a bias.</summary>
    public bool OutputBias { get; init; }

    /// <summary>Whether every matrix of the feed-forward layer adds a bias.</summary>
    public bool FeedForwardBias { get; init; }

    /// <summary>The oracle of this architecture.</summary>
    /// <exception cref="ArgumentException">A tensor of the architecture is missing or has another number of elements.</exception>
    public ArchitectureOracle Oracle(OracleWeights weights)
    {
        foreach (OracleTensor tensor in Tensors())
        {
            int found = weights.Get(tensor.Name).Length;
            if (found != tensor.Length)
            {
                throw new ArgumentException(
                    FormattableString.Invariant(
                        $"'{tensor.Name}': expected {tensor.Length} elements ([{string.Join(", ", tensor.Shape)}]), found {found}."
                    ),
                    nameof(weights)
                );
            }
        }

        return new ArchitectureOracle(ToTransformer(), weights);
    }

    /// <summary>Every tensor of the architecture, by the names that Hugging Face gives to LLaMA's, in the order of computation.</summary>
    public IReadOnlyList<OracleTensor> Tensors()
    {
        List<OracleTensor> tensors = [new(OracleNames.Embeddings, VocabularySize, Width)];
        for (int layer = 0; layer < Layers; layer++)
        {
            AddNorm(OracleNames.AttentionNorm(layer));
            AddLinear(OracleNames.Query(layer), Heads * HeadDim, Width, QueryBias);
            AddLinear(OracleNames.Key(layer), KeyValueHeads * HeadDim, Width, KeyBias);
            AddLinear(OracleNames.Value(layer), KeyValueHeads * HeadDim, Width, ValueBias);
            AddLinear(OracleNames.Output(layer), Width, Heads * HeadDim, OutputBias);
            AddNorm(OracleNames.FeedForwardNorm(layer));
            if (Gated)
            {
                AddLinear(OracleNames.Gate(layer), FeedForwardWidth, Width, FeedForwardBias);
            }

            AddLinear(OracleNames.Up(layer), FeedForwardWidth, Width, FeedForwardBias);
            AddLinear(OracleNames.Down(layer), Width, FeedForwardWidth, FeedForwardBias);
        }

        AddNorm(OracleNames.FinalNorm);
        if (!TiedEmbeddings)
        {
            AddLinear(OracleNames.Logits, VocabularySize, Width, bias: false);
        }

        return tensors;

        void AddNorm(string name)
        {
            tensors.Add(new OracleTensor(name + OracleNames.Weight, Width));
            if (Norm == OracleNorm.Layer)
            {
                tensors.Add(new OracleTensor(name + OracleNames.Bias, Width));
            }
        }

        void AddLinear(string name, int outputs, int inputs, bool bias)
        {
            tensors.Add(new OracleTensor(name + OracleNames.Weight, outputs, inputs));
            if (bias)
            {
                tensors.Add(new OracleTensor(name + OracleNames.Bias, outputs));
            }
        }
    }

    private TransformerArchitecture ToTransformer() =>
        new(
            Layers,
            Width,
            ContextLength: int.MaxValue,
            ChunkLength: 0,
            new EmbeddingArchitecture(VocabularySize, Scale: 1, Positions: null, Norm: false),
            new([
                new LayerKind(
                    "",
                    new AttentionArchitecture(
                        Heads,
                        KeyValueHeads,
                        HeadDim,
                        (float)(Scale ?? Attention.Scale(HeadDim)),
                        QueryBias,
                        KeyBias,
                        ValueBias,
                        OutputBias,
                        SoftCap: 0,
                        QueryKeyNorm: false
                    )
                    {
                        Form = LinearAttention ? AttentionForm.Linear : AttentionForm.Softmax,
                        Positions = AttentionPositions(),
                        Mask = Mask(),
                    },
                    new FeedForwardArchitecture(FeedForwardWidth, Enum.Parse<Activation>(Activation.ToString()), Gated, FeedForwardBias),
                    LayerArrangement.PreNorm
                ),
            ]),
            new([0]),
            new NormArchitecture(
                Norm == OracleNorm.Layer ? NormKind.Layer : NormKind.RootMeanSquare,
                (float)NormEpsilon,
                Bias: Norm == OracleNorm.Layer,
                UnitOffset: false
            ),
            new LogitsArchitecture(TiedEmbeddings, Bias: false, SoftCap: 0),
            CheckpointLayout.Llama
        );

    private AttentionPositions AttentionPositions() =>
        Rotary is { } rotary
            ? new RotaryPositions(
                rotary.Base,
                rotary.Dimensions,
                rotary.Pairing == OraclePairing.Interleaved ? RotaryPairing.Interleaved : RotaryPairing.HalfSplit,
                new NoScaling()
            )
            : new NoPositions();

    private AttentionMask Mask() =>
        Prefix ? AttentionMask.Prefix
        : Causal ? AttentionMask.Causal
        : AttentionMask.Full;
}
