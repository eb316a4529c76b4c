namespace Specializer.Text;

/// <summary>Options of a call of a <see cref="Transcriber"/>.</summary>
public sealed record TranscriberOptions
{
    /// <summary>
    /// The code of the spoken language, such as <c>en</c>. The default is that of the model's settings or, if there is no such language,
    /// the most probable one of the first window.
    /// </summary>
    public string? Language { get; init; }

    /// <summary>Whether the text is translated to English. The default is the model's setting, which is usually false.</summary>
    public bool? Translate { get; init; }

    /// <summary>
    /// Whether the model generates timestamps, by which windows follow each other. Without them, each window is one segment, and
    /// words at the limits of windows may be lost.
    /// </summary>
    public bool Timestamps { get; init; } = true;

    /// <summary>The maximum number of tokens of a window; null for the model's setting.</summary>
    public int? MaximumNewTokens { get; init; }
}
