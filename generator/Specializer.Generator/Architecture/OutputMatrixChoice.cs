namespace Specializer.Generator.Architecture;

/// <summary>
/// The way in which a declaration chooses between tied embeddings and a separate output matrix. The values are those of the runtime's
/// enumeration.
/// </summary>
internal enum OutputMatrixChoice
{
    /// <summary>By TiedEmbeddings of the attribute, or by the field of the config.json.</summary>
    Declared,

    /// <summary>By the field of the config.json alone.</summary>
    Configured,

    /// <summary>As <see cref="Configured"/>; another field keeps the scale of the states.</summary>
    ConfiguredWithScale,

    /// <summary>Not at all.</summary>
    Fixed,
}
