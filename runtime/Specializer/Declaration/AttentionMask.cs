namespace Specializer;

/// <summary>Which positions a position may attend to.</summary>
public enum AttentionMask
{
    /// <summary>Itself and all before it (Vaswani et al. 2017, section 3.2.3). Given to an encoder, it declares the body of a decoder, whose states are pooled.</summary>
    Causal,

    /// <summary>All of the sequence, before and behind it (Devlin et al. 2019, BERT). For encoders.</summary>
    Full,

    /// <summary>
    /// As causal, but positions of a prefix see all of it (Raffel et al. 2020, section 3.2.1; prefix language models).
    /// For decoders; the prefix is told to the session.
    /// </summary>
    Prefix,
}
