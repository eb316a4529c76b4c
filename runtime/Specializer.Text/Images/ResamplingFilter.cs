namespace Specializer.Text;

/// <summary>Specifies how an image is resized, with the numbers of Pillow (<c>resample</c>).</summary>
public enum ResamplingFilter
{
    /// <summary>The nearest pixel.</summary>
    Nearest = 0,

    /// <summary>A sinc in the window of a wider sinc, over 3 pixels on each side.</summary>
    Lanczos = 1,

    /// <summary>A triangle over 1 pixel on each side.</summary>
    Bilinear = 2,

    /// <summary>A cubic with a = -0.5 over 2 pixels on each side (Keys 1981).</summary>
    Bicubic = 3,

    /// <summary>The mean of the pixels that a pixel of the result covers.</summary>
    Box = 4,

    /// <summary>A sinc in a Hamming window over 1 pixel on each side.</summary>
    Hamming = 5,
}
