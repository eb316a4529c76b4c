using System;
using System.Collections.Generic;
using System.IO;
using Specializer.Text.Images;
using Specializer.Text.Reading;

namespace Specializer.Text;

/// <summary>
/// How images become the input of a model, from <c>preprocessor_config.json</c>: resize, crop, rescale, normalize. Absent fields have the
/// defaults of transformers' class.
/// </summary>
/// <remarks>
/// Source: huggingface/transformers, the classes ViTImageProcessor, DeiTImageProcessor, BeitImageProcessor, BitImageProcessor,
/// CLIPImageProcessor and SiglipImageProcessor.
/// </remarks>
public sealed record ImagePreprocessorSettings
{
    /// <summary>The size in pixels to which images are resized (<c>size.height</c>, <c>size.width</c>); null for other sizes or none.</summary>
    public (int Width, int Height)? Size { get; init; }

    /// <summary>
    /// The pixels of the shorter side of resized images, which keep their proportions (<c>size.shortest_edge</c>); null for none.
    /// </summary>
    public int? ShortestEdge { get; init; }

    /// <summary>The filter of resizing (<c>resample</c>).</summary>
    public ResamplingFilter Filter { get; init; } = ResamplingFilter.Bilinear;

    /// <summary>
    /// The size in pixels of the center of the resized image (<c>crop_size</c>); null for the whole image. Smaller images are padded
    /// with black.
    /// </summary>
    public (int Width, int Height)? Crop { get; init; }

    /// <summary>The factor of the bytes from 0 to 255 (<c>rescale_factor</c>, 1/255); null for none.</summary>
    public double? RescaleFactor { get; init; } = 1.0 / 255;

    /// <summary>The mean of each channel that is subtracted (<c>image_mean</c>), 3 values; null for none.</summary>
    public IReadOnlyList<float>? Mean { get; init; }

    /// <summary>The standard deviation by which each channel is divided (<c>image_std</c>), 3 values; null for none.</summary>
    public IReadOnlyList<float>? StandardDeviation { get; init; }

    /// <summary>The size in pixels of each result.</summary>
    internal (int Width, int Height) OutputSize => Crop ?? Size!.Value;

    /// <summary>Reads the settings from a model's folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="PipelineException">The file does not exist, is malformed, or has an unknown or unsupported field.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ImagePreprocessorSettings Load(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return SettingsFile.ReadPreprocessor(folder, ImageSettingsReader.Read);
    }

    /// <summary>Reads the settings from the content of a <c>preprocessor_config.json</c>.</summary>
    /// <param name="json">The content, in UTF-8.</param>
    /// <exception cref="PipelineException">The content is malformed, or has an unknown or unsupported field.</exception>
    public static ImagePreprocessorSettings Parse(ReadOnlyMemory<byte> json) =>
        SettingsFile.Parse(SettingsFile.Preprocessor, json, ImageSettingsReader.Read);

    /// <summary>Returns the error of the settings and its field, or null.</summary>
    internal (string Field, string Problem)? Check() =>
        Size is not null && ShortestEdge is not null ? ("size", "both sides and the shorter side; expected one of them")
        : Size is { } size && !IsValid(size) ? ("size", $"{size.Width} by {size.Height} pixels; expected 1 to {MaximumSide} each")
        : ShortestEdge is < 1 or > MaximumSide ? ("size", $"a shorter side of {ShortestEdge} pixels; expected 1 to {MaximumSide}")
        : Crop is { } crop && !IsValid(crop) ? ("crop_size", $"{crop.Width} by {crop.Height} pixels; expected 1 to {MaximumSide} each")
        : Crop is null && Size is null ? ("size", "results of different sizes; expected the height and the width, or a center crop")
        : !Enum.IsDefined(Filter) ? ("resample", $"the filter {(int)Filter} is unknown; expected 0 to 5")
        : Mean is not null && !AreThree(Mean, static _ => true) ? ("image_mean", "expected 3 finite numbers")
        : StandardDeviation is not null && !AreThree(StandardDeviation, static value => value > 0)
            ? ("image_std", "expected 3 finite numbers above 0")
        : null;

    private const int MaximumSide = 8192;

    private static bool IsValid((int Width, int Height) size) =>
        size is { Width: >= 1 and <= MaximumSide, Height: >= 1 and <= MaximumSide };

    private static bool AreThree(IReadOnlyList<float> values, Predicate<float> isValid)
    {
        foreach (float value in values)
        {
            if (!float.IsFinite(value) || !isValid(value))
            {
                return false;
            }
        }

        return values.Count == 3;
    }
}
