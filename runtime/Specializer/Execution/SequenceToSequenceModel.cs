using System;
using System.Diagnostics.CodeAnalysis;

namespace Specializer;

/// <summary>The base of generated models that read a source and write tokens: decoders that also attend to what an encoder makes of the source.</summary>
/// <remarks>A model may be used by any number of threads at once, each with its own session.</remarks>
public abstract class SequenceToSequenceModel : DecoderModel
{
    /// <summary>Takes over packed weights. Called by generated code.</summary>
    /// <param name="description">What is known of the model when it is compiled.</param>
    /// <param name="source">What the encoder takes.</param>
    /// <param name="weights">The packed weights, owned by the model from now on.</param>
    /// <param name="instructionSet">The instruction set for which they are packed.</param>
    /// <param name="options">How the model is run.</param>
    private protected SequenceToSequenceModel(
        ModelDescription description,
        SourceDescription source,
        AlignedBuffer weights,
        InstructionSet instructionSet,
        ModelOptions? options
    )
        : base(description, weights, instructionSet, options)
    {
        ArgumentNullException.ThrowIfNull(source);
        Source = source;
    }

    /// <summary>What the encoder takes.</summary>
    public SourceDescription Source { get; }

    /// <summary>Makes a session for one source and one sequence decoded from it.</summary>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="InsufficientMemoryException">The system does not grant the session's memory; the message says how much, and how to need less.</exception>
    [SuppressMessage("Design", "CA1024", Justification = "It creates.")]
    public override SequenceToSequenceSession CreateSession() => CreateSession(sequences: 1);

    /// <summary>Makes a session for one source and several sequences decoded from it at once, as a beam search needs.</summary>
    /// <param name="sequences">How many sequences, at most <see cref="ModelDescription.ChunkLength"/>; every one after the first takes <see cref="SourceDescription.SequenceBytes"/> more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sequences"/> is less than 1 or too many.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="InsufficientMemoryException">The system does not grant the session's memory; the message says how much, and how to need less.</exception>
    public abstract SequenceToSequenceSession CreateSession(int sequences);

    /// <summary>Not supported: a batch reads one cache per session, but every session of an encoder-decoder attends to a source of its own.</summary>
    /// <remarks>
    /// Several sequences over one source are decoded in one step by <see cref="CreateSession(int)"/>,
    /// <see cref="SequenceToSequenceSession.Branch"/> and <see cref="SequenceToSequenceSession.DecodeEach"/>.
    /// </remarks>
    /// <param name="capacity">Without effect.</param>
    /// <exception cref="NotSupportedException">Always, unless the model is disposed.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public sealed override DecoderBatch CreateBatch(int capacity)
    {
        ThrowIfDisposed();
        throw new NotSupportedException(
            $"{Description.Name} is an encoder-decoder: each session attends to its own source, so a batch of sessions is not supported. Decode each session by itself, or several sequences over one source by CreateSession(sequences), Branch and DecodeEach."
        );
    }
}
