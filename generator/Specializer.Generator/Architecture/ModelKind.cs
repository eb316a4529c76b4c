namespace Specializer.Generator.Architecture;

/// <summary>What a model is to its user. Its base class and its session's are named after it: <c>DecoderModel</c>, <c>DecoderSession</c>.</summary>
internal enum ModelKind
{
    /// <summary>Tokens to the next token.</summary>
    Decoder,

    /// <summary>A decoder whose sequences may begin with a prefix that sees itself whole.</summary>
    PrefixDecoder,

    /// <summary>Tokens to states.</summary>
    Encoder,

    /// <summary>An image to states.</summary>
    ImageEncoder,

    /// <summary>Tokens to tokens.</summary>
    EncoderDecoder,

    /// <summary>Sound to tokens.</summary>
    Speech,
}
