namespace Specializer.Generator.Architecture;

/// <param name="VocabularySize">The number of token ids.</param>
/// <param name="Scale">The factor of the embeddings; 1 for none.</param>
/// <param name="Positions">The position table that is added, if there is one.</param>
/// <param name="Norm">Whether the sum is normalized.</param>
internal sealed record EmbeddingArchitecture(int VocabularySize, float Scale, PositionTable? Positions, bool Norm)
{
    /// <summary>The number of token types whose embeddings are added; 0 for none.</summary>
    public int TokenTypes { get; init; }

    /// <summary>
    /// The width of the embeddings if a linear layer projects them to the width of the hidden states (ALBERT); 0 if the widths
    /// are equal.
    /// </summary>
    public int Width { get; init; }

    /// <summary>Whether the prefix of a decoder may begin with rows of embeddings, such as the states of an image encoder.</summary>
    public bool EmbeddedPrefix { get; init; }

    /// <summary>The patches of an image that replace tokens; null if there are none.</summary>
    public PatchArchitecture? Patches { get; init; }

    /// <summary>The audio that replaces tokens; null if there is none.</summary>
    public SpeechArchitecture? Speech { get; init; }
}

/// <summary>
/// Audio frames, each combined with its neighbors by two convolutions of three frames with an activation (Whisper). The second
/// convolution has a stride of two frames, so that two frames become one position.
/// </summary>
/// <param name="MelBands">The number of features of a frame.</param>
/// <param name="Activation">The activation after each convolution.</param>
internal sealed record SpeechArchitecture(int MelBands, Activation Activation)
{
    /// <summary>The number of frames of a convolution.</summary>
    public const int Window = 3;

    /// <summary>The number of frames that become one position.</summary>
    public const int FramesPerPosition = 2;
}

/// <summary>
/// A square image that is divided into square patches, each projected to a hidden state, after learned states.
/// </summary>
/// <param name="ImageSize">The height and width of the image.</param>
/// <param name="PatchSize">The height and width of a patch; divides those of the image.</param>
/// <param name="Channels">The number of channels.</param>
internal sealed record PatchArchitecture(int ImageSize, int PatchSize, int Channels)
{
    /// <summary>Whether a learned class state precedes the patches.</summary>
    public bool FirstState { get; init; } = true;

    /// <summary>The number of learned states between the class state and the patches (registers, a distillation state).</summary>
    public int LaterStates { get; init; }

    /// <summary>Whether the states before the patches all have positions; otherwise only the class state has one.</summary>
    public bool LaterHavePositions { get; init; }

    /// <summary>Whether the projection of patches adds a bias.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>The number of learned states before the patches.</summary>
    public int Leading => (FirstState ? 1 : 0) + LaterStates;

    /// <summary>The number of positions of an image.</summary>
    public int Positions => Leading + Count;

    /// <summary>The number of rows of a table of positions.</summary>
    public int PositionRows => Positions - (LaterHavePositions ? 0 : LaterStates);

    /// <summary>The number of patches of an image.</summary>
    public int Count => ImageSize / PatchSize * (ImageSize / PatchSize);

    /// <summary>The number of floats of a patch.</summary>
    public int Floats => Channels * PatchSize * PatchSize;
}

/// <summary>Positions that are added to the embeddings.</summary>
internal abstract record PositionTable;

/// <param name="Offset">The row of the table for position 0.</param>
/// <param name="Rows">The number of rows of the table.</param>
internal sealed record LearnedPositions(int Offset, int Rows) : PositionTable
{
    /// <summary>
    /// The padding token, which has no position (RoBERTa). It always uses its own row, and the tokens after it are counted as if
    /// it were absent. Null if there is none.
    /// </summary>
    public int? PaddingToken { get; init; }
}

/// <param name="Interleaved">
/// Whether sines and cosines alternate, as printed in the paper; otherwise all sines precede all cosines.
/// </param>
internal sealed record SinusoidalPositions(bool Interleaved) : PositionTable
{
    /// <summary>The number of the first position.</summary>
    public int First { get; init; }

    /// <summary>
    /// Whether the last frequency is exactly 1 / 10000 (tensor2tensor, fairseq, OpenNMT) instead of one step earlier.
    /// </summary>
    public bool Endpoint { get; init; }
}
