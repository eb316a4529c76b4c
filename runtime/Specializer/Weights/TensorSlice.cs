using System;

namespace Specializer;

/// <summary>
/// Rows of a tensor that generated code packs: all rows of a matrix or vector, some of them, or rows of non-adjacent heads. Row r
/// of the slice is row first + (r / groupRows) · groupStride + r % groupRows of the tensor.
/// </summary>
public readonly struct TensorSlice
{
    private readonly TensorView _tensor;
    private readonly int _first;
    private readonly int _groupRows;
    private readonly int _groupStride;

    /// <summary>Describes rows of a tensor.</summary>
    /// <param name="tensor">The tensor: a matrix [outputs, inputs], or a vector, whose elements count as rows.</param>
    /// <param name="rows">The number of rows of the slice.</param>
    /// <param name="first">The first row.</param>
    /// <param name="groupRows">The number of adjacent rows in a group.</param>
    /// <param name="groupStride">The number of rows from one group to the next.</param>
    /// <param name="inputsFirst">Whether the tensor is [inputs, outputs], so that its columns count as rows.</param>
    public TensorSlice(TensorView tensor, int rows, int first, int groupRows, int groupStride, bool inputsFirst = false)
    {
        _tensor = tensor;
        Rows = rows;
        _first = first;
        _groupRows = groupRows;
        _groupStride = groupStride;
        InputsFirst = inputsFirst;
    }

    /// <summary>The number of rows of the slice.</summary>
    public int Rows { get; }

    /// <summary>Whether the tensor is [inputs, outputs], so that its columns count as rows.</summary>
    public bool InputsFirst { get; }

    internal bool IsZero => _groupRows == 0;

    internal string TensorName => _tensor.Name;

    /// <summary>Returns the whole tensor as a slice.</summary>
    public static implicit operator TensorSlice(TensorView tensor) => FromTensorView(tensor);

    /// <summary>Returns the whole tensor as a slice.</summary>
    public static TensorSlice FromTensorView(TensorView tensor)
    {
        int rows = checked((int)tensor.Shape[0]);
        return new TensorSlice(tensor, rows, 0, rows, rows);
    }

    /// <summary>Returns rows of zeros for a tensor that a model does not have.</summary>
    /// <param name="rows">The number of rows.</param>
    public static TensorSlice Zeros(int rows) => new(default, rows, 0, 0, 0);

    /// <summary>Copies elements of one row of a matrix [outputs, inputs].</summary>
    internal void CopyRow(int row, int start, Span<float> destination) =>
        _tensor.CopyRangeTo((TensorRow(row) * _tensor.RowLength) + start, destination);

    /// <summary>Copies 32 elements of a row of a matrix [outputs, inputs] as integers, if the file contains just these.</summary>
    internal bool TryCopyBlock(int row, int start, WeightStorage storage, Span<sbyte> integers, out Half scale)
    {
        scale = default;
        return !InputsFirst
            && start + integers.Length <= _tensor.RowLength
            && _tensor.TryCopyBlock((TensorRow(row) * _tensor.RowLength) + start, storage, integers, out scale);
    }

    /// <summary>Copies one input of adjacent rows of a matrix [inputs, outputs].</summary>
    /// <returns>The number of rows copied: the adjacent rows, at most the length of the destination.</returns>
    internal int CopyInput(int input, int row, Span<float> destination)
    {
        int together = Math.Min(destination.Length, _groupRows - (row % _groupRows));
        _tensor.CopyRangeTo((input * _tensor.RowLength) + TensorRow(row), destination[..together]);
        return together;
    }

    /// <summary>Copies adjacent elements of a vector.</summary>
    internal void CopyElements(int row, Span<float> destination)
    {
        if (IsZero)
        {
            destination.Clear();
            return;
        }

        while (!destination.IsEmpty)
        {
            int together = Math.Min(destination.Length, _groupRows - (row % _groupRows));
            _tensor.CopyRangeTo(TensorRow(row), destination[..together]);
            destination = destination[together..];
            row += together;
        }
    }

    /// <summary>
    /// Releases adjacent rows that are not read again. For a matrix [inputs, outputs], whose rows are not contiguous, the whole
    /// tensor is released.
    /// </summary>
    internal void LetGo(int row, int rows)
    {
        if (IsZero || rows == 0)
        {
            return;
        }

        long length = _tensor.RowLength;
        long first = InputsFirst ? 0 : TensorRow(row) * length;
        long end = InputsFirst ? _tensor.ElementCount : (TensorRow(row + rows - 1) + 1) * length;
        _tensor.LetGo(first, end - first);
    }

    private long TensorRow(int row) => _first + ((long)(row / _groupRows) * _groupStride) + (row % _groupRows);
}
