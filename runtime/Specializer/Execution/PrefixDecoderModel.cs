using System.Diagnostics.CodeAnalysis;

namespace Specializer;

/// <summary>The base of generated decoders whose sequences may begin with a prefix that sees all of itself.</summary>
/// <remarks>A model may be used by any number of threads at once, each with its own session.</remarks>
public abstract class PrefixDecoderModel : DecoderModel
{
    /// <summary>Takes over packed weights. Called by generated code.</summary>
    /// <param name="description">What is known of the model when it is compiled.</param>
    /// <param name="weights">The packed weights, owned by the model from now on.</param>
    /// <param name="instructionSet">The instruction set for which they are packed.</param>
    /// <param name="options">How the model is run.</param>
    protected PrefixDecoderModel(ModelDescription description, AlignedBuffer weights, InstructionSet instructionSet, ModelOptions? options)
        : base(description, weights, instructionSet, options) { }

    /// <inheritdoc/>
    [SuppressMessage("Design", "CA1024", Justification = "It creates.")]
    public abstract override PrefixDecoderSession CreateSession();
}
