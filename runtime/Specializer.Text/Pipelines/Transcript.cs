using System;
using System.Collections.Generic;

namespace Specializer.Text;

/// <summary>A part of a transcript.</summary>
/// <param name="Start">The start in the sound.</param>
/// <param name="End">The end in the sound.</param>
/// <param name="Text">The text, without spaces around it.</param>
/// <param name="Tokens">The tokens of the text.</param>
public sealed record TranscriptSegment(TimeSpan Start, TimeSpan End, string Text, IReadOnlyList<int> Tokens);

/// <summary>The text of a sound.</summary>
/// <param name="Text">The whole text.</param>
/// <param name="Segments">The parts with their times.</param>
/// <param name="Language">The code of the spoken language, such as <c>en</c>; null if the model has one language.</param>
public sealed record Transcript(string Text, IReadOnlyList<TranscriptSegment> Segments, string? Language);

/// <summary>The progress of a transcription.</summary>
/// <param name="Completed">The sound that is transcribed.</param>
/// <param name="Total">The length of the sound.</param>
/// <param name="Segments">The segments since the last report.</param>
public sealed record TranscriptProgress(TimeSpan Completed, TimeSpan Total, IReadOnlyList<TranscriptSegment> Segments);
