using System;

namespace Specializer.GenericEngine;

/// <summary>The memory layout of the rotary table: cosines and sines, computed once for all positions of a context.</summary>
/// <remarks>
/// Position p rotates pair i by p · base^(−2i / dimension). For half-split pairs, the row of a position contains one cosine per
/// pair and then one sine per pair. For interleaved pairs, it contains each value twice, with the first of two sines negated. Two
/// multiplications then rotate a whole vector of adjacent elements.
/// </remarks>
internal readonly record struct RotaryLayout
{
    /// <summary>Lays out a table.</summary>
    /// <param name="positions">The number of positions.</param>
    /// <param name="dimension">The number of rotated elements of each head; even. The others are not changed.</param>
    /// <param name="pairing">The elements that are rotated together.</param>
    public RotaryLayout(int positions, int dimension, RotaryPairing pairing)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(positions, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 2);
        ArgumentOutOfRangeException.ThrowIfNotEqual(dimension % 2, 0, nameof(dimension));
        Positions = positions;
        Dimension = dimension;
        Pairing = pairing;
    }

    /// <summary>The number of positions.</summary>
    public int Positions { get; }

    /// <summary>The number of rotated elements of each head.</summary>
    public int Dimension { get; }

    /// <summary>The elements that are rotated together.</summary>
    public RotaryPairing Pairing { get; }

    /// <summary>The floats from one position's row to the next.</summary>
    public int RowStride => Pairing == RotaryPairing.HalfSplit ? Dimension : 2 * Dimension;

    /// <summary>The floats of the table, a multiple of 16.</summary>
    public nint Floats => (((nint)Positions * RowStride) + 15) / 16 * 16;

    /// <summary>Computes the table, in double precision.</summary>
    /// <param name="table">Receives <see cref="Floats"/> floats.</param>
    /// <param name="base">The base of the angles, usually 10,000.</param>
    public unsafe void Fill(float* table, double @base)
    {
        int half = Dimension / 2;
        for (int pair = 0; pair < half; pair++)
        {
            double frequency = Math.Pow(@base, -2.0 * pair / Dimension);
            for (int position = 0; position < Positions; position++)
            {
                float* row = table + ((nint)position * RowStride);
                (double sine, double cosine) = Math.SinCos(position * frequency);
                if (Pairing == RotaryPairing.HalfSplit)
                {
                    row[pair] = (float)cosine;
                    row[half + pair] = (float)sine;
                }
                else
                {
                    row[2 * pair] = row[(2 * pair) + 1] = (float)cosine;
                    row[Dimension + (2 * pair)] = (float)-sine;
                    row[Dimension + (2 * pair) + 1] = (float)sine;
                }
            }
        }
    }
}
