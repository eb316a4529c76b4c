using System;

namespace Specializer;

/// <summary>
/// Declares layers whose positions see only those near to them (Beltagy et al. 2020): in a decoder the latest ones (Mistral,
/// Gemma 2 and 3), so that caches hold a window and a chunk, however long the context is; in an encoder those before and
/// behind (Longformer).
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class SlidingWindowAttribute : Attribute
{
    /// <summary>Declares a window.</summary>
    /// <param name="window">
    /// How many positions a position sees, itself included; <c>sliding_window</c>. In an encoder half as many to each side,
    /// itself not included; <c>attention_window</c>, which must be even. In an encoder-decoder that of the decoder, 0 where only
    /// the encoder has one (<see cref="SourceWindow"/>).
    /// </param>
    public SlidingWindowAttribute(int window) => Window = window;

    /// <summary>How many positions a position sees, itself included; <c>sliding_window</c>.</summary>
    public int Window { get; }

    /// <summary>
    /// In an encoder-decoder, how many positions of the source one of its positions sees, half to each side, itself not
    /// included; even. 0, the default: all of it.
    /// </summary>
    public int SourceWindow { get; set; }

    /// <summary>
    /// Which layers have the window: letters that repeat over the layers, S for a sliding window and F for full sight, so
    /// "SF" for Gemma 2 and "SSSSSF" for Gemma 3. Default: "S", every layer.
    /// </summary>
    public string Pattern { get; set; } = "S";

    /// <summary>
    /// The base of the rotary positions in the layers with the window, whose frequencies are not scaled;
    /// <c>rope_local_base_freq</c>. 0, the default, gives them the positions of the other layers.
    /// </summary>
    public double RotaryBase { get; set; }
}
