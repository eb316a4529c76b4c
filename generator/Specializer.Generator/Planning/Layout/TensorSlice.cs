namespace Specializer.Generator.Planning;

/// <summary>
/// Rows of a tensor: row r of the slice is row First + (r / GroupRows) · GroupStride + r % GroupRows of the tensor. Whole
/// matrices, parts of one, and non-adjacent heads are slices.
/// </summary>
/// <param name="Tensor">The tensor.</param>
/// <param name="Rows">The number of rows of the slice.</param>
/// <param name="First">The first row.</param>
/// <param name="GroupRows">The number of adjacent rows in a group.</param>
/// <param name="GroupStride">The number of rows from one group to the next.</param>
/// <param name="InputsFirst">Whether the tensor is [inputs, outputs], so that its columns count as rows.</param>
internal sealed record TensorSlice(TensorPlan Tensor, int Rows, int First, int GroupRows, int GroupStride, bool InputsFirst)
{
    /// <summary>Returns the slice of a whole tensor.</summary>
    public static TensorSlice Whole(TensorPlan tensor, bool inputsFirst = false)
    {
        int rows = tensor.Shape[inputsFirst ? 1 : 0];
        return new TensorSlice(tensor, rows, 0, rows, rows, inputsFirst);
    }

    /// <summary>Whether the slice is the whole tensor.</summary>
    public bool IsWhole => First == 0 && GroupRows == Rows && !InputsFirst && Tensor.Shape[0] == Rows;
}
