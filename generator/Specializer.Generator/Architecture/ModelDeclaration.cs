using System.Linq;

namespace Specializer.Generator.Architecture;

/// <summary>A complete declaration: the user's class and its architecture.</summary>
/// <param name="Class">The class to complete.</param>
/// <param name="Architecture">The declared architecture.</param>
internal sealed record ModelDeclaration(ClassDeclaration Class, TransformerArchitecture Architecture);

/// <summary>
/// The values of the attributes on a class: an architecture, a config.json that contains it, or neither if there are errors.
/// </summary>
/// <param name="Class">The class to complete.</param>
/// <param name="Architecture">The architecture that the attributes declare; null if a config.json does.</param>
/// <param name="Configuration">The config.json that declares it; null if the attributes do.</param>
/// <param name="Outline">The known facts if there are errors.</param>
internal sealed record AttributeDeclaration(
    ClassDeclaration Class,
    TransformerArchitecture? Architecture,
    ConfigurationReference? Configuration,
    ModelOutline? Outline
);

/// <summary>The result of a declaration: a model, or its skeleton if there are errors.</summary>
/// <param name="Model">The model.</param>
/// <param name="Outline">The skeleton.</param>
internal sealed record ResolvedDeclaration(ModelDeclaration? Model, ModelOutline? Outline);

/// <summary>A reference to a config.json in an attribute, and the values of the attribute.</summary>
/// <param name="Path">The end of the file's path, with slashes.</param>
/// <param name="ContextLength">The context length of the attribute; 0 for that of the file.</param>
/// <param name="ChunkLength">The chunk length of the attribute; 0 for the planner's choice.</param>
internal sealed record ConfigurationReference(string Path, int ContextLength, int ChunkLength)
{
    /// <summary>The source length of the attribute; 0 for that of the file.</summary>
    public int SourceLength { get; init; }

    /// <summary>The section of a file of several models that declares the model; empty for none.</summary>
    public string Section { get; init; } = "";

    /// <summary>The values of attributes that override the file.</summary>
    public ArchitectureOverrides Overrides { get; init; } = new();

    /// <summary>The pooling of an attribute, which replaces the head of the file; null for none.</summary>
    public PoolingDeclaration? Pooling { get; init; }
}

/// <summary>The values of [Pooling].</summary>
/// <param name="Kind">The kind of pooling.</param>
/// <param name="Normalize">Whether the state is divided by its Euclidean length.</param>
internal sealed record PoolingDeclaration(PoolingKind Kind, bool Normalize)
{
    /// <summary>The declared head; null if every token keeps its state.</summary>
    public HeadArchitecture? Head => Kind == PoolingKind.None ? null : new HeadArchitecture(Kind, null, Norm: false, Normalize, null);
}

/// <summary>The properties of the user's class that its completion needs.</summary>
/// <param name="Namespace">The namespace; empty for the global one.</param>
/// <param name="ContainingTypes">
/// The partial types around it, outermost first, each as its declaration: "partial class Models".
/// </param>
/// <param name="Name">The name.</param>
internal sealed record ClassDeclaration(string Namespace, EquatableArray<string> ContainingTypes, string Name)
{
    /// <summary>Whether the project checks arithmetic for overflow by default.</summary>
    public bool ChecksOverflow { get; init; }

    /// <summary>
    /// Whether the project is compiled without optimization, as for debugging; the JIT compiler then does not optimize either.
    /// </summary>
    public bool IsUnoptimized { get; init; }

    /// <summary>Whether the project's C# lacks features of the generated interfaces, so that only a skeleton can be written.</summary>
    public bool IsLanguageTooOld { get; init; }

    /// <summary>The alias that is required to refer to the runtime; empty if its namespace is a global one.</summary>
    public string RuntimeAlias { get; init; } = "";

    /// <summary>The full name of the class, which is the prefix of the names of its files.</summary>
    public string FullName =>
        string.Join(
            ".",
            new[] { Namespace }
                .Where(static part => part.Length > 0)
                .Concat(ContainingTypes.Select(static type => type.Substring(type.LastIndexOf(' ') + 1)))
                .Concat([Name])
        );
}
