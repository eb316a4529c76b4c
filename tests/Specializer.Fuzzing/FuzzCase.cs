using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using Specializer.Generator.Architecture;

namespace Specializer.Fuzzing;

using Activation = Specializer.Generator.Architecture.Activation;
using LayerArrangement = Specializer.Generator.Architecture.LayerArrangement;
using NormKind = Specializer.Generator.Architecture.NormKind;
using PoolingKind = Specializer.Generator.Architecture.PoolingKind;
using QueryKeyValueStorage = Specializer.Generator.Architecture.QueryKeyValueStorage;
using Stack = Specializer.Generator.Architecture.Stack;
using WeightStorage = Specializer.Generator.Architecture.WeightStorage;

/// <summary>
/// An architecture as flat values, each of which has a simplest one as its default. A failure can be shrunk value by value, and
/// printed as the remaining values.
/// </summary>
internal sealed partial record FuzzCase
{
    /// <summary>The seed of weights and tokens.</summary>
    public int Seed { get; init; } = 1;

    public Stack Stack { get; init; }

    /// <summary>The type in which the weights of linear layers are held; they are drawn so that it holds them exactly.</summary>
    public WeightStorage Storage { get; init; }

    /// <summary>How many sequences are decoded in one step, each as if alone; 1 for none together.</summary>
    public int Sequences { get; init; } = 1;

    public int Layers { get; init; } = 1;

    public int EncoderLayers { get; init; } = 1;

    public int SourceLength { get; init; } = 16;

    public int SourceVocabularySize { get; init; } = 16;

    /// <summary>Whether both stacks of an encoder-decoder have the same token embeddings.</summary>
    public bool SharedEmbeddings { get; init; }

    public bool CrossKeyValue { get; init; }

    public bool Linear { get; init; }

    /// <summary>The positions of a decoder's prefix; 0 for a causal mask.</summary>
    public int Prefix { get; init; }

    /// <summary>In an encoder, by itself or inside an encoder-decoder, the positions that one sees to each side; 0 for all.</summary>
    public int Band { get; init; }

    public bool GlobalTokens { get; init; }

    public int TokenTypes { get; init; }

    /// <summary>The width of an encoder's embeddings where it is another; 0 where it is not.</summary>
    public int EmbeddingWidth { get; init; }

    /// <summary>Whether an encoder's layers all have the same weights.</summary>
    public bool SharedLayers { get; init; }

    public PoolingKind Pooling { get; init; }

    public bool Normalize { get; init; }

    /// <summary>Whether an encoder is a decoder's body: positions see those before them only.</summary>
    public bool Causal { get; init; }

    /// <summary>The width of the head's first projection, with the head's activation and bias; 0 for none.</summary>
    public int Projection { get; init; }

    /// <summary>The width of the head's second projection, with neither; 0 for none.</summary>
    public int SecondProjection { get; init; }

    /// <summary>The width of the head's activated layer; 0 for none.</summary>
    public int HeadDense { get; init; }

    public Activation HeadActivation { get; init; }

    public bool HeadNorm { get; init; }

    /// <summary>The outputs of the head; 0 for none.</summary>
    public int HeadOutputs { get; init; }

    public bool HeadBias { get; init; }

    /// <summary>Whether the head's outputs have the token embeddings' weights.</summary>
    public bool TiedHead { get; init; }

    /// <summary>Height and width of the patches of an encoder of images; 0 where there are tokens.</summary>
    public int PatchSize { get; init; }

    /// <summary>The patches of an image in each direction.</summary>
    public int PatchesAcross { get; init; } = 2;

    public int Channels { get; init; } = 1;

    /// <summary>Whether an image has no class state.</summary>
    public bool NoFirstState { get; init; }

    /// <summary>The states between the class state and the patches.</summary>
    public int LaterStates { get; init; }

    public bool LaterHavePositions { get; init; }

    public bool NoPatchBias { get; init; }

    /// <summary>Whether the positions of an image are not added to its states.</summary>
    public bool NoPatchPositions { get; init; }

    public bool FlatImageTensors { get; init; }

    /// <summary>Whether rotary positions of an image are those of its rows and columns.</summary>
    public bool RotaryGrid { get; init; }

