using System.Globalization;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>
/// One method to emit per instruction set. Two steps of equal shape ask for equal kernels and share one; the name says
/// the shape.
/// </summary>
internal abstract record Kernel
{
    /// <summary>The method's name; equal kernels have equal names and different ones different names.</summary>
    public abstract string Name { get; }

    protected static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What a linear kernel does with a sum before it stores it, in this order.</summary>
/// <param name="Bias">Adds a bias.</param>
/// <param name="Activation">Applies an activation, to the gate if <paramref name="Gated"/>.</param>
/// <param name="Gated">Multiplies the activated gate with the up projection.</param>
/// <param name="AddToOutput">Adds to what the output holds (the residual stream) instead of replacing it.</param>
/// <param name="SoftCap">c of c · tanh(output / c), the last thing; 0 for none.</param>
/// <param name="Scale">What the sum and its bias are multiplied with, before anything else; 1 for nothing.</param>
/// <param name="Clip">c where the sum and its bias are clipped to [−c, c], which excludes everything else; 0 for none.</param>
internal sealed record LinearEpilogue(
    bool Bias,
    ActivationFunction? Activation,
    bool Gated,
    bool AddToOutput,
    float SoftCap = 0,
    float Scale = 1,
    float Clip = 0
);

/// <summary>output[row, o] = epilogue(Σ over i of input[row, i] · weight[o, i]).</summary>
/// <param name="Inputs">The depth of the sum.</param>
/// <param name="Outputs">The outputs; with a gate, after gating.</param>
/// <param name="InputStride">Floats from one input row to the next.</param>
/// <param name="OutputStride">Floats from one output row to the next.</param>
/// <param name="Epilogue">What happens to a sum before it is stored.</param>
internal sealed record LinearKernel(int Inputs, int Outputs, int InputStride, int OutputStride, LinearEpilogue Epilogue) : Kernel
{
    /// <summary>The columns of the packed weights: whole lines, gate and up side by side.</summary>
    public int PackedOutputs => Layout.Pad(Outputs) * (Epilogue.Gated ? 2 : 1);

    /// <summary>
    /// The room of the packed weights in floats, the bias not counted. Weights of 16 bits lie two in a word, one from
    /// each half of a panel, so that the last panel is as long as the others however few outputs it has.
    /// </summary>
    public long PackedFloats =>
        Storage == WeightStorage.Float32 ? (long)PackedOutputs * Inputs : (long)Layout.RoundUp(PackedOutputs, 2 * Layout.Line) / 2 * Inputs;

    /// <summary>The type in which the weights are held.</summary>
    public WeightStorage Storage { get; init; }

    /// <summary>Ends the name where another kernel of the model has the same shape but not the same strides.</summary>
    public string NameSuffix { get; init; } = "";

    public long MultiplyAddsPerRow => (long)Inputs * Outputs * (Epilogue.Gated ? 2 : 1);

    public override string Name =>
        (Epilogue.Gated ? "GatedLinear" : "Linear")
        + Text(Inputs)
        + "To"
        + Text(Outputs)
        + (Epilogue.Bias ? "Bias" : "")
        + (Epilogue.Activation is { } activation ? activation.ToString() : "")
        + (Epilogue.AddToOutput ? "Add" : "")
        + (Epilogue.Scale != 1 ? "Scaled" : "")
        + (Epilogue.SoftCap > 0 ? "Capped" : "")
        + (Epilogue.Clip > 0 ? "Clipped" : "")
        + (Storage == WeightStorage.Float32 ? "" : Storage.ToString())
        + NameSuffix;
}

/// <summary>Normalises rows.</summary>
/// <param name="Formula">The formula.</param>
/// <param name="Width">The width of a row.</param>
/// <param name="Stride">Floats from one row to the next, of the input and of the output.</param>
/// <param name="Epsilon">The ε of the formula.</param>
/// <param name="Bias">Whether a bias, which lies behind the weight, is added.</param>
/// <param name="AddToOutput">Adds to what the output holds (the residual stream) instead of replacing it.</param>
internal sealed record NormKernel(NormFormula Formula, int Width, int Stride, float Epsilon, bool Bias, bool AddToOutput) : Kernel
{
    public override string Name =>
        (Formula == NormFormula.Layer ? "LayerNorm" : "RootMeanSquareNorm") + Text(Width) + (AddToOutput ? "Add" : "");
}

/// <summary>Finds the highest logit of one row: of each worker among those that it has computed itself, so that nobody waits.</summary>
/// <param name="Logits">The kernel that computes the logits.</param>
internal sealed record HighestKernel(LinearKernel Logits) : Kernel
{
    public override string Name => "HighestOf" + Text(Logits.Outputs);
}

/// <summary>Copies the embedding of each token of the chunk to its row.</summary>
/// <param name="Width">The width of a row.</param>
/// <param name="VocabularySize">The number of token ids.</param>
/// <param name="Stride">Floats from one row to the next, of tables and of the output.</param>
/// <param name="Tied">Reads the columns of the packed output matrix instead of a table of its own.</param>
/// <param name="Scale">What embeddings are multiplied with.</param>
/// <param name="PositionOffset">The row of the table of positions that is added at position 0; null where there is none.</param>
internal sealed record EmbedKernel(int Width, int VocabularySize, int Stride, bool Tied, float Scale, int? PositionOffset) : Kernel
{
    /// <summary>The token that has its own row of the table of positions and does not count (RoBERTa); null where there is none.</summary>
    public int? PaddingToken { get; init; }

