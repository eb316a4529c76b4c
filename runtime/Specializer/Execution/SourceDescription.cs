namespace Specializer;

/// <summary>What the encoder of an encoder-decoder takes, beside what <see cref="ModelDescription"/> says of every model.</summary>
public sealed record SourceDescription
{
    /// <summary>The number of layers of the encoder.</summary>
    public required int Layers { get; init; }

    /// <summary>The largest number of positions of a source.</summary>
    public required int Length { get; init; }

    /// <summary>The number of token ids of a source; 0 where it is sound.</summary>
    public int VocabularySize { get; init; }

    /// <summary>The mel bands of a frame of sound; 0 where the source is tokens.</summary>
    public int MelBands { get; init; }

    /// <summary>The bytes of every further sequence of a session.</summary>
    public required long SequenceBytes { get; init; }
}
