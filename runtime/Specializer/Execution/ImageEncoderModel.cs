using System;
using System.Diagnostics.CodeAnalysis;

namespace Specializer;

/// <summary>The base of generated encoders of images (Dosovitskiy et al. 2021, ViT).</summary>
/// <remarks>A model may be used by any number of threads at once, each with its own session.</remarks>
public abstract class ImageEncoderModel : TransformerModel
{
    /// <summary>Takes over packed weights. Called by generated code.</summary>
    /// <param name="description">What is known of the model when it is compiled.</param>
    /// <param name="encoder">What it gives.</param>
    /// <param name="imageFloats">The floats of an image, channels · height · width.</param>
    /// <param name="weights">The packed weights, owned by the model from now on.</param>
    /// <param name="instructionSet">The instruction set for which they are packed.</param>
    /// <param name="options">How the model is run.</param>
    protected ImageEncoderModel(
        ModelDescription description,
        EncoderDescription encoder,
        int imageFloats,
        AlignedBuffer weights,
        InstructionSet instructionSet,
        ModelOptions? options
    )
        : base(description, weights, instructionSet, options, rowsAtOnce: description?.ChunkLength ?? 1)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        Encoder = encoder;
        ImageFloats = imageFloats;
    }

    /// <summary>What the encoder gives.</summary>
    public EncoderDescription Encoder { get; }

    /// <summary>The floats of an image, channels · height · width.</summary>
    public int ImageFloats { get; }

    /// <summary>Creates a session.</summary>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="InsufficientMemoryException">The system does not grant the session's memory; the message says how much, and how to need less.</exception>
    [SuppressMessage("Design", "CA1024", Justification = "It creates.")]
    public abstract ImageEncoderSession CreateSession();
}
