namespace Specializer.Generator.Architecture;

/// <summary>
/// How a declaration says whether a model has an output matrix of its own or computes its logits with the token embeddings; the values are
/// those of the runtime's enumeration.
/// </summary>
internal enum OutputMatrixChoice
{
    /// <summary>By TiedEmbeddings of the attribute, or by the field of the config.json.</summary>
    Declared,

    /// <summary>By the field of the config.json alone.</summary>
    Configured,

    /// <summary>As <see cref="Configured"/>, and another field says whether the states stay scaled.</summary>
    ConfiguredWithScale,

    /// <summary>Not at all.</summary>
    Fixed,
}
