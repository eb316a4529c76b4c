using System.Diagnostics.CodeAnalysis;

namespace Specializer;

/// <summary>Which stacks of layers a transformer has (Vaswani et al. 2017, section 3.1).</summary>
[SuppressMessage("Naming", "CA1711", Justification = "It is the field's own word, not a collection.")]
public enum Stack
{
    /// <summary>One stack that predicts the next token from those before it (GPT, LLaMA).</summary>
    Decoder,

    /// <summary>One stack that turns a whole sequence into hidden states, every position seeing all (BERT).</summary>
    Encoder,

    /// <summary>
    /// A decoder whose every layer also attends to what an encoder makes of a source (Vaswani et al. 2017). Both stacks are
    /// of the declared shape.
    /// </summary>
    EncoderDecoder,
}
