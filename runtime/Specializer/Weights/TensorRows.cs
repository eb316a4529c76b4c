namespace Specializer;

/// <summary>Neighbouring rows of a tensor that one checkpoint keeps as a whole and another in parts, such as fused projections.</summary>
/// <param name="Name">The name of the tensor; with <see cref="TensorRequirement.LayerMark"/> where the number of the layer stands.</param>
/// <param name="First">Of a part: the row of the whole at which it begins. Of a whole: its row at which the part begins.</param>
/// <param name="Rows">The rows of the named tensor: its first dimension.</param>
public sealed record TensorRows(string Name, long First, long Rows);
