using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>How the names of a plan's tensors vary from one checkpoint to another.</summary>
/// <param name="BasePrefix">What the names of all tensors of the body begin with; empty if they share nothing.</param>
/// <param name="Wrappers">What a file of several models has before them.</param>
/// <param name="Ignored">The names of tensors that may be present and that nothing reads.</param>
/// <param name="OutputMatrix">The name of the output matrix, stored or tied; empty if there is none.</param>
/// <param name="Alternatives">What may stand for tensors, of those that have something.</param>
internal sealed record NamingPlan(
    string BasePrefix,
    EquatableArray<string> Wrappers,
    EquatableArray<string> Ignored,
    string OutputMatrix,
    EquatableArray<TensorAlternatives> Alternatives
)
{
    /// <summary>Names that do not vary.</summary>
    public static NamingPlan None { get; } =
        new("", EquatableArray<string>.Empty, EquatableArray<string>.Empty, "", EquatableArray<TensorAlternatives>.Empty);

    /// <summary>What may stand for a tensor; null for nothing.</summary>
    public TensorAlternatives? Of(TensorPlan tensor) => Alternatives.FirstOrDefault(alternatives => alternatives.Name == tensor.Name);
}

/// <summary>What may stand for a tensor of a checkpoint.</summary>
/// <param name="Name">The tensor.</param>
internal sealed record TensorAlternatives(string Name)
{
    /// <summary>Names of equal tensors.</summary>
    public EquatableArray<string> Copies { get; init; } = EquatableArray<string>.Empty;

    /// <summary>Names of tensors that are read where it is absent.</summary>
    public EquatableArray<string> Substitutes { get; init; } = EquatableArray<string>.Empty;

    /// <summary>The tensors that its rows are made of.</summary>
    public EquatableArray<TensorRows> Parts { get; init; } = EquatableArray<TensorRows>.Empty;

    /// <summary>The tensor that its rows are among.</summary>
    public TensorRows? PartOf { get; init; }

    /// <summary>Whether it is zeros where it is absent.</summary>
    public bool ZeroIfAbsent { get; init; }
}

/// <summary>Rows of a tensor of another name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="First">Where the part begins in the whole.</param>
/// <param name="Rows">The rows of the named tensor.</param>
internal sealed record TensorRows(string Name, int First, int Rows);
