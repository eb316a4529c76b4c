namespace Specializer.Generator.Planning;

/// <summary>
/// Rows of a tensor: row r of the slice is row First + (r / GroupRows) · GroupStride + r % GroupRows of the tensor. So
/// whole matrices, parts of one, and heads that lie apart are all slices.
/// </summary>
/// <param name="Tensor">The tensor.</param>
/// <param name="Rows">The rows of the slice.</param>
/// <param name="First">Where they begin.</param>
/// <param name="GroupRows">How many lie together.</param>
/// <param name="GroupStride">From one such group to the next.</param>
/// <param name="InputsFirst">Whether the tensor is [inputs, outputs], so that its columns count as rows.</param>
internal sealed record TensorSlice(TensorPlan Tensor, int Rows, int First, int GroupRows, int GroupStride, bool InputsFirst)
{
    /// <summary>A whole tensor.</summary>
    public static TensorSlice Whole(TensorPlan tensor, bool inputsFirst = false)
    {
        int rows = tensor.Shape[inputsFirst ? 1 : 0];
        return new TensorSlice(tensor, rows, 0, rows, rows, inputsFirst);
    }

    /// <summary>Whether the slice is the whole tensor as it is.</summary>
    public bool IsWhole => First == 0 && GroupRows == Rows && !InputsFirst && Tensor.Shape[0] == Rows;
}
