namespace Specializer;

/// <summary>Adjacent rows of a tensor that one checkpoint stores as a whole and another in parts, such as fused projections.</summary>
/// <param name="Name">The name of the tensor, with <see cref="TensorRequirement.LayerMark"/> in the place of the layer number.</param>
/// <param name="First">For a part, the row of the whole at which it starts. For a whole, its row at which the part starts.</param>
/// <param name="Rows">The number of rows of the named tensor, its first dimension.</param>
public sealed record TensorRows(string Name, long First, long Rows);
