using System.Collections.Generic;

namespace Specializer.Tool.Importing;

/// <summary>A tensor of the checkpoint.</summary>
/// <param name="Name">Its name in the checkpoint.</param>
/// <param name="Tensor">The tensor of the graph.</param>
/// <param name="IsTransposed">Whether the graph contains the matrix as [inputs, outputs].</param>
internal sealed record Parameter(string Name, OnnxTensor Tensor, bool IsTransposed)
{
    /// <summary>The shape in the checkpoint.</summary>
    public IReadOnlyList<long> Shape => IsTransposed ? [Tensor.Shape[1], Tensor.Shape[0]] : Tensor.Shape;
}
