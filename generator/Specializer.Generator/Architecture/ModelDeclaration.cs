using System.Linq;

namespace Specializer.Generator.Architecture;

/// <summary>A declaration whose every value is known: the user's class and the architecture to complete it with.</summary>
/// <param name="Class">The class to complete.</param>
/// <param name="Architecture">The declared architecture.</param>
internal sealed record ModelDeclaration(ClassDeclaration Class, TransformerArchitecture Architecture);

/// <summary>What the attributes on a class say: an architecture, which config.json has it, or neither if anything is wrong with them.</summary>
/// <param name="Class">The class to complete.</param>
/// <param name="Architecture">The architecture that the attributes declare; null if a config.json does.</param>
/// <param name="Configuration">The config.json that declares it; null if the attributes do.</param>
/// <param name="Outline">What is known all the same if something is wrong.</param>
internal sealed record AttributeDeclaration(
    ClassDeclaration Class,
    TransformerArchitecture? Architecture,
    ConfigurationReference? Configuration,
    ModelOutline? Outline
);

/// <summary>What becomes of a declaration: a model, or its outline if something is wrong.</summary>
/// <param name="Model">The model.</param>
/// <param name="Outline">Its outline.</param>
internal sealed record ResolvedDeclaration(ModelDeclaration? Model, ModelOutline? Outline);

/// <summary>A config.json named by an attribute, and what the attribute says beside it.</summary>
/// <param name="Path">The end of the file's path, with slashes.</param>
/// <param name="ContextLength">A context length of the attribute; 0 for the file's own.</param>
/// <param name="ChunkLength">A chunk length of the attribute; 0 to leave it to the planner.</param>
internal sealed record ConfigurationReference(string Path, int ContextLength, int ChunkLength)
{
    /// <summary>A source length of the attribute; 0 for the file's own.</summary>
    public int SourceLength { get; init; }

    /// <summary>What attributes say in the place of the file.</summary>
    public ArchitectureOverrides Overrides { get; init; } = new();

    /// <summary>A pooling of the last hidden states that an attribute declares in the place of the file's head; null for none.</summary>
    public PoolingDeclaration? Pooling { get; init; }
}

/// <summary>What [Pooling] says.</summary>
/// <param name="Kind">How one state is made of all.</param>
/// <param name="Normalize">Whether it is divided by its Euclidean length.</param>
internal sealed record PoolingDeclaration(Pooling Kind, bool Normalize)
{
    /// <summary>The head that it declares; null if every token keeps its state.</summary>
    public HeadArchitecture? Head => Kind == Pooling.None ? null : new HeadArchitecture(Kind, null, Norm: false, Normalize, null);
}

/// <summary>The user's class, as far as completing it needs to know it.</summary>
/// <param name="Namespace">Its namespace; empty for the global one.</param>
/// <param name="ContainingTypes">The partial types around it, outermost first, each as its declaration: "partial class Models".</param>
/// <param name="Name">Its name.</param>
internal sealed record ClassDeclaration(string Namespace, EquatableArray<string> ContainingTypes, string Name)
{
    /// <summary>Whether something of the project hides a type that the kernels name, so that they name it in full.</summary>
    public bool HidesKernelTypes { get; init; }

    /// <summary>Whether the project checks arithmetic for overflow where it is not told otherwise.</summary>
    public bool ChecksOverflow { get; init; }

    /// <summary>Whether the project is compiled without optimisation, as for debugging, which the JIT compiler then does without too.</summary>
    public bool IsUnoptimized { get; init; }

    /// <summary>The alias by which alone the project refers to the runtime; empty where its namespace is a global one.</summary>
    public string RuntimeAlias { get; init; } = "";

    /// <summary>The class's full name, with which the names of its files begin.</summary>
    public string FullName =>
        string.Join(
            ".",
            new[] { Namespace }
                .Where(static part => part.Length > 0)
                .Concat(ContainingTypes.Select(static type => type.Substring(type.LastIndexOf(' ') + 1)))
                .Concat([Name])
        );
}
