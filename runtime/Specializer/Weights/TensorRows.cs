namespace Specializer;

/// <summary>Rows of a tensor that one checkpoint stores as a whole and another in parts, such as fused projections.</summary>
/// <remarks>
/// Row r of a part is row <c>First + (r / GroupRows) * GroupStride + r % GroupRows</c> of the whole. GPT-NeoX, BLOOM and Falcon store the
/// query, key and value of a head together.
/// </remarks>
/// <param name="Name">The name of the tensor; with <see cref="TensorRequirement.LayerMark"/> in the place of the layer number.</param>
/// <param name="First">The row of the whole at which the part begins.</param>
/// <param name="Rows">The rows of the named tensor: its outputs.</param>
public sealed record TensorRows(string Name, long First, long Rows)
{
    /// <summary>The number of adjacent rows of the part in the whole; 0 for all.</summary>
    public long GroupRows { get; init; }

    /// <summary>The number of rows of the whole from one such group to the next; of no effect if <see cref="GroupRows"/> is 0.</summary>
    public long GroupStride { get; init; }
}
