using System;
using System.Globalization;
using System.IO;
using System.Linq;
using Specializer.TestKit;
using Specializer.Text.Images;
using Xunit;

namespace Specializer.Text.Tests.Images;

/// <summary>Resizing against results of Pillow, which pillow_cases.py writes.</summary>
[Feature("images")]
public sealed class ImageResizerTests
{
    [Fact]
    public void Resized_images_are_those_of_Pillow_byte_by_byte()
    {
        string[] lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Images", "pillow_cases.txt"));
        Assert.Equal(42, lines.Length);
        foreach (string line in lines)
        {
            string[] parts = line.Split(' ');
            int[] numbers = [.. parts[..5].Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
            RgbImage resized = ImageResizer.Resize(Image(numbers[1], numbers[2]), numbers[3], numbers[4], (ResamplingFilter)numbers[0]);
            Assert.Equal((numbers[3], numbers[4]), (resized.Width, resized.Height));
            Assert.True(
                parts[5] == Convert.ToHexStringLower(resized.Pixels.Span),
                $"{line}\ndiffers from\n{Convert.ToHexStringLower(resized.Pixels.Span)}"
            );
        }
    }

    [Fact]
    public void An_image_of_the_size_is_not_copied()
    {
        RgbImage image = Image(4, 3);
        Assert.Same(image, ImageResizer.Resize(image, 4, 3, ResamplingFilter.Lanczos));
    }

    [Fact]
    public void Results_that_need_too_much_memory_are_refused()
    {
        var image = new RgbImage(new byte[3 * 200_000], 1, 200_000);
        ArgumentException exception = Assert.Throws<ArgumentException>(() =>
            ImageResizer.Resize(image, 8_000, 8_000, ResamplingFilter.Bilinear)
        );
        Assert.Contains("1 by 200000 pixels cannot be resized", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_numbers_of_bytes_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RgbImage(new byte[3], 0, 1));
        ArgumentException exception = Assert.Throws<ArgumentException>(() => new RgbImage(new byte[4], 1, 1));
        Assert.Contains("There are 4 bytes; an image of 1 by 1 pixels has 3", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>The image that pillow_cases.py makes.</summary>
    internal static RgbImage Image(int width, int height)
    {
        uint state = (uint)(100 * width + height);
        var pixels = new byte[3 * width * height];
        for (int i = 0; i < pixels.Length; i++)
        {
            state = state * 1664525 + 1013904223;
            pixels[i] = (byte)(state >> 24);
        }

        return new RgbImage(pixels, width, height);
    }
}
