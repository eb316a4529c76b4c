namespace Specializer.Generator.Architecture;

/// <summary>
/// Specifies the type in which the weights of linear layers are stored in memory; the values are those of the attribute's
/// enumeration.
/// </summary>
internal enum WeightStorage
{
    /// <summary>32 bits.</summary>
    Float32,

    /// <summary>The upper 16 bits of a float.</summary>
    BFloat16,

    /// <summary>IEEE half precision.</summary>
    Float16,
}
