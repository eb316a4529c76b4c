using System.Globalization;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>A tensor of the checkpoint.</summary>
/// <param name="Name">The name, with "{layer}" as the placeholder of the layer number.</param>
/// <param name="PerLayer">Whether every layer has one.</param>
/// <param name="Shape">The shape, outermost dimension first.</param>
internal sealed record TensorPlan(string Name, bool PerLayer, EquatableArray<int> Shape)
{
    public TensorPlan(string name, bool perLayer, params int[] shape)
        : this(name, perLayer, new EquatableArray<int>(shape)) { }

    /// <summary>Whether its layers are those of the encoder of an encoder-decoder.</summary>
    public bool InEncoder { get; init; }

    /// <summary>The placeholder of the number of a set of weights in its group.</summary>
    private const string InnerMark = "{inner}";

    /// <summary>The placeholder of the number of the layer.</summary>
    private const string LayerMark = "{layer}";

    /// <summary>Whether every set of weights of a group has a separately named tensor.</summary>
    public bool IsInner => Name.Contains(InnerMark);

    /// <summary>Returns the tensor of one layer.</summary>
    public TensorPlan InLayer(int layer) =>
        this with
        {
            Name = Name.Replace(LayerMark, layer.ToString(CultureInfo.InvariantCulture)),
            PerLayer = false,
        };

    /// <summary>Returns the tensor of one set of a group.</summary>
    public TensorPlan InSet(int set) => this with { Name = Name.Replace(InnerMark, set.ToString(CultureInfo.InvariantCulture)) };

    /// <summary>No tensor: rows that are zero, such as the key part of a bias that only queries and values have.</summary>
    public static TensorPlan Nothing { get; } = new("", false, 0);
}
