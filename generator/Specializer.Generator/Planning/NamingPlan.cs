using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>The variations of the names of a plan's tensors between checkpoints.</summary>
/// <param name="BasePrefix">The common prefix of the body's tensor names; empty if there is none.</param>
/// <param name="Wrappers">The prefixes that a file of several models can have before them.</param>
/// <param name="Ignored">The names of tensors that may be present and are not read.</param>
/// <param name="OutputMatrix">The name of the output matrix, stored or tied; empty if there is none.</param>
/// <param name="Alternatives">The alternatives of tensors that have any.</param>
internal sealed record NamingPlan(
    string BasePrefix,
    EquatableArray<string> Wrappers,
    EquatableArray<string> Ignored,
    string OutputMatrix,
    EquatableArray<TensorAlternatives> Alternatives
)
{
    /// <summary>The way in which a declaration chooses between tied embeddings and a separate output matrix.</summary>
    public OutputMatrixChoice OutputMatrixChoice { get; init; }

    /// <summary>The plan without variations.</summary>
    public static NamingPlan None { get; } =
        new("", EquatableArray<string>.Empty, EquatableArray<string>.Empty, "", EquatableArray<TensorAlternatives>.Empty);

    /// <summary>Returns the alternatives of a tensor; null if there are none.</summary>
    public TensorAlternatives? Of(TensorPlan tensor) => Alternatives.FirstOrDefault(alternatives => alternatives.Name == tensor.Name);
}

/// <summary>The alternatives of a checkpoint's tensor.</summary>
/// <param name="Name">The tensor.</param>
internal sealed record TensorAlternatives(string Name)
{
    /// <summary>The names of equal tensors.</summary>
    public EquatableArray<string> Copies { get; init; } = EquatableArray<string>.Empty;

    /// <summary>The names of tensors that are read if it is absent.</summary>
    public EquatableArray<string> Substitutes { get; init; } = EquatableArray<string>.Empty;

    /// <summary>The tensors whose rows form it.</summary>
    public EquatableArray<TensorRows> Parts { get; init; } = EquatableArray<TensorRows>.Empty;

    /// <summary>The tensor that contains its rows.</summary>
    public TensorRows? PartOf { get; init; }

    /// <summary>Whether it is a matrix [inputs, outputs], of which parts and wholes are columns.</summary>
    public bool InputsFirst { get; init; }

    /// <summary>Whether it is zero if it is absent.</summary>
    public bool ZeroIfAbsent { get; init; }
}

/// <summary>Rows of a tensor of another name.</summary>
/// <param name="Name">The name.</param>
/// <param name="First">The start of the part in the whole.</param>
/// <param name="Rows">The number of rows of the named tensor.</param>
internal sealed record TensorRows(string Name, int First, int Rows)
{
    /// <summary>The number of adjacent rows of the part in the whole; 0 for all.</summary>
    public int GroupRows { get; init; }

    /// <summary>The number of rows of the whole from one such group to the next; 0 for a single group.</summary>
    public int GroupStride { get; init; }
}
