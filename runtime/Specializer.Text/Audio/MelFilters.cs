using System;
using System.Numerics;

namespace Specializer.Text.Audio;

/// <summary>
/// Triangular filters on the mel scale of Slaney's Auditory Toolbox (1998): linear up to 1,000 Hz, logarithmic above, each with the same
/// area. They cover 0 to 8,000 Hz.
/// </summary>
internal sealed class MelFilters
{
    private const double LinearLimit = 1000;
    private const double Step = 200.0 / 3;
    private const double MaximumFrequency = 8000;
    private static readonly double s_logarithmicStep = Math.Log(6.4) / 27;

    private readonly int[] _starts; // [band]
    private readonly double[][] _weights; // [band][bins of the band]

    public MelFilters(int bands, int frameLength, int sampleRate)
    {
        _starts = new int[bands];
        _weights = new double[bands][];
        int bins = frameLength / 2 + 1;
        double highest = ToMel(MaximumFrequency);
        double Edge(int i) => ToFrequency(highest * i / (bands + 1));
        for (int band = 0; band < bands; band++)
        {
            double low = Edge(band),
                center = Edge(band + 1),
                high = Edge(band + 2);
            double Weight(int bin)
            {
                double frequency = (double)sampleRate * bin / frameLength;
                return Math.Max(0, Math.Min((frequency - low) / (center - low), (high - frequency) / (high - center))) * 2 / (high - low);
            }

            int start = 0;
            while (start < bins && Weight(start) == 0)
            {
                start++;
            }

            int end = start;
            while (end < bins && Weight(end) > 0)
            {
                end++;
            }

            _starts[band] = start;
            _weights[band] = new double[end - start];
            for (int bin = start; bin < end; bin++)
            {
                _weights[band][bin - start] = Weight(bin);
            }
        }
    }

    /// <summary>The energy of a band, in each lane of another frame.</summary>
    /// <param name="band">The band.</param>
    /// <param name="power">The squared magnitudes, [frame length / 2 + 1].</param>
    public Vector<double> Energy(int band, ReadOnlySpan<Vector<double>> power)
    {
        double[] weights = _weights[band];
        ReadOnlySpan<Vector<double>> values = power.Slice(_starts[band], weights.Length);
        Vector<double> sum = Vector<double>.Zero;
        for (int i = 0; i < weights.Length; i++)
        {
            sum += weights[i] * values[i];
        }

        return sum;
    }

    private static double ToMel(double frequency) =>
        frequency < LinearLimit ? frequency / Step : LinearLimit / Step + Math.Log(frequency / LinearLimit) / s_logarithmicStep;

    private static double ToFrequency(double mel) =>
        mel < LinearLimit / Step ? mel * Step : LinearLimit * Math.Exp(s_logarithmicStep * (mel - LinearLimit / Step));
}
