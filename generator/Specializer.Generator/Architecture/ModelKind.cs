namespace Specializer.Generator.Architecture;

/// <summary>
/// Specifies the kind of a model: its input and its output. It determines the interfaces of the generated class and of its session.
/// </summary>
internal enum ModelKind
{
    /// <summary>Predicts the next token from tokens.</summary>
    Decoder,

    /// <summary>A decoder whose sequences may start with a bidirectional prefix.</summary>
    PrefixDecoder,

    /// <summary>A decoder whose sequences may start with a bidirectional prefix of rows of embeddings and tokens.</summary>
    EmbeddedPrefixDecoder,

    /// <summary>Converts tokens to states.</summary>
    Encoder,

    /// <summary>Converts an image to states.</summary>
    ImageEncoder,

    /// <summary>Converts tokens to tokens.</summary>
    EncoderDecoder,

    /// <summary>Converts audio to tokens.</summary>
    Speech,
}
