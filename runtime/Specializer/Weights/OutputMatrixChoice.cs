#if GENERATOR
namespace Specializer.Generator.Architecture;

#else
namespace Specializer;

#endif

/// <summary>The way in which a declaration chooses between tied embeddings and a separate output matrix.</summary>
#if GENERATOR
internal
#else
public
#endif
enum OutputMatrixChoice
{
    /// <summary>By <c>TiedEmbeddings</c> of the attribute, or by <c>tie_word_embeddings</c> of the config.json.</summary>
    Declared,

    /// <summary>By <c>tie_word_embeddings</c> of the config.json alone.</summary>
    Configured,

    /// <summary>
    /// As <see cref="Configured"/>. The family scales the states from which tied logits are computed (T5). With a separate matrix,
    /// <c>scale_decoder_outputs</c> keeps the scale.
    /// </summary>
    ConfiguredWithScale,

    /// <summary>No choice: the family computes its logits with the token embeddings.</summary>
    Fixed,
}
