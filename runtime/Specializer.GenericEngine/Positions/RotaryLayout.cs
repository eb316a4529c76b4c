using System;

namespace Specializer.GenericEngine;

/// <summary>How the table of rotary positions lies in memory: cosines and sines, computed once for all positions of a context.</summary>
/// <remarks>
/// Position p turns pair i by p · base^(−2i / dimension). A position's row holds for half-split pairs one cosine per pair
/// and then one sine per pair; for interleaved pairs each value twice, the first of two sines negated, so that a whole
/// vector of neighbouring elements is turned by two multiplications.
/// </remarks>
internal readonly record struct RotaryLayout
{
    /// <summary>Lays out a table.</summary>
    /// <param name="positions">The number of positions.</param>
    /// <param name="dimension">How many elements of each head are turned; even. The others stay as they are.</param>
    /// <param name="pairing">Which elements are turned together.</param>
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

    /// <summary>How many elements of each head are turned.</summary>
    public int Dimension { get; }

    /// <summary>Which elements are turned together.</summary>
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
