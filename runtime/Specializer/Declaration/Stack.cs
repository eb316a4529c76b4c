using System.Diagnostics.CodeAnalysis;

#if GENERATOR
namespace Specializer.Generator.Architecture;

#else
namespace Specializer;

#endif

/// <summary>Specifies the stacks of layers of a transformer (Vaswani et al. 2017, section 3.1).</summary>
[SuppressMessage("Naming", "CA1711", Justification = "It is the field's own word, not a collection.")]
#if GENERATOR
internal
#else
public
#endif
enum Stack
{
    /// <summary>One stack that predicts the next token from the tokens before it (GPT, LLaMA).</summary>
    Decoder,

    /// <summary>
    /// One stack that transforms a whole sequence into hidden states; every position attends to all positions (BERT).
    /// </summary>
    Encoder,

    /// <summary>
    /// An encoder and a decoder whose layers also attend to the output of the encoder for a source (Vaswani et al. 2017). Both
    /// stacks have the declared shape.
    /// </summary>
    EncoderDecoder,
}
