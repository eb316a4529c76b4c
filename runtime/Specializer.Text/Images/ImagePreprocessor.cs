using System;
using Specializer.Text.Images;

namespace Specializer.Text;

/// <summary>Converts images of any size to the input of a model. This class is thread-safe.</summary>
/// <remarks>
/// Resizing is equal to Pillow's, byte by byte. The classes of transformers whose names end with Fast use another implementation, which
/// differs by up to 1/255.
/// </remarks>
/// <example>
/// <code>
/// var preprocessor = new ImagePreprocessor(ImagePreprocessorSettings.Load("models/vit"));
/// session.Encode(new ImageInput(preprocessor.Process(image)), logits);
/// </code>
/// </example>
public sealed class ImagePreprocessor
{
    private readonly float[] _values; // [3, 256] the input for each byte of a channel

    /// <summary>Creates a preprocessor.</summary>
    /// <param name="settings">The settings.</param>
    /// <exception cref="ArgumentException">The settings are inconsistent, or a value is out of range.</exception>
    public ImagePreprocessor(ImagePreprocessorSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Check() is { } error)
        {
            throw new ArgumentException($"{error.Field}: {error.Problem}.", nameof(settings));
        }

        Settings = settings;
        (Width, Height) = settings.OutputSize;
        _values = new float[3 * 256];
        for (int i = 0; i < _values.Length; i++)
        {
            int channel = i / 256;
            // The roundings are those of NumPy: the product in double precision, the rest in single precision.
            float value = (float)(i % 256 * (settings.RescaleFactor ?? 1));
            _values[i] = (value - (settings.Mean?[channel] ?? 0)) / (settings.StandardDeviation?[channel] ?? 1);
        }
    }

    /// <summary>The settings.</summary>
    public ImagePreprocessorSettings Settings { get; }

    /// <summary>The width of the results in pixels.</summary>
    public int Width { get; }

    /// <summary>The height of the results in pixels.</summary>
    public int Height { get; }

    /// <summary>Converts an image.</summary>
    /// <param name="image">The image.</param>
    /// <returns>The input of the model, [3, <see cref="Height"/>, <see cref="Width"/>].</returns>
    /// <exception cref="ArgumentException">The image is so narrow that resizing it would require more than 1 GiB.</exception>
    public float[] Process(RgbImage image)
    {
        var pixels = new float[3 * Width * Height];
        Process(image, pixels);
        return pixels;
    }

    /// <summary>Converts an image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="pixels">Receives the input of the model, [3, <see cref="Height"/>, <see cref="Width"/>].</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="pixels"/> has another length, or the image is so narrow that resizing it would require more than 1 GiB.
    /// </exception>
    public void Process(RgbImage image, Span<float> pixels)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (pixels.Length != 3 * Width * Height)
        {
            throw new ArgumentException(
                $"There are {pixels.Length} values for pixels; expected 3 channels of {Width} by {Height}.",
                nameof(pixels)
            );
        }

        RgbImage resized = Resize(image);
        // Rows and columns of the image that is cropped; outside of it there is black.
        int top = (resized.Height - Height) >> 1,
            left = (resized.Width - Width) >> 1;
        ReadOnlySpan<byte> source = resized.Pixels.Span;
        for (int y = 0; y < Height; y++)
        {
            int row = y + top;
            for (int x = 0; x < Width; x++)
            {
                int column = x + left;
                bool isInside = (uint)row < (uint)resized.Height && (uint)column < (uint)resized.Width;
                int place = isInside ? 3 * (row * resized.Width + column) : 0;
                for (int channel = 0; channel < 3; channel++)
                {
                    int value = isInside ? source[place + channel] : 0;
                    pixels[(channel * Height + y) * Width + x] = _values[channel * 256 + value];
                }
            }
        }
    }

    private RgbImage Resize(RgbImage image)
    {
        if (Settings.Size is { } size)
        {
            return ImageResizer.Resize(image, size.Width, size.Height, Settings.Filter);
        }

        if (Settings.ShortestEdge is not { } edge)
        {
            return image;
        }

        int shorter = Math.Min(image.Width, image.Height);
        long longer = (long)edge * Math.Max(image.Width, image.Height) / shorter;
        return longer <= int.MaxValue
            ? ImageResizer.Resize(
                image,
                image.Width <= image.Height ? edge : (int)longer,
                image.Width <= image.Height ? (int)longer : edge,
                Settings.Filter
            )
            : throw new ArgumentException(
                $"The image of {image.Width} by {image.Height} pixels cannot be resized: its longer side would have {longer} pixels."
            );
    }
}