    /// <summary>Tells the encoder's kernel from the decoder's where they differ.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Whether an embedding of the token's type is added.</summary>
    public bool TokenTypes { get; init; }

    /// <summary>The type in which the packed output matrix of tied embeddings is held.</summary>
    public WeightStorage Storage { get; init; }

    public override string Name => "Embed" + Prefix + Text(Width);
}

/// <summary>Copies patches of an image to rows, one after the other; the row before the first patch is zero.</summary>
/// <param name="Patches">The patches.</param>
/// <param name="Stride">Floats from one row to the next.</param>
internal sealed record PatchKernel(PatchArchitecture Patches, int Stride) : Kernel
{
    public override string Name => "GatherPatches";
}

/// <summary>
/// Copies frames and their neighbours to rows: row r holds, for each channel, the frames around frame r · Step, and zeros
/// before the first and behind the last.
/// </summary>
/// <param name="Channels">The features of a frame.</param>
/// <param name="Window">The frames that a row holds; odd.</param>
/// <param name="Step">Frames from one row's to the next's.</param>
/// <param name="InputStride">Floats from one frame to the next; 0 where the frames of one channel lie together.</param>
/// <param name="Stride">Floats from one row to the next.</param>
internal sealed record WindowKernel(int Channels, int Window, int Step, int InputStride, int Stride) : Kernel
{
    public override string Name => (InputStride == 0 ? "GatherFrames" : "GatherWindows") + Text(Channels);
}

/// <summary>Adds a learned position to each row.</summary>
/// <param name="Width">The width of a row.</param>
/// <param name="Stride">Floats from one row to the next, of the table too.</param>
/// <param name="FirstState">Whether the first row is a learned state of its own.</param>
internal sealed record PositionKernel(int Width, int Stride, bool FirstState) : Kernel
{
    public override string Name => "AddPositions" + Text(Width);
}

/// <summary>Makes one row of all rows of a sequence.</summary>
/// <param name="Pooling">How.</param>
/// <param name="Width">The width of a row.</param>
/// <param name="Stride">Floats from one row to the next.</param>
/// <param name="Normalize">Whether the row is divided by its Euclidean length.</param>
internal sealed record PoolKernel(Pooling Pooling, int Width, int Stride, bool Normalize) : Kernel
{
    public override string Name => "Pool" + Pooling + Text(Width) + (Normalize ? "Normalized" : "");
}

/// <summary>Divides rows by their Euclidean lengths.</summary>
/// <param name="Width">The width of a row.</param>
/// <param name="Stride">Floats from one row to the next, of the input and of the output.</param>
internal sealed record NormalizeKernel(int Width, int Stride) : Kernel
{
    public override string Name => "Normalize" + Text(Width);
}

/// <summary>Copies the rows of global tokens to the rows from the first on, or back from there.</summary>
/// <param name="Width">The width of a row.</param>
/// <param name="Stride">Floats from one row to the next, of both.</param>
/// <param name="Back">Whether they are copied back.</param>
internal sealed record GlobalRowsKernel(int Width, int Stride, bool Back) : Kernel
{
    public override string Name => (Back ? "ReplaceGlobalRows" : "SelectGlobalRows") + Text(Width);
}

/// <summary>
/// Turns queries and keys, appends keys and values to the cache and attends over it.
/// </summary>
/// <param name="Attention">Heads and widths.</param>
/// <param name="Kind">The window, and how positions enter.</param>
/// <param name="Epsilon">The ε of the norms of query and key heads.</param>
/// <param name="InputStride">Floats from one row of projected queries, keys and values to the next.</param>
/// <param name="OutputStride">Floats from one row of attention output to the next.</param>
/// <param name="CacheLength">Positions of the cache. With a window, position p lies at p modulo it.</param>
/// <param name="QueryRows">Rows of the buffer of queries: those of a chunk, or in an encoder those of the context.</param>
internal sealed record AttentionKernel(
    AttentionArchitecture Attention,
    LayerKind Kind,
    float Epsilon,
    int InputStride,
    int OutputStride,
    int CacheLength,
    int QueryRows
) : Kernel
{
    /// <summary>Floats from one query, or one position's values, to the next: a head in whole lines.</summary>
    public int HeadStride => Layout.Pad(Attention.HeadDimension);

    /// <summary>
    /// Floats of one key/value head's keys: panels of positions, each [HeadDimension][positions of the panel]. Of linear
    /// attention, of its state instead: Σ φ(k) vᵀ, [HeadDimension][HeadStride].
    /// </summary>
    public long KeysPerHead => Attention.Linear ? (long)Attention.HeadDimension * HeadStride : (long)CacheLength * Attention.HeadDimension;

    /// <summary>Floats of one key/value head's values: [CacheLength][HeadStride]. Of linear attention, of Σ φ(k) instead.</summary>
    public long ValuesPerHead => Attention.Linear ? HeadStride : (long)CacheLength * HeadStride;

    /// <summary>What the keys of layers are, with their shape.</summary>
    public string DescribeKeys(string layers) =>
        Attention.Linear
            ? $"sums of key times value of {layers} [{Attention.KeyValueHeads} key/value heads][{Attention.HeadDimension}][{HeadStride}]"
            : $"keys of {layers} [{Attention.KeyValueHeads} key/value heads][{CacheLength} positions, in panels][{Attention.HeadDimension}]";

    /// <summary>What the values of layers are, with their shape.</summary>
    public string DescribeValues(string layers) =>
        Attention.Linear
            ? $"sums of keys of {layers} [{Attention.KeyValueHeads} key/value heads][{HeadStride}]"
            : $"values of {layers} [{Attention.KeyValueHeads} key/value heads][{CacheLength} positions][{HeadStride}]";

    /// <summary>Floats of the turned, scaled queries: [KeyValueHeads][row][head of the group][HeadStride].</summary>
    public long QueryFloats => (long)QueryRows * Attention.Heads * HeadStride;

    /// <summary>Whether the cache holds no more than a window needs, so that position p lies at p modulo its length.</summary>
    public bool IsRing { get; init; }

    /// <summary>Whether a query sees keys behind its own position, so that the kernel is told where the sequence ends.</summary>
    public bool SeesAll => Kind.Mask == AttentionMask.Full;

    /// <summary>Whether a query sees a prefix whole, so that the kernel is told its length.</summary>
    public bool SeesPrefix => Kind.Mask == AttentionMask.Prefix;

    /// <summary>Whether some tokens are seen by all, so that the kernel is told which.</summary>
    public bool GlobalTokens { get; init; }

    /// <summary>
    /// For attention to another sequence, floats from one row of its projected keys and values to the next; queries then
    /// come from <see cref="InputStride"/> rows of their own. 0 where one row holds queries, keys and values.
    /// </summary>
    public int SourceStride { get; init; }

    /// <summary>Whether keys and values come from another sequence than queries.</summary>
    public bool IsCross => SourceStride > 0;

    /// <summary>Tells tiles apart where heads of two widths are in one model.</summary>
    public string TilePrefix { get; init; } = "";

    /// <summary>How far into a head's relative biases that of distance 0 lies: the whole context, of which the cache may hold a part.</summary>
    public int BiasOrigin { get; init; }

    /// <summary>Floats from one head's relative biases to the next.</summary>
    public int BiasStride =>
        Kind.Positions is RelativePositions relative ? Layout.RelativeBiasStride(BiasOrigin, relative.Bidirectional) : 0;

    /// <summary>The kernel that scales the queries of attention to another sequence.</summary>
    public string QueriesName => "Prepare" + Kind.Name + "Queries";

    /// <summary>The kernel that turns and appends.</summary>
    public string AppendName => "Append" + Kind.Name + "KeysAndValues";

    public override string Name => "Attend" + Kind.Name + (SeesAll ? "ToAll" : "");
}
