using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using Specializer.Generator.Architecture;

namespace Specializer.Fuzzing;

/// <summary>How positions enter the attention of one kind of layer.</summary>
internal enum PositionKind
{
    None,
    Rotary,
    Alibi,
}

/// <summary>What is added to the embeddings.</summary>
internal enum TableKind
{
    None,
    Learned,
    SinusoidalInterleaved,
    SinusoidalHalves,
}

/// <summary>How rotary frequencies are changed.</summary>
internal enum ScalingKind
{
    None,
    Linear,
    Llama3,
    Yarn,
    Long,
}

/// <summary>
/// An architecture as flat values, each of which has a simplest one as its default: so a failure can be shrunk value by
/// value, and printed as the values that are left.
/// </summary>
internal sealed record FuzzCase
{
    /// <summary>What weights and tokens are drawn from.</summary>
    public int Seed { get; init; } = 1;

    public int Layers { get; init; } = 1;

    public int Width { get; init; } = 16;

    public int ContextLength { get; init; } = 16;

    public int ChunkLength { get; init; }

    public int VocabularySize { get; init; } = 16;

    public float EmbeddingScale { get; init; } = 1;

    public TableKind Table { get; init; }

    public int TableOffset { get; init; }

    public int TableRowsBeyond { get; init; }

    public bool EmbeddingNorm { get; init; }

    public int Heads { get; init; } = 1;

    public int KeyValueHeads { get; init; } = 1;

    public int HeadDimension { get; init; } = 16;

    /// <summary>0 for 1/√<see cref="HeadDimension"/>.</summary>
    public float Scale { get; init; }

    public bool QueryBias { get; init; }

    public bool KeyBias { get; init; }

    public bool ValueBias { get; init; }

    public bool OutputBias { get; init; }

    public float SoftCap { get; init; }

    public bool QueryKeyNorm { get; init; }

    public PositionKind Positions { get; init; }

    public double RotaryBase { get; init; } = 10_000;

    public int RotaryDimension { get; init; } = 2;

    public bool RotaryInterleaved { get; init; }

    public ScalingKind Scaling { get; init; }

    public double ScalingFactor { get; init; } = 4;

    public int OriginalContextLength { get; init; } = 8;

    public double MaximumBias { get; init; } = 8;

    public int Window { get; init; }

    /// <summary>Whether there is a second kind of layer.</summary>
    public bool TwoKinds { get; init; }

    /// <summary>Bit i is set where layer i modulo <see cref="PatternLength"/> is of the second kind.</summary>
    public int Pattern { get; init; } = 2;

    public int PatternLength { get; init; } = 2;

    public int SecondWindow { get; init; }

    public PositionKind SecondPositions { get; init; }

    public double SecondRotaryBase { get; init; } = 100;

    public int SecondRotaryDimension { get; init; } = 2;

    public int FeedForwardWidth { get; init; } = 16;

    public ActivationFunction Activation { get; init; }

    public bool Gated { get; init; }

    public bool FeedForwardBias { get; init; }

    public NormFormula Norm { get; init; }

    public float Epsilon { get; init; } = 1e-5f;

    public bool NormBias { get; init; }

    public bool UnitOffset { get; init; }

    public bool NoFinalNorm { get; init; }

    public BlockArrangement Arrangement { get; init; }

    public bool Tied { get; init; }

    public bool LogitsBias { get; init; }

    public float LogitsSoftCap { get; init; }

    public QueryKeyValueLayout Layout { get; init; }

    public bool GateUpConcatenated { get; init; }

    public bool InputsFirst { get; init; }

    /// <summary>Whether it is a model at all; what is declared by a user is checked by the parser.</summary>
    public bool IsValid =>
        Heads % KeyValueHeads == 0
        && RotaryFits(Positions, RotaryDimension)
        && (!TwoKinds || RotaryFits(SecondPositions, SecondRotaryDimension))
        && (Layout == QueryKeyValueLayout.Separate || (QueryBias == KeyBias && KeyBias == ValueBias))
        && (Table is TableKind.None or TableKind.Learned || Width % 2 == 0)
        && (Norm == NormFormula.Layer || !NormBias)
        && (Gated || !GateUpConcatenated)
        && (!QueryKeyNorm || Norm == NormFormula.RootMeanSquare);

