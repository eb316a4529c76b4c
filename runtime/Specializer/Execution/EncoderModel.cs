using System;
using System.Diagnostics.CodeAnalysis;

namespace Specializer;

/// <summary>The base of generated encoders of tokens.</summary>
/// <remarks>A model may be used by any number of threads at once, each with its own session.</remarks>
public abstract class EncoderModel : TransformerModel
{
    /// <summary>Takes over packed weights. Called by generated code.</summary>
    /// <param name="description">What is known of the model when it is compiled.</param>
    /// <param name="encoder">What it takes and gives.</param>
    /// <param name="weights">The packed weights, owned by the model from now on.</param>
    /// <param name="instructionSet">The instruction set for which they are packed.</param>
    /// <param name="options">How the model is run.</param>
    protected EncoderModel(
        ModelDescription description,
        EncoderDescription encoder,
        AlignedBuffer weights,
        InstructionSet instructionSet,
        ModelOptions? options
    )
        : base(description, weights, instructionSet, options, rowsAtOnce: description?.ChunkLength ?? 1)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        Encoder = encoder;
    }

    /// <summary>What the encoder takes and gives.</summary>
    public EncoderDescription Encoder { get; }

    /// <summary>Creates a session, with memory for the longest sequence.</summary>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="InsufficientMemoryException">The system does not grant the session's memory; the message says how much, and how to need less.</exception>
    [SuppressMessage("Design", "CA1024", Justification = "It creates.")]
    public abstract EncoderSession CreateSession();
}
