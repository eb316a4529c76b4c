using System;
using System.Numerics;

namespace Specializer.Text.Audio;

/// <summary>The logarithms of the mel energies of frames, one frame in each lane of a vector. It is used by one caller at a time, and no frame allocates memory.</summary>
internal sealed class LogMelTransform
{
    /// <summary>The logarithm of a frame without sound.</summary>
    public const float Silence = -10;

    private const double Floor = 1e-10;

    private readonly LogMelSettings _settings;
    private readonly FourierTransform _transform;
    private readonly MelFilters _filters;
    private readonly double[] _window; // [frame length], Hann, periodic
    private readonly Vector<double>[] _power; // [frame length / 2 + 1]
    private readonly double[] _cosines; // [frame length / 2 + 1] cos(2 pi k / frame length)
    private readonly double[] _sines;

    public LogMelTransform(LogMelSettings settings)
    {
        _settings = settings;
        int length = settings.FrameLength,
            half = length / 2;
        // Pairs of real values form complex ones, so that the transform has half the length.
        _transform = new FourierTransform(half);
        _filters = new MelFilters(settings.Bands, length, settings.SampleRate);
        _window = new double[length];
        for (int i = 0; i < length; i++)
        {
            _window[i] = 0.5 - 0.5 * Math.Cos(2 * Math.PI * i / length);
        }

        _power = new Vector<double>[half + 1];
        _cosines = new double[half + 1];
        _sines = new double[half + 1];
        for (int k = 0; k <= half; k++)
        {
            (_sines[k], _cosines[k]) = Math.SinCos(2 * Math.PI * k / length);
        }
    }

    /// <summary>Computes the base-10 logarithms of all frames.</summary>
    /// <param name="samples">The samples, at most <paramref name="length"/>; silence follows them.</param>
    /// <param name="length">The samples with the silence, more than half a frame. They are reflected at both ends.</param>
    /// <param name="logarithms">Receives [bands, frames]; frame i is centered at sample i times the hop length.</param>
    /// <param name="frames">The number of frames.</param>
    /// <returns>The largest logarithm.</returns>
    public float Run(ReadOnlySpan<float> samples, long length, Span<float> logarithms, int frames)
    {
        float largest = float.NegativeInfinity;
        for (int first = 0; first < frames; first += Vector<double>.Count)
        {
            long start = (long)first * _settings.HopLength - _settings.FrameLength / 2;
            int lanes = Math.Min(Vector<double>.Count, frames - first);
            bool isSilent = start >= samples.Length && start + (long)(lanes - 1) * _settings.HopLength + _settings.FrameLength <= length;
            if (!isSilent)
            {
                Load(samples, start, length);
                ComputePower();
            }

            for (int band = 0; band < _settings.Bands; band++)
            {
                Vector<double> energies = isSilent ? Vector<double>.Zero : _filters.Energy(band, _power);
                Span<float> row = logarithms.Slice(band * frames + first, lanes);
                for (int lane = 0; lane < row.Length; lane++)
                {
                    row[lane] = energies[lane] > Floor ? (float)Math.Log10(energies[lane]) : Silence;
                    largest = Math.Max(largest, row[lane]);
                }
            }
        }

        return largest;
    }

    /// <summary>Loads windowed frames, of which the first starts at a sample: even samples as real parts, odd ones as imaginary parts.</summary>
    private void Load(ReadOnlySpan<float> samples, long start, long length)
    {
        Span<Vector<double>> real = _transform.Real,
            imaginary = _transform.Imaginary;
        int hop = _settings.HopLength,
            last = hop * (Vector<double>.Count - 1);
        if (start >= 0 && start + last + _window.Length <= samples.Length)
        {
            ReadOnlySpan<float> all = samples.Slice((int)start, last + _window.Length);
            Span<double> even = stackalloc double[Vector<double>.Count],
                odd = stackalloc double[Vector<double>.Count];
            for (int i = 0; i < real.Length; i++)
            {
                for (int lane = 0; lane < even.Length; lane++)
                {
                    even[lane] = all[lane * hop + 2 * i];
                    odd[lane] = all[lane * hop + 2 * i + 1];
                }

                real[i] = new Vector<double>(even) * _window[2 * i];
                imaginary[i] = new Vector<double>(odd) * _window[2 * i + 1];
            }

            return;
        }

        for (int i = 0; i < real.Length; i++)
        {
            real[i] = Edge(samples, start + 2 * i, length) * _window[2 * i];
            imaginary[i] = Edge(samples, start + 2 * i + 1, length) * _window[2 * i + 1];
        }
    }

    /// <summary>A sample of each frame where some samples are outside of the sound.</summary>
    private Vector<double> Edge(ReadOnlySpan<float> samples, long index, long length)
    {
        Span<double> values = stackalloc double[Vector<double>.Count];
        for (int lane = 0; lane < values.Length; lane++)
        {
            // Lanes after the last frame may be beyond the reflection; their results are not used.
            long place = Math.Abs(index + (long)lane * _settings.HopLength);
            place = place >= length ? 2 * (length - 1) - place : place;
            values[lane] = place >= 0 && place < samples.Length ? samples[(int)place] : 0;
        }

        return new Vector<double>(values);
    }

    /// <summary>The squared magnitudes of the transform of the real values, from that of the complex pairs.</summary>
    private void ComputePower()
    {
        _transform.Run();
        ReadOnlySpan<Vector<double>> real = _transform.Real,
            imaginary = _transform.Imaginary;
        int half = _transform.Length;
        for (int k = 0; k <= half; k++)
        {
            int a = k == half ? 0 : k,
                b = k == 0 ? 0 : half - k;
            // The transforms of the even samples (e) and the odd ones (o); X[k] = e + exp(-2 pi i k / length) o.
            Vector<double> evenReal = 0.5 * (real[a] + real[b]),
                evenImaginary = 0.5 * (imaginary[a] - imaginary[b]),
                oddReal = 0.5 * (imaginary[a] + imaginary[b]),
                oddImaginary = 0.5 * (real[b] - real[a]);
            Vector<double> resultReal = evenReal + _cosines[k] * oddReal + _sines[k] * oddImaginary,
                resultImaginary = evenImaginary + _cosines[k] * oddImaginary - _sines[k] * oddReal;
            _power[k] = resultReal * resultReal + resultImaginary * resultImaginary;
        }
    }
}
