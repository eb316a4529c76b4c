using System;
using System.Buffers;
using System.Runtime.InteropServices;

namespace Specializer;

/// <summary>Compares the elements of two tensors of the same shape, regardless of their types.</summary>
internal static class TensorComparison
{
    /// <summary>The number of elements that are converted at a time.</summary>
    private const int Block = 1 << 14;

    /// <summary>
    /// Finds the first element that differs. Numbers are equal by value, so a negative zero equals a positive one; two NaNs are
    /// equal, too.
    /// </summary>
    /// <returns>Its index in row-major order, or -1 if there is none.</returns>
    public static long FirstDifference(in TensorView left, in TensorView right)
    {
        float[] buffer = ArrayPool<float>.Shared.Rent(2 * Block);
        try
        {
            for (long start = 0; start < left.ElementCount; start += Block)
            {
                int length = (int)Math.Min(Block, left.ElementCount - start);
                Span<float> a = buffer.AsSpan(0, length),
                    b = buffer.AsSpan(Block, length);
                left.CopyRangeTo(start, a);
                right.CopyRangeTo(start, b);
                for (int same = SameBits(a, b); same < length; same += 1 + SameBits(a[(same + 1)..], b[(same + 1)..]))
                {
                    if (!a[same].Equals(b[same]))
                    {
                        return start + same;
                    }
                }

                // The copy is not read again.
                right.LetGo(start, length);
            }

            return -1;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    /// <summary>Returns the number of leading elements with the same bits.</summary>
    private static int SameBits(ReadOnlySpan<float> left, ReadOnlySpan<float> right) =>
        MemoryMarshal.Cast<float, int>(left).CommonPrefixLength(MemoryMarshal.Cast<float, int>(right));

    /// <summary>Returns one element as a number.</summary>
    public static float Element(in TensorView tensor, long index)
    {
        Span<float> element = stackalloc float[1];
        tensor.CopyRangeTo(index, element);
        return element[0];
    }
}
