using System;

namespace Specializer.GenericEngine;

/// <summary>
/// The memory layout of the keys and values of one layer. Keys are panels, like weights: blocks of two vectors of positions, each
/// [head dimension][positions], so that scores are a matrix product. Values are rows, [position][head dimension padded to 16], so
/// that their weighted sum is one, too.
/// </summary>
internal readonly record struct KeyValueLayout
{
    /// <summary>Lays out the keys and values of one layer.</summary>
    /// <param name="lanes">The floats of a vector.</param>
    /// <param name="heads">The number of key/value heads.</param>
    /// <param name="headDimension">The elements of a head.</param>
    /// <param name="positions">The largest number of positions.</param>
    public KeyValueLayout(int lanes, int heads, int headDimension, int positions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(headDimension, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(positions, 1);
        PanelPositions = 2 * lanes;
        Heads = heads;
        HeadDim = headDimension;
        Panels = (positions + PanelPositions - 1) / PanelPositions;
    }

    /// <summary>The positions of a panel of keys.</summary>
    public int PanelPositions { get; }

    /// <summary>The number of key/value heads.</summary>
    public int Heads { get; }

    /// <summary>The elements of a head.</summary>
    public int HeadDim { get; }

    /// <summary>The panels of keys of one head.</summary>
    public int Panels { get; }

    /// <summary>The floats of one position's value.</summary>
    public int PaddedHeadDimension => LinearLayout.RoundUp(HeadDim);

    /// <summary>The floats from one panel of keys to the next.</summary>
    public nint PanelStride => (nint)HeadDim * PanelPositions;

    /// <summary>The floats of the layer, a multiple of 16 where the panels' are.</summary>
    public nint Floats => Heads * (KeysOfHead + ValuesOfHead);

    private nint KeysOfHead => (Panels * PanelStride + 15) / 16 * 16;

    private nint ValuesOfHead => (nint)Panels * PanelPositions * PaddedHeadDimension;

    /// <summary>The keys of one head.</summary>
    /// <param name="layer">The layer's memory, <see cref="Floats"/> floats, filled with zeros at first.</param>
    /// <param name="head">The key/value head.</param>
    public unsafe float* Keys(float* layer, int head) => layer + (head * KeysOfHead);

    /// <summary>The values of one head.</summary>
    /// <param name="layer">The layer's memory.</param>
    /// <param name="head">The key/value head.</param>
    public unsafe float* Values(float* layer, int head) => layer + (Heads * KeysOfHead) + (head * ValuesOfHead);

    /// <summary>Stores the keys and values of consecutive positions.</summary>
    /// <param name="layer">The layer's memory.</param>
    /// <param name="firstPosition">The first position.</param>
    /// <param name="positions">The number of positions.</param>
    /// <param name="keys">The first position's keys, [<see cref="Heads"/>, <see cref="HeadDim"/>].</param>
    /// <param name="values">The first position's values, [<see cref="Heads"/>, <see cref="HeadDim"/>].</param>
    /// <param name="stride">The floats from one position's keys, and values, to the next one's.</param>
    public unsafe void Append(float* layer, int firstPosition, int positions, float* keys, float* values, nint stride)
    {
        // Head by head: the panels of one head fit the L1 cache, and each of their lines is written many times.
        for (int head = 0; head < Heads; head++)
        {
            float* key = keys + ((nint)head * HeadDim);
            float* value = values + ((nint)head * HeadDim);
            for (int position = firstPosition; position < firstPosition + positions; position++)
            {
                float* column = Keys(layer, head) + (position / PanelPositions * PanelStride) + (position % PanelPositions);
                for (int i = 0; i < HeadDim; i++)
                {
                    column[(nint)i * PanelPositions] = key[i];
                }

                new ReadOnlySpan<float>(value, HeadDim).CopyTo(
                    new Span<float>(Values(layer, head) + ((nint)position * PaddedHeadDimension), HeadDim)
                );
                key += stride;
                value += stride;
            }
        }
    }
}
