using System;

namespace Specializer.Text.Images;

/// <summary>A class of transformers that prepares images: its defaults, and how it reads sizes.</summary>
/// <param name="Name">The name without ImageProcessor, ImageProcessorFast or FeatureExtractor.</param>
/// <param name="KeepsProportions">Whether a size of one number is that of the shorter side.</param>
/// <param name="Crops">Whether the center is cropped by default, to 224 by 224 pixels.</param>
/// <param name="Size">The default size.</param>
/// <param name="Filter">The default filter.</param>
/// <param name="Mean">The default mean of each channel.</param>
/// <param name="StandardDeviation">The default standard deviation of each channel.</param>
internal sealed record ImageProcessorKind(
    string Name,
    bool KeepsProportions,
    bool Crops,
    int Size,
    ResamplingFilter Filter,
    float[] Mean,
    float[] StandardDeviation
)
{
    private static readonly float[] s_half = [0.5f, 0.5f, 0.5f];
    private static readonly float[] s_clipMean = [0.48145466f, 0.4578275f, 0.40821073f];
    private static readonly float[] s_clipDeviation = [0.26862954f, 0.26130258f, 0.27577711f];

    private static readonly ImageProcessorKind[] s_all =
    [
        new("ViT", KeepsProportions: false, Crops: false, 224, ResamplingFilter.Bilinear, s_half, s_half),
        new("DeiT", KeepsProportions: false, Crops: true, 256, ResamplingFilter.Bicubic, s_half, s_half),
        new("Beit", KeepsProportions: false, Crops: true, 256, ResamplingFilter.Bicubic, s_half, s_half),
        new("Siglip", KeepsProportions: false, Crops: false, 224, ResamplingFilter.Bicubic, s_half, s_half),
        new("Bit", KeepsProportions: true, Crops: true, 224, ResamplingFilter.Bicubic, s_clipMean, s_clipDeviation),
        new("CLIP", KeepsProportions: true, Crops: true, 224, ResamplingFilter.Bicubic, s_clipMean, s_clipDeviation),
    ];

    /// <summary>The supported names, for messages.</summary>
    public static string Supported =>
        "ViTImageProcessor, DeiTImageProcessor, BeitImageProcessor, SiglipImageProcessor, BitImageProcessor or CLIPImageProcessor";

    /// <summary>Returns the class of a name, or null.</summary>
    public static ImageProcessorKind? Find(string type)
    {
        foreach (string suffix in new[] { "ImageProcessorFast", "ImageProcessor", "FeatureExtractor" })
        {
            if (type.EndsWith(suffix, StringComparison.Ordinal))
            {
                string name = type[..^suffix.Length];
                return Array.Find(s_all, kind => kind.Name == name);
            }
        }

        return null;
    }
}
