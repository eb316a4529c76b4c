using System;
using System.Buffers;

namespace Specializer.Text.Images;

/// <summary>
/// Resizes images as Pillow does: horizontally, then vertically. The filters are widened by the scale, so that smaller images have no aliases.
/// Weights have 22 bits after the binary point, and both passes round to 8 bits.
/// </summary>
/// <remarks>Source: python-pillow/Pillow, src/libImaging/Resample.c and Geometry.c, whose results are the same bytes.</remarks>
internal static class ImageResizer
{
    private const int Precision = 32 - 8 - 2;
    private const int MaximumBytes = 1 << 30;

    /// <summary>Resizes an image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="width">The width of the result.</param>
    /// <param name="height">The height of the result.</param>
    /// <param name="filter">The filter.</param>
    public static RgbImage Resize(RgbImage image, int width, int height, ResamplingFilter filter)
    {
        if (width == image.Width && height == image.Height)
        {
            return image;
        }

        long largest = 3L * Math.Max((long)width * height, (long)width * image.Height);
        if (largest > MaximumBytes)
        {
            throw new ArgumentException(
                $"The image of {image.Width} by {image.Height} pixels cannot be resized to {width} by {height}: that requires {largest} bytes, at most {MaximumBytes} are supported. Cut the image."
            );
        }

        if (filter == ResamplingFilter.Nearest)
        {
            return Nearest(image, width, height);
        }

        RgbImage narrow = width == image.Width ? image : Horizontal(image, new ResizeWeights(image.Width, width, filter, Precision));
        return height == image.Height ? narrow : Vertical(narrow, new ResizeWeights(image.Height, height, filter, Precision));
    }

    private static RgbImage Horizontal(RgbImage image, ResizeWeights weights)
    {
        var result = new byte[3 * weights.Count * image.Height];
        for (int y = 0; y < image.Height; y++)
        {
            ReadOnlySpan<byte> row = image.Pixels.Span.Slice(3 * image.Width * y, 3 * image.Width);
            Span<byte> target = result.AsSpan(3 * weights.Count * y, 3 * weights.Count);
            for (int x = 0; x < weights.Count; x++)
            {
                ReadOnlySpan<int> kernel = weights.Of(x, out int first);
                ReadOnlySpan<byte> pixels = row.Slice(3 * first, 3 * kernel.Length);
                int red = 1 << (Precision - 1),
                    green = red,
                    blue = red;
                for (int i = 0; i < kernel.Length; i++)
                {
                    red += pixels[3 * i] * kernel[i];
                    green += pixels[3 * i + 1] * kernel[i];
                    blue += pixels[3 * i + 2] * kernel[i];
                }

                target[3 * x] = Clip(red);
                target[3 * x + 1] = Clip(green);
                target[3 * x + 2] = Clip(blue);
            }
        }

        return new RgbImage(result, weights.Count, image.Height);
    }

    private static RgbImage Vertical(RgbImage image, ResizeWeights weights)
    {
        int stride = 3 * image.Width;
        var result = new byte[stride * weights.Count];
        int[] sums = ArrayPool<int>.Shared.Rent(stride);
        ReadOnlySpan<byte> source = image.Pixels.Span;
        for (int y = 0; y < weights.Count; y++)
        {
            ReadOnlySpan<int> kernel = weights.Of(y, out int first);
            Span<int> sum = sums.AsSpan(0, stride);
            sum.Fill(1 << (Precision - 1));
            for (int i = 0; i < kernel.Length; i++)
            {
                ReadOnlySpan<byte> row = source.Slice(stride * (first + i), stride);
                int weight = kernel[i];
                for (int x = 0; x < row.Length; x++)
                {
                    sum[x] += row[x] * weight;
                }
            }

            Span<byte> target = result.AsSpan(stride * y, stride);
            for (int x = 0; x < target.Length; x++)
            {
                target[x] = Clip(sum[x]);
            }
        }

        ArrayPool<int>.Shared.Return(sums);
        return new RgbImage(result, image.Width, weights.Count);
    }

    private static byte Clip(int sum) => (byte)Math.Clamp(sum >> Precision, 0, 255);

    private static RgbImage Nearest(RgbImage image, int width, int height)
    {
        var result = new byte[3 * width * height];
        ReadOnlySpan<byte> source = image.Pixels.Span;
        int[] columns = Positions(image.Width, width),
            rows = Positions(image.Height, height);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                source.Slice(3 * (rows[y] * image.Width + columns[x]), 3).CopyTo(result.AsSpan(3 * (y * width + x)));
            }
        }

        return new RgbImage(result, width, height);
    }

    /// <summary>The positions are sums of steps, as in Pillow, so that rounding is the same.</summary>
    private static int[] Positions(int from, int to)
    {
        var positions = new int[to];
        double step = (double)from / to,
            position = step * 0.5;
        for (int i = 0; i < to; i++)
        {
            positions[i] = Math.Min((int)position, from - 1);
            position += step;
        }

        return positions;
    }
}
