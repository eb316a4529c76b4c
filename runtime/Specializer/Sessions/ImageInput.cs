using System;

namespace Specializer;

/// <summary>One or several images, the input of an encoder of images (Dosovitskiy et al. 2021, ViT).</summary>
/// <param name="pixels">
/// The pixels, [images, <see cref="ModelDescription.Channels"/>, height, width], normalised as the model was trained on them.
/// Height and width are <see cref="ModelDescription.ImageSize"/>.
/// </param>
public readonly ref struct ImageInput(ReadOnlySpan<float> pixels)
{
    /// <summary>Gets the pixels, [images, channels, height, width].</summary>
    public ReadOnlySpan<float> Pixels { get; } = pixels;
}
