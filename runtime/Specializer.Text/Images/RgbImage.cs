using System;

namespace Specializer.Text;

/// <summary>An image as a decoder of image files returns it: 8 bits of red, green and blue for each pixel.</summary>
/// <example>
/// <code>
/// // With the package StbImageSharp.
/// ImageResult file = ImageResult.FromMemory(File.ReadAllBytes("cat.jpg"), ColorComponents.RedGreenBlue);
/// var image = new RgbImage(file.Data, file.Width, file.Height);
/// </code>
/// </example>
public sealed class RgbImage
{
    /// <summary>Creates an image.</summary>
    /// <param name="pixels">The pixels, [height, width, 3], row after row from the top. They are not copied.</param>
    /// <param name="width">The width in pixels, at least 1.</param>
    /// <param name="height">The height in pixels, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The width or the height is less than 1.</exception>
    /// <exception cref="ArgumentException">The number of bytes is not 3 for each pixel.</exception>
    public RgbImage(ReadOnlyMemory<byte> pixels, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (pixels.Length != 3L * width * height)
        {
            throw new ArgumentException(
                $"There are {pixels.Length} bytes; an image of {width} by {height} pixels has {3L * width * height}, 3 for each.",
                nameof(pixels)
            );
        }

        Pixels = pixels;
        Width = width;
        Height = height;
    }

    /// <summary>The pixels, [height, width, 3].</summary>
    public ReadOnlyMemory<byte> Pixels { get; }

    /// <summary>The width in pixels.</summary>
    public int Width { get; }

    /// <summary>The height in pixels.</summary>
    public int Height { get; }
}
