using System;
using System.Globalization;
using System.Text;

namespace Specializer;

/// <summary>The number of elements and bytes of a tensor, computed without overflow for any shape.</summary>
internal readonly record struct TensorExtent(long ElementCount, long ByteLength)
{
    /// <summary>Computes the extent of a tensor.</summary>
    /// <param name="type">Its element type.</param>
    /// <param name="shape">Its shape; every dimension is 0 or more. An empty shape is a scalar.</param>
    /// <param name="extent">The extent.</param>
    /// <returns>
    /// <see langword="false"/> if the number of elements or bits exceeds 63 bits, or if a packed type does not fill whole bytes.
    /// </returns>
    public static bool TryCompute(TensorElementType type, ReadOnlySpan<long> shape, out TensorExtent extent)
    {
        // The product is bounded at every step, and a long times a long fits an Int128. Zeros are skipped until the end, so that
        // the product of any subset of dimensions is bounded, such as the row length of [0, 2^40, 2^40].
        Int128 product = 1;
        bool isEmpty = false;
        foreach (long dimension in shape)
        {
            isEmpty |= dimension == 0;
            product *= Math.Max(dimension, 1);
            if (dimension < 0 || product > long.MaxValue)
            {
                extent = default;
                return false;
            }
        }

        Int128 count = isEmpty ? 0 : product;
        Int128 bits = count * TensorElementTypes.Bits(type);
        if (bits > long.MaxValue || bits % 8 != 0)
        {
            extent = default;
            return false;
        }

        extent = new TensorExtent((long)count, (long)(bits / 8));
        return true;
    }

    /// <summary>Formats a shape for messages: <c>[512, 192]</c>, or <c>[]</c> for a scalar.</summary>
    public static string Format(ReadOnlySpan<long> shape)
    {
        StringBuilder text = new("[");
        for (int i = 0; i < shape.Length; i++)
        {
            text.Append(i == 0 ? "" : ", ").Append(shape[i].ToString(CultureInfo.InvariantCulture));
        }

        return text.Append(']').ToString();
    }
}
