using System;

namespace Specializer.Text.Images;

/// <summary>The weights of the pixels of each result along one side, as integers.</summary>
internal sealed class ResizeWeights
{
    private readonly int[] _weights; // [count, width]
    private readonly int[] _firsts; // [count]
    private readonly int[] _lengths; // [count]
    private readonly int _width;

    /// <param name="from">The number of pixels of the image.</param>
    /// <param name="to">The number of pixels of the result.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="precision">The bits after the binary point.</param>
    public ResizeWeights(int from, int to, ResamplingFilter filter, int precision)
    {
        double scale = (double)from / to,
            widening = Math.Max(1, scale),
            support = Support(filter) * widening;
        _width = (int)Math.Ceiling(support) * 2 + 1;
        _weights = new int[checked(to * _width)];
        _firsts = new int[to];
        _lengths = new int[to];
        var values = new double[_width];
        for (int i = 0; i < to; i++)
        {
            double center = (i + 0.5) * scale;
            int first = Math.Max(0, (int)(center - support + 0.5));
            int length = Math.Min(from, (int)(center + support + 0.5)) - first;
            double sum = 0;
            for (int k = 0; k < length; k++)
            {
                values[k] = Value(filter, (k + first - center + 0.5) / widening);
                sum += values[k];
            }

            for (int k = 0; k < length; k++)
            {
                double weight = (sum != 0 ? values[k] / sum : values[k]) * (1 << precision);
                _weights[i * _width + k] = (int)(weight < 0 ? weight - 0.5 : weight + 0.5);
            }

            _firsts[i] = first;
            _lengths[i] = length;
        }
    }

    /// <summary>The number of pixels of the result.</summary>
    public int Count => _firsts.Length;

    /// <summary>The weights of a pixel of the result.</summary>
    /// <param name="index">The pixel.</param>
    /// <param name="first">The pixel of the image to which the first weight belongs.</param>
    public ReadOnlySpan<int> Of(int index, out int first)
    {
        first = _firsts[index];
        return _weights.AsSpan(index * _width, _lengths[index]);
    }

    private static double Support(ResamplingFilter filter) =>
        filter switch
        {
            ResamplingFilter.Lanczos => 3,
            ResamplingFilter.Bilinear or ResamplingFilter.Hamming => 1,
            ResamplingFilter.Bicubic => 2,
            ResamplingFilter.Box => 0.5,
            _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, "The filter is not defined."),
        };

    private static double Value(ResamplingFilter filter, double x)
    {
        double distance = Math.Abs(x);
        return filter switch
        {
            ResamplingFilter.Box => x > -0.5 && x <= 0.5 ? 1 : 0,
            ResamplingFilter.Bilinear => Math.Max(0, 1 - distance),
            ResamplingFilter.Bicubic => distance < 1 ? (1.5 * distance - 2.5) * distance * distance + 1
            : distance < 2 ? -0.5 * (((distance - 5) * distance + 8) * distance - 4)
            : 0,
            ResamplingFilter.Hamming => distance == 0 ? 1
            : distance < 1 ? Math.Sin(Math.PI * distance) / (Math.PI * distance) * (0.54 + 0.46 * Math.Cos(Math.PI * distance))
            : 0,
            _ => x >= -3 && x < 3 ? Sinc(x) * Sinc(x / 3) : 0,
        };
    }

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);
}
