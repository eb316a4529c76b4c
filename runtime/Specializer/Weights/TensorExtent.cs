using System;
using System.Globalization;
using System.Text;

namespace Specializer;

/// <summary>The number of elements and bytes that a shape asks for, computed so that no shape can overflow them.</summary>
internal readonly record struct TensorExtent(long ElementCount, long ByteLength)
{
    /// <summary>Computes the extent of a tensor.</summary>
    /// <param name="type">Its element type.</param>
    /// <param name="shape">Its shape; every dimension is 0 or more. An empty shape is a scalar.</param>
    /// <param name="extent">The extent.</param>
    /// <returns>
    /// <see langword="false"/> where the count or the bits exceed 63 bits, or where the bits of a packed type do not
    /// fill whole bytes.
    /// </returns>
    public static bool TryCompute(TensorElementType type, ReadOnlySpan<long> shape, out TensorExtent extent)
    {
        // Bounded at every step, and a long times a long fits an Int128. Zeros are left out until the end, so that every
        // product of some of the dimensions is bounded as well, e.g. the row length of [0, 2^40, 2^40].
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

    /// <summary>A shape as messages show it: <c>[512, 192]</c>, or <c>[]</c> for a scalar.</summary>
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
