using System;
using System.Collections.Generic;
using System.Numerics;

namespace Specializer.Text.Audio;

/// <summary>
/// The discrete Fourier transform of complex numbers of any length, by Stockham's algorithm with the prime factors of the length (4 for
/// each pair of 2). Each lane of a vector is a transform of its own, with the same bits for any number of lanes. It is used by one caller at
/// a time, and no call allocates memory.
/// </summary>
internal sealed class FourierTransform
{
    private readonly int[] _radices;
    private readonly double[] _cosines; // [length] cos(2 pi k / length)
    private readonly double[] _sines; // [length] sin(-2 pi k / length)
    private readonly Vector<double>[] _partReal; // [largest radix]
    private readonly Vector<double>[] _partImaginary;
    private Vector<double>[] _real;
    private Vector<double>[] _imaginary;
    private Vector<double>[] _otherReal;
    private Vector<double>[] _otherImaginary;

    public FourierTransform(int length)
    {
        Length = length;
        _radices = [.. Factors(length)];
        _cosines = new double[length];
        _sines = new double[length];
        for (int k = 0; k < length; k++)
        {
            (double sine, double cosine) = Math.SinCos(2 * Math.PI * k / length);
            _cosines[k] = cosine;
            _sines[k] = -sine;
        }

        int largest = 1;
        foreach (int radix in _radices)
        {
            largest = Math.Max(largest, radix);
        }

        _partReal = new Vector<double>[largest];
        _partImaginary = new Vector<double>[largest];
        _real = new Vector<double>[length];
        _imaginary = new Vector<double>[length];
        _otherReal = new Vector<double>[length];
        _otherImaginary = new Vector<double>[length];
    }

    /// <summary>The number of complex values.</summary>
    public int Length { get; }

    /// <summary>The real parts: input before <see cref="Run"/>, result after it.</summary>
    public Span<Vector<double>> Real => _real;

    /// <summary>The imaginary parts: input before <see cref="Run"/>, result after it.</summary>
    public Span<Vector<double>> Imaginary => _imaginary;

    /// <summary>Transforms the values: X[k] = sum of x[n] exp(-2 pi i k n / length).</summary>
    public void Run()
    {
        int stride = 1;
        int rest = Length;
        foreach (int radix in _radices)
        {
            rest /= radix;
            Step(radix, rest, stride);
            stride *= radix;
            (_real, _otherReal) = (_otherReal, _real);
            (_imaginary, _otherImaginary) = (_otherImaginary, _imaginary);
        }
    }

    /// <summary>
    /// One step: <paramref name="radix"/> transforms that are interleaved become one of <paramref name="radix"/> times the length.
    /// </summary>
    /// <param name="radix">The number of values of a butterfly.</param>
    /// <param name="groups">The length that remains for later steps.</param>
    /// <param name="stride">The product of earlier radices.</param>
    private void Step(int radix, int groups, int stride)
    {
        for (int p = 0; p < groups; p++)
        {
            for (int q = 0; q < stride; q++)
            {
                for (int j = 0; j < radix; j++)
                {
                    int source = q + stride * (p + groups * j);
                    _partReal[j] = _real[source];
                    _partImaginary[j] = _imaginary[source];
                }

                for (int k = 0; k < radix; k++)
                {
                    Vector<double> real = _partReal[0],
                        imaginary = _partImaginary[0];
                    int turn = Length / radix * k,
                        angle = 0;
                    for (int j = 1; j < radix; j++)
                    {
                        angle += turn;
                        angle -= angle >= Length ? Length : 0;
                        double cosine = _cosines[angle],
                            sine = _sines[angle];
                        real += _partReal[j] * cosine - _partImaginary[j] * sine;
                        imaginary += _partReal[j] * sine + _partImaginary[j] * cosine;
                    }

                    int twiddle = stride * p * k;
                    int target = q + stride * (radix * p + k);
                    _otherReal[target] = real * _cosines[twiddle] - imaginary * _sines[twiddle];
                    _otherImaginary[target] = real * _sines[twiddle] + imaginary * _cosines[twiddle];
                }
            }
        }
    }

    private static IEnumerable<int> Factors(int length)
    {
        while (length % 4 == 0)
        {
            yield return 4;
            length /= 4;
        }

        for (int factor = 2; length > 1; factor++)
        {
            for (; length % factor == 0; length /= factor)
            {
                yield return factor;
            }
        }
    }
}