    /// <summary>Whether a pooling omits the states before the patches.</summary>
    public bool PoolsPatches { get; init; }

    /// <summary>The heads of a learned state that attends to an image; 0 for none.</summary>
    public int ProbeHeads { get; init; }

    /// <summary>Whether learned factors multiply the outputs of blocks.</summary>
    public bool LayerScale { get; init; }

    /// <summary>The token whose state is the pooled one, one more, or -1 for the largest; 0 for the last token.</summary>
    public int EndToken { get; init; }

    /// <summary>The features of a frame of sound, where the source of an encoder-decoder is sound; 0 where it is tokens.</summary>
    public int MelBands { get; init; }

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

    public int HeadDim { get; init; } = 16;

    /// <summary>0 for 1/√<see cref="HeadDim"/>.</summary>
    public float Scale { get; init; }

    public bool QueryBias { get; init; }

    public bool KeyBias { get; init; }

    public bool ValueBias { get; init; }

    public bool OutputBias { get; init; }

    public float SoftCap { get; init; }

    public bool QueryKeyNorm { get; init; }

    /// <summary>The norm of projected queries and keys with a weight for each of their elements.</summary>
    public ProjectionNorm ProjectionNorm { get; init; }

    /// <summary>Whether the norm of query and key heads follows the rotation.</summary>
    public bool NormsRotated { get; init; }

    /// <summary>Whether norms have no weight.</summary>
    public bool NormWithoutWeight { get; init; }

    /// <summary>Whether the second kind of layer has no norm before its attention.</summary>
    public bool NoSecondAttentionNorm { get; init; }

    /// <summary>Whether scores are divided by the number of the layer.</summary>
    public bool ScaleByInverseLayer { get; init; }

    /// <summary>The limit that projected queries, keys and values are clipped to; 0 for none.</summary>
    public float ProjectionClip { get; init; }

    /// <summary>Sets of weights that run in order before the first runs again.</summary>
    public int SetsPerGroup { get; init; } = 1;

    public PositionKind Positions { get; init; }

    public double RotaryBase { get; init; } = 10_000;

    public int RotaryDim { get; init; } = 2;

    public bool RotaryInterleaved { get; init; }

    public ScalingKind Scaling { get; init; }

    public double ScalingFactor { get; init; } = 4;

    public int OriginalContextLength { get; init; } = 8;

    /// <summary>Whether a scaling by a factor for each pair has other factors for sequences of up to <see cref="OriginalContextLength"/>.</summary>
    public bool ShortFactors { get; init; }

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

    /// <summary>Whether the second kind of layer has heads and a feed-forward block of other sizes.</summary>
    public bool OwnShapes { get; init; }

    public int FeedForwardWidth { get; init; } = 16;

    public Activation Activation { get; init; }

    public bool Gated { get; init; }

    public bool FeedForwardBias { get; init; }

    /// <summary>Whether only the down projection has a bias.</summary>
    public bool OnlyDownBias { get; init; }

    public NormKind Norm { get; init; }

    public float Epsilon { get; init; } = 1e-5f;

    public bool NormBias { get; init; }

    public bool UnitOffset { get; init; }

    public bool NoFinalNorm { get; init; }

    public LayerArrangement Arrangement { get; init; }

    /// <summary>The factor of the output of a block before it is added to the residual stream.</summary>
    public float ResidualScale { get; init; } = 1;

    public bool Tied { get; init; }

    public bool LogitsBias { get; init; }

    public float LogitsSoftCap { get; init; }

    public float LogitsScale { get; init; } = 1;

    public QueryKeyValueStorage Layout { get; init; }

    public bool GateUpConcatenated { get; init; }

    public bool InputsFirst { get; init; }

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
    internal static IReadOnlyList<PropertyInfo> Values { get; } =
    [.. typeof(FuzzCase).GetProperties().Where(static property => property.CanWrite)];

    private static string Spell(object value) =>
        value switch
        {
            bool flag => flag ? "true" : "false",
            float number => number.ToString("R", CultureInfo.InvariantCulture) + "f",
            double number => number.ToString("R", CultureInfo.InvariantCulture) + "d",
            Enum member => member.GetType().Name + "." + member,
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
}
