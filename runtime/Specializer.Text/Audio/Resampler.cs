using System;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Specializer.Text.Audio;

/// <summary>
/// Converts sample rates by a polyphase filter: a sinc with its cutoff below half of the lower rate, in a Kaiser window. With the rates'
/// ratio L/M in lowest terms, output n is at the input's time n M/L, so that L phases of the filter repeat.
/// </summary>
internal static class Resampler
{
    // Zero crossings on each side, and the shape of the window: stopband at -90 dB, transition of 9 % of the band.
    private const int Crossings = 64;
    private const double Beta = 9;
    private const double Cutoff = 0.955;

    public static float[] Convert(ReadOnlySpan<float> input, int from, int to)
    {
        int divisor = (int)BigInteger.GreatestCommonDivisor(from, to);
        int up = to / divisor,
            down = from / divisor;
        long count = ((long)input.Length * up + down - 1) / down;
        if (count > Array.MaxLength)
        {
            throw new ArgumentException(
                $"The sound would have {count} samples; at most {Array.MaxLength} are supported. Convert it in parts."
            );
        }

        var output = new float[count];
        double scale = Math.Min(1, (double)to / from) * Cutoff;
        int half = (int)Math.Ceiling(Crossings / scale);
        int taps = 2 * half;
        // A short output does not use all phases.
        int phases = (int)Math.Min(up, count);
        float[] filters = Filters(phases, up, down, half, scale);
        float[] padded = new float[taps];
        for (long n = 0; n < count; n++)
        {
            long time = n * down / up;
            ReadOnlySpan<float> filter = filters.AsSpan((int)(n % up) * taps, taps);
            long first = time - half + 1;
            ReadOnlySpan<float> window;
            if (first >= 0 && first + taps <= input.Length)
            {
                window = input.Slice((int)first, taps);
            }
            else
            {
                int before = (int)Math.Max(0, -first);
                int available = (int)Math.Min(taps - before, input.Length - Math.Max(0, first));
                Array.Clear(padded);
                input.Slice((int)Math.Max(0, first), Math.Max(0, available)).CopyTo(padded.AsSpan(before));
                window = padded;
            }

            output[n] = Dot(window, filter);
        }

        return output;
    }

    /// <summary>The filters of the phases, [phases, 2 half], for the inputs from floor(n M/L) - half + 1 on.</summary>
    private static float[] Filters(int phases, int up, int down, int half, double scale)
    {
        int taps = 2 * half;
        var filters = new float[checked(phases * taps)];
        double window = 1 / BesselI0(Beta);
        for (int phase = 0; phase < phases; phase++)
        {
            double fraction = (double)((long)phase * down % up) / up;
            Span<float> filter = filters.AsSpan(phase * taps, taps);
            double sum = 0;
            for (int i = 0; i < taps; i++)
            {
                double time = i - half + 1 - fraction,
                    edge = time / half;
                double value = Math.Abs(edge) >= 1 ? 0 : Sinc(time * scale) * BesselI0(Beta * Math.Sqrt(1 - edge * edge)) * window;
                filter[i] = (float)value;
                sum += value;
            }

            // Each phase passes a constant unchanged.
            for (int i = 0; i < taps; i++)
            {
                filter[i] = (float)(filter[i] / sum);
            }
        }

        return filters;
    }

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);

    /// <summary>The modified Bessel function of order 0, by its power series.</summary>
    private static double BesselI0(double x)
    {
        double sum = 1,
            term = 1,
            quarter = x * x / 4;
        for (int k = 1; term > sum * 1e-17; k++)
        {
            term *= quarter / ((double)k * k);
            sum += term;
        }

        return sum;
    }

    private static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        ReadOnlySpan<Vector<float>> a = MemoryMarshal.Cast<float, Vector<float>>(left),
            b = MemoryMarshal.Cast<float, Vector<float>>(right)[..a.Length];
        Vector<float> first = Vector<float>.Zero,
            second = Vector<float>.Zero;
        int i = 0;
        for (; i < a.Length - 1; i += 2)
        {
            first += a[i] * b[i];
            second += a[i + 1] * b[i + 1];
        }

        if (i < a.Length)
        {
            first += a[i] * b[i];
        }

        float sum = Vector.Sum(first + second);
        for (int k = a.Length * Vector<float>.Count; k < left.Length; k++)
        {
            sum += left[k] * right[k];
        }

        return sum;
    }
}
