using System;
using System.Threading;

namespace Specializer;

/// <summary>Encodes images, one after the other, in memory of a size known at compile time.</summary>
/// <remarks>
/// A session is used by one caller at a time; a second one gets an <see cref="InvalidOperationException"/>. No call
/// allocates managed memory. The results are the same bits for any number of threads, alone or in a batch.
/// </remarks>
public abstract unsafe class ImageEncoderSession : EncodingSession
{
    private readonly int _imageFloats;

    /// <summary>Allocates a session. Called by generated code.</summary>
    /// <param name="model">The model that owns the weights.</param>
    /// <param name="memoryBytes">The bytes of the image's states and of the activations.</param>
    protected ImageEncoderSession(ImageEncoderModel model, long memoryBytes)
        : base(model, model is null ? null! : model.Encoder, memoryBytes)
    {
        ArgumentNullException.ThrowIfNull(model);
        _imageFloats = model.ImageFloats;
    }

    /// <summary>The pixels of the image in work, [channels][height][width].</summary>
    [CLSCompliant(false)]
    protected float* Pixels { get; private set; }

    /// <summary>Encodes one or several images.</summary>
    /// <param name="pixels">The normalised pixels, [images, channels, height, width].</param>
    /// <param name="output">
    /// Receives what the model's head computes, [images, OutputWidth]; without a head the last hidden states,
    /// [images, positions, DModel]. May be empty if only hidden states are wanted.
    /// </param>
    /// <param name="hiddenStates">Receives the last hidden states, behind the final norm, [images, positions, DModel]; empty if not wanted.</param>
    /// <param name="cancellationToken">Checked before each image.</param>
    /// <exception cref="ArgumentException">There is no image, the pixels are no whole number of images, or a span has another length than it needs.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="InvalidOperationException">Another call on this session is running.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
    public void Encode(
        ReadOnlySpan<float> pixels,
        Span<float> output,
        Span<float> hiddenStates = default,
        CancellationToken cancellationToken = default
    )
    {
        Enter();
        try
        {
            ThrowIfModelIsDisposed();
            if (pixels.IsEmpty || pixels.Length % _imageFloats != 0)
            {
                throw new ArgumentException(
                    $"There are {pixels.Length} pixel values; an image of {Description.Name} has {_imageFloats}, so give one or several times as many.",
                    nameof(pixels)
                );
            }

            int images = pixels.Length / _imageFloats,
                positions = Description.ContextLength;
            EncoderArguments.CheckSpans(Description, Encoder, images, positions, output, hiddenStates);
            Hold();
            nint outputFloats = (nint)(Encoder.OutputPerToken ? positions : 1) * Encoder.OutputWidth,
                hiddenFloats = (nint)positions * Description.DModel;
            fixed (
                float* firstPixel = pixels,
                    firstOutput = output,
                    firstHiddenState = hiddenStates
            )
            {
                for (int image = 0; image < images; image++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Pixels = firstPixel + ((nint)image * _imageFloats);
                    Encode(
                        positions,
                        positions,
                        firstOutput is null ? null : firstOutput + (image * outputFloats),
                        firstHiddenState is null ? null : firstHiddenState + (image * hiddenFloats)
                    );
                }
            }
        }
        finally
        {
            Pixels = null;
            Forget();
            Release();
            Leave();
        }
    }
}