    public TransformerArchitecture ToArchitecture()
    {
        LayerKind first = new(TwoKinds ? "First" : "", Window, AttentionPositions(Positions, RotaryBase, RotaryDimension, RotaryScaling(RotaryDimension)));
        LayerKind second = new("Second", SecondWindow, AttentionPositions(SecondPositions, SecondRotaryBase, SecondRotaryDimension, new NoScaling()));
        return new TransformerArchitecture(
            Layers,
            Width,
            ContextLength,
            ChunkLength,
            new EmbeddingArchitecture(VocabularySize, EmbeddingScale, PositionTable(), EmbeddingNorm),
            new AttentionArchitecture(
                Heads, KeyValueHeads, HeadDimension, Scale == 0 ? (float)(1 / Math.Sqrt(HeadDimension)) : Scale, QueryBias, KeyBias, ValueBias, OutputBias, SoftCap, QueryKeyNorm),
            new EquatableArray<LayerKind>(TwoKinds ? [first, second] : [first]),
            new EquatableArray<int>(TwoKinds ? Enumerable.Range(0, PatternLength).Select(layer => (Pattern >> layer) & 1) : [0]),
            new FeedForwardArchitecture(FeedForwardWidth, Activation, Gated, FeedForwardBias),
            new NormArchitecture(Norm, Epsilon, NormBias, UnitOffset),
            Arrangement,
            new LogitsArchitecture(Tied, LogitsBias, LogitsSoftCap),
            new CheckpointLayout(Names(), Layout, GateUpConcatenated, InputsFirst, EquatableArray<string>.Empty));
    }

    /// <summary>The values that are not the simplest, as C#.</summary>
    public override string ToString()
    {
        FuzzCase simplest = new();
        IEnumerable<string> values = Values
            .Where(property => !Equals(property.GetValue(this), property.GetValue(simplest)))
            .Select(property => property.Name + " = " + Spell(property.GetValue(this)!));
        return "new FuzzCase { " + string.Join(", ", values) + " }";
    }

    /// <summary>The properties that make up a case.</summary>
    internal static IReadOnlyList<PropertyInfo> Values { get; } = [.. typeof(FuzzCase).GetProperties().Where(static property => property.CanWrite)];

    private static string Spell(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        float number => number.ToString("R", CultureInfo.InvariantCulture) + "f",
        double number => number.ToString("R", CultureInfo.InvariantCulture) + "d",
        Enum member => member.GetType().Name + "." + member,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private bool RotaryFits(PositionKind kind, int dimension) => kind != PositionKind.Rotary || (dimension % 2 == 0 && dimension >= 2 && dimension <= HeadDimension);

    private AttentionPositions AttentionPositions(PositionKind kind, double rotaryBase, int dimension, RotaryScaling scaling) => kind switch
    {
        PositionKind.Rotary => new RotaryPositions(rotaryBase, dimension, RotaryInterleaved, scaling),
        PositionKind.Alibi => new AlibiPositions(MaximumBias),
        _ => new NoPositions(),
    };

    private PositionTable? PositionTable() => Table switch
    {
        TableKind.Learned => new LearnedPositions(TableOffset, TableOffset + ContextLength + TableRowsBeyond),
        TableKind.SinusoidalInterleaved => new SinusoidalPositions(Interleaved: true),
        TableKind.SinusoidalHalves => new SinusoidalPositions(Interleaved: false),
        _ => null,
    };

    private RotaryScaling RotaryScaling(int dimension) => Scaling switch
    {
        ScalingKind.Linear => new LinearScaling(ScalingFactor),
        ScalingKind.Llama3 => new Llama3Scaling(ScalingFactor, 1, 4, OriginalContextLength),
        ScalingKind.Yarn => new YarnScaling(ScalingFactor, OriginalContextLength, 32, 1, (0.1 * Math.Log(ScalingFactor)) + 1),
        ScalingKind.Long => new LongScaling(
            new EquatableArray<double>(Enumerable.Range(0, dimension / 2).Select(pair => 1 + (pair * ScalingFactor / dimension))), 1 + (ScalingFactor / 16)),
        _ => new NoScaling(),
    };

    private CheckpointNames Names() => new(
        "embed", "layers.{layer}.norm1", "layers.{layer}.q", "layers.{layer}.k", "layers.{layer}.v", "layers.{layer}.o", "layers.{layer}.norm2",
        "layers.{layer}.gate", "layers.{layer}.up", "layers.{layer}.down", NoFinalNorm ? "" : "norm", "logits")
    {
        PositionEmbedding = "positions",
        EmbeddingNorm = "embed_norm",
        QueryKeyValue = "layers.{layer}.qkv",
        GateUp = "layers.{layer}.gate_up",
        QueryNorm = "layers.{layer}.q_norm",
        KeyNorm = "layers.{layer}.k_norm",
        AttentionOutputNorm = "layers.{layer}.norm1_after",
        FeedForwardOutputNorm = "layers.{layer}.norm2_after",
    };
}
