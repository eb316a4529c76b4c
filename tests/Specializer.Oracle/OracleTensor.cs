using System.Linq;

namespace Specializer.Oracle;

/// <summary>A tensor that an <see cref="DecoderArchitecture"/> needs.</summary>
/// <param name="Name">Its name in the checkpoint.</param>
/// <param name="Shape">Its extents, outermost first; matrices are [outputs, inputs].</param>
public sealed record OracleTensor(string Name, params long[] Shape)
{
    /// <summary>The number of elements.</summary>
    public int Length => (int)Shape.Aggregate(1L, (product, extent) => checked(product * extent));
}
