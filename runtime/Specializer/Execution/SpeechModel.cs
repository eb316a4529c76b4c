using System.Diagnostics.CodeAnalysis;

namespace Specializer;

/// <summary>The base of generated encoder-decoders whose source is sound (Radford et al. 2022, Whisper).</summary>
/// <remarks>A model may be used by any number of threads at once, each with its own session.</remarks>
public abstract class SpeechModel : SequenceToSequenceModel
{
    /// <summary>Takes over packed weights. Called by generated code.</summary>
    /// <param name="description">What is known of the model when it is compiled.</param>
    /// <param name="source">What the encoder takes.</param>
    /// <param name="weights">The packed weights, owned by the model from now on.</param>
    /// <param name="instructionSet">The instruction set for which they are packed.</param>
    /// <param name="options">How the model is run.</param>
    protected SpeechModel(
        ModelDescription description,
        SourceDescription source,
        AlignedBuffer weights,
        InstructionSet instructionSet,
        ModelOptions? options
    )
        : base(description, source, weights, instructionSet, options) { }

    /// <inheritdoc/>
    [SuppressMessage("Design", "CA1024", Justification = "It creates.")]
    public sealed override SpeechSession CreateSession() => CreateSession(sequences: 1);

    /// <inheritdoc/>
    public abstract override SpeechSession CreateSession(int sequences);
}
