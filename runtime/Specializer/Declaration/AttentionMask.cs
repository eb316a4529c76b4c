#if GENERATOR
namespace Specializer.Generator.Architecture;

#else
namespace Specializer;

#endif

/// <summary>Specifies the positions that a position can attend to.</summary>
#if GENERATOR
internal
#else
public
#endif
enum AttentionMask
{
    /// <summary>
    /// The position itself and all earlier positions (Vaswani et al. 2017, section 3.2.3). For an encoder, it declares the body
    /// of a decoder, whose states are pooled.
    /// </summary>
    Causal,

    /// <summary>All positions of the sequence, earlier and later (Devlin et al. 2019, BERT). For encoders only.</summary>
    Full,

    /// <summary>
    /// Like <see cref="Causal"/>, but the positions of a prefix attend to the whole prefix (Raffel et al. 2020, section 3.2.1;
    /// prefix language models). For decoders only; the caller passes the prefix to the session.
    /// </summary>
    Prefix,
}
