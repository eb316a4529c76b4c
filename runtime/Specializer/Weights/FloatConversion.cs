using System;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Specializer;

/// <summary>Converts stored elements to <see cref="float"/>. Every conversion is exact, so vector and scalar code agree to the bit.</summary>
/// <remarks>The source can have any alignment, because a safetensors header can have any length.</remarks>
internal static unsafe class FloatConversion
{
    /// <summary>The bits of an infinite half; a NaN has them, too.</summary>
    public const uint HalfInfinity = 0x7C00;
    private const uint SingleExponent = 0x7F80_0000;

    // 2^112, the difference of the exponent biases of float (127) and half (15). Multiplication also converts subnormal halves
    // correctly; adding to the exponent would not.
    private const float HalfScale = 5.192296858534828e33f;

    /// <summary>Copies 32-bit floats.</summary>
    public static void FromSingle(byte* source, Span<float> destination) =>
        new ReadOnlySpan<byte>(source, checked(destination.Length * sizeof(float))).CopyTo(
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(destination)
        );

    /// <summary>Converts bfloat16, whose bits are the upper half of a float.</summary>
    public static void FromBFloat16(byte* source, Span<float> destination)
    {
        int i = 0;
        fixed (float* target = destination)
        {
            for (; i <= destination.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
            {
                Vector.Widen(Unsafe.ReadUnaligned<Vector<ushort>>(source + (2L * i)), out Vector<uint> low, out Vector<uint> high);
                Unsafe.WriteUnaligned(target + i, Vector.ShiftLeft(low, 16));
                Unsafe.WriteUnaligned(target + i + Vector<uint>.Count, Vector.ShiftLeft(high, 16));
            }

            for (; i < destination.Length; i++)
            {
                target[i] = BitConverter.UInt32BitsToSingle((uint)Unsafe.ReadUnaligned<ushort>(source + (2L * i)) << 16);
            }
        }
    }

    /// <summary>Returns the nearest bfloat16, ties to even; a NaN stays a NaN.</summary>
    public static uint ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (bits >> 16) | 0x40 : (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
    }

    /// <summary>Converts IEEE 754 halves; a NaN keeps its sign and payload.</summary>
    public static void FromHalf(byte* source, Span<float> destination)
    {
        int i = 0;
        fixed (float* target = destination)
        {
            for (; i <= destination.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
            {
                Vector.Widen(Unsafe.ReadUnaligned<Vector<ushort>>(source + (2L * i)), out Vector<uint> low, out Vector<uint> high);
                Unsafe.WriteUnaligned(target + i, FromHalf(low));
                Unsafe.WriteUnaligned(target + i + Vector<uint>.Count, FromHalf(high));
            }

            for (; i < destination.Length; i++)
            {
                target[i] = BitConverter.UInt32BitsToSingle(FromHalf(Unsafe.ReadUnaligned<ushort>(source + (2L * i))));
            }
        }
    }

    private static Vector<uint> FromHalf(Vector<uint> half)
    {
        Vector<uint> magnitude = half & new Vector<uint>(0x7FFF);
        Vector<uint> sign = Vector.ShiftLeft(half ^ magnitude, 16);
        Vector<float> scaled = Vector.AsVectorSingle(Vector.ShiftLeft(magnitude, 13)) * HalfScale;
        Vector<uint> exponent = Vector.GreaterThanOrEqual(magnitude, new Vector<uint>(HalfInfinity)) & new Vector<uint>(SingleExponent);
        return Vector.AsVectorUInt32(scaled) | exponent | sign;
    }

    private static uint FromHalf(uint half)
    {
        uint magnitude = half & 0x7FFF;
        uint sign = (half ^ magnitude) << 16;
        float scaled = BitConverter.UInt32BitsToSingle(magnitude << 13) * HalfScale;
        uint exponent = magnitude >= HalfInfinity ? SingleExponent : 0;
        return BitConverter.SingleToUInt32Bits(scaled) | exponent | sign;
    }
}
