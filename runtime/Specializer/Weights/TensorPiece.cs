using System;
using System.Collections.Generic;

namespace Specializer;

/// <summary>Runs of elements that are copied from a tensor of a checkpoint into one of the table.</summary>
/// <param name="View">The tensor of the checkpoint.</param>
/// <param name="From">The first element in it, and the elements from one run to the next.</param>
/// <param name="To">The same in the tensor of the table.</param>
/// <param name="Runs">How many runs there are.</param>
/// <param name="Length">The elements of each.</param>
internal readonly record struct TensorPiece(
    TensorView View,
    (long First, long Stride) From,
    (long First, long Stride) To,
    long Runs,
    long Length
)
{
    /// <summary>The pieces of a part, which the checkpoint holds, in a whole, which the table has.</summary>
    /// <param name="part">The part.</param>
    /// <param name="rows">Its rows in the whole.</param>
    /// <param name="whole">The shape of the whole.</param>
    /// <param name="outputAxis">The dimension that counts the rows.</param>
    public static IEnumerable<TensorPiece> OfPart(TensorView part, TensorRows rows, long[] whole, int outputAxis)
    {
        foreach (((long, long) inPart, (long, long) inWhole, long runs, long length) in InBoth(rows, rows.Rows, whole, outputAxis))
        {
            yield return new TensorPiece(part, inPart, inWhole, runs, length);
        }
    }

    /// <summary>The pieces of a part, which the table has, in a whole, which the checkpoint holds.</summary>
    /// <param name="whole">The whole.</param>
    /// <param name="rows">The rows of the part in the whole.</param>
    /// <param name="count">How many the part has.</param>
    /// <param name="outputAxis">The dimension that counts the rows.</param>
    public static IEnumerable<TensorPiece> OfWhole(TensorView whole, TensorRows rows, long count, int outputAxis)
    {
        foreach (
            ((long, long) inPart, (long, long) inWhole, long runs, long length) in InBoth(rows, count, whole.Shape.ToArray(), outputAxis)
        )
        {
            yield return new TensorPiece(whole, inWhole, inPart, runs, length);
        }
    }

    /// <summary>Copies the elements, as 32-bit floats.</summary>
    public void CopyTo(Span<float> contents)
    {
        for (long run = 0; run < Runs; run++)
        {
            View.CopyRangeTo(From.First + (run * From.Stride), contents.Slice((int)(To.First + (run * To.Stride)), (int)Length));
        }
    }

    /// <summary>Returns the runs of each group of adjacent rows in the part and in the whole.</summary>
    private static IEnumerable<((long First, long Stride) Part, (long First, long Stride) Whole, long Runs, long Length)> InBoth(
        TensorRows rows,
        long count,
        long[] whole,
        int outputAxis
    )
    {
        long row = 1;
        for (int i = outputAxis + 1; i < whole.Length; i++)
        {
            row *= whole[i];
        }

        long groupRows = rows.GroupRows == 0 ? count : rows.GroupRows,
            runs = outputAxis == 0 ? 1 : whole[0];
        for (long first = 0, at = rows.First; first < count; first += groupRows, at += rows.GroupStride)
        {
            yield return ((first * row, count * row), (at * row, whole[outputAxis] * row), runs, groupRows * row);
        }
    }
}
