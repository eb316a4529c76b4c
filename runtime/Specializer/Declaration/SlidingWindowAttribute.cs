using System;

namespace Specializer;

/// <summary>
/// Declares layers whose positions attend only to nearby positions (Beltagy et al. 2020). In a decoder these are the latest
/// positions (Mistral, Gemma 2 and 3), so the cache holds only a window and a chunk, however long the context is. In an encoder
/// they are the positions on both sides (Longformer).
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class SlidingWindowAttribute : Attribute
{
    /// <summary>Declares a window.</summary>
    /// <param name="window">
    /// In a decoder, the number of positions that a position attends to, including itself; <c>sliding_window</c>. In an encoder,
    /// half of the window extends to each side, excluding the position itself; <c>attention_window</c>, which must be even. In an
    /// encoder-decoder it is the window of the decoder, or 0 if only the encoder has one (<see cref="SourceWindow"/>).
    /// </param>
    public SlidingWindowAttribute(int window) => Window = window;

    /// <summary>The number of positions that a position attends to, including itself; <c>sliding_window</c>.</summary>
    public int Window { get; }

    /// <summary>
    /// The window of the encoder of an encoder-decoder, in positions. Half of it extends to each side, excluding the position
    /// itself; it must be even. The default, 0, means the whole source.
    /// </summary>
    public int SourceWindow { get; set; }

    /// <summary>
    /// The layers that have the window, as a repeating pattern of letters: S for a sliding window and F for full attention. Gemma
    /// 2 has "SF", Gemma 3 has "SSSSSF". The default is "S", every layer.
    /// </summary>
    public string Pattern { get; set; } = "S";

    /// <summary>
    /// The base of the rotary positions in layers with the window, whose frequencies are not scaled; <c>rope_local_base_freq</c>.
    /// The default, 0, means the positions of the other layers.
    /// </summary>
    public double RotaryBase { get; set; }
}
