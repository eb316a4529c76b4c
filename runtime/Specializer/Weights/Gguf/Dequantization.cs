using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Specializer;

/// <summary>
/// Converts blocks of GGUF types to floats. The operations are those of ggml's dequantize_row functions, in the same order, so that
/// the results have the same bits.
/// </summary>
/// <remarks>Formulas: ggml-quants.c (ggml-org/ggml d99724f). 16 elements are converted at a time; no product and sum are fused.</remarks>
internal static unsafe partial class Dequantization
{
    /// <summary>The values of IQ4_NL and IQ4_XS.</summary>
    private static Vector128<sbyte> NonLinear =>
        Vector128.Create((sbyte)-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);

    /// <summary>Twice the values of E2M1, the elements of MXFP4.</summary>
    private static Vector128<sbyte> TwiceE2M1 => Vector128.Create((sbyte)0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12);

    /// <summary>Returns whether a type can be converted.</summary>
    public static bool Supports(int type) =>
        type
            is GgufType.F32
                or GgufType.F16
                or GgufType.Bf16
                or GgufType.Q40
                or GgufType.Q41
                or GgufType.Q50
                or GgufType.Q51
                or GgufType.Q80
                or GgufType.Q2K
                or GgufType.Q3K
                or GgufType.Q4K
                or GgufType.Q5K
                or GgufType.Q6K
                or GgufType.Iq4Nl
                or GgufType.Iq4Xs
                or GgufType.Mxfp4;

    /// <summary>Converts whole blocks.</summary>
    /// <param name="type">A supported type.</param>
    /// <param name="source">The first block.</param>
    /// <param name="destination">Receives the elements: a multiple of the block.</param>
    public static void Run(GgufType type, byte* source, Span<float> destination)
    {
        switch (type.Id)
        {
            case GgufType.F32:
                FloatConversion.FromSingle(source, destination);
                return;
            case GgufType.F16:
                FloatConversion.FromHalf(source, destination);
                return;
            case GgufType.Bf16:
                FloatConversion.FromBFloat16(source, destination);
                return;
        }

        fixed (float* start = destination)
        {
            float* end = start + destination.Length;
            for (float* target = start; target < end; target += type.BlockElements, source += type.BlockBytes)
            {
                Block(type.Id, source, target);
            }
        }
    }

    private static void Block(int type, byte* source, float* target)
    {
        switch (type)
        {
            case GgufType.Q40:
                Nibbles(source + 2, target, Half(source));
                break;
            case GgufType.Q41:
                NibblesPlus(source + 4, target, Half(source), Half(source + 2), high: 0);
                break;
            case GgufType.Q50:
                Fives(source + 6, Unsafe.ReadUnaligned<uint>(source + 2), target, Half(source));
                break;
            case GgufType.Q51:
                NibblesPlus(source + 8, target, Half(source), Half(source + 2), Unsafe.ReadUnaligned<uint>(source + 4));
                break;
            case GgufType.Q80:
                float scale = Half(source);
                Scaled(Vector128.Load((sbyte*)source + 2), scale, target);
                Scaled(Vector128.Load((sbyte*)source + 18), scale, target + 16);
                break;
            case GgufType.Q2K:
                Q2K(source, target);
                break;
            case GgufType.Q3K:
                Q3K(source, target);
                break;
            case GgufType.Q4K:
                Q4K(source, target);
                break;
            case GgufType.Q5K:
                Q5K(source, target);
                break;
            case GgufType.Q6K:
                Q6K(source, target);
                break;
            case GgufType.Iq4Nl:
                Table(source + 2, target, Half(source), NonLinear);
                break;
            case GgufType.Iq4Xs:
                Iq4Xs(source, target);
                break;
            case GgufType.Mxfp4:
                Table(source + 1, target, HalfOfExponent(*source), TwiceE2M1);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "The type cannot be converted.");
        }
    }

    /// <summary>Half of 2^(exponent - 127): the elements of MXFP4 are stored twice as large.</summary>
    private static float HalfOfExponent(byte exponent) =>
        BitConverter.UInt32BitsToSingle(exponent < 2 ? 0x0020_0000u << exponent : (uint)(exponent - 1) << 23);

    private static float Half(byte* source)
    {
        float value;
        FloatConversion.FromHalf(source, new Span<float>(&value, 1));
        return value;
    }

    /// <summary>32 elements of 4 bits: (q - 8) · scale. Element j is in the low bits of byte j, element j + 16 in the high bits.</summary>
    private static void Nibbles(byte* source, float* target, float scale)
    {
        Vector128<byte> bytes = Vector128.Load(source);
        Vector128<sbyte> offset = Vector128.Create((sbyte)8);
        Scaled((bytes & Vector128.Create((byte)15)).AsSByte() - offset, scale, target);
        Scaled(Vector128.ShiftRightLogical(bytes, 4).AsSByte() - offset, scale, target + 16);
    }

    private static void NibblesPlus(byte* source, float* target, float scale, float minimum, uint high)
    {
        Vector128<byte> bytes = Vector128.Load(source);
        Affine((bytes & Vector128.Create((byte)15)) | Sixteens(high), scale, minimum, target);
        Affine(Vector128.ShiftRightLogical(bytes, 4) | Sixteens(high >> 16), scale, minimum, target + 16);
    }

    private static void Fives(byte* source, uint high, float* target, float scale)
    {
        Vector128<byte> bytes = Vector128.Load(source);
        Vector128<sbyte> offset = Vector128.Create((sbyte)16);
        Scaled(((bytes & Vector128.Create((byte)15)) | Sixteens(high)).AsSByte() - offset, scale, target);
        Scaled((Vector128.ShiftRightLogical(bytes, 4) | Sixteens(high >> 16)).AsSByte() - offset, scale, target + 16);
    }

    private static void Table(byte* source, float* target, float scale, Vector128<sbyte> table)
    {
        Vector128<byte> bytes = Vector128.Load(source);
        Scaled(Vector128.Shuffle(table, (bytes & Vector128.Create((byte)15)).AsSByte()), scale, target);
        Scaled(Vector128.Shuffle(table, Vector128.ShiftRightLogical(bytes, 4).AsSByte()), scale, target + 16);
    }

    /// <summary>Returns 16 in each element whose bit is set.</summary>
    private static Vector128<byte> Sixteens(uint bits)
    {
        Vector128<byte> spread = Vector128.Create(Vector64.Create((byte)bits), Vector64.Create((byte)(bits >> 8)));
        Vector128<byte> each = Vector128.Create((byte)1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128);
        return Vector128.Equals(spread & each, each) & Vector128.Create((byte)16);
    }

    /// <summary>Writes q · scale.</summary>
    private static void Scaled(Vector128<sbyte> values, float scale, float* target)
    {
        (Vector128<short> low, Vector128<short> high) = Vector128.Widen(values);
        (Vector128<int> a, Vector128<int> b) = Vector128.Widen(low);
        (Vector128<int> c, Vector128<int> d) = Vector128.Widen(high);
        Vector128<float> factor = Vector128.Create(scale);
        (Vector128.ConvertToSingle(a) * factor).Store(target);
        (Vector128.ConvertToSingle(b) * factor).Store(target + 4);
        (Vector128.ConvertToSingle(c) * factor).Store(target + 8);
        (Vector128.ConvertToSingle(d) * factor).Store(target + 12);
    }

    /// <summary>Writes q · scale + minimum, with two roundings.</summary>
    private static void Affine(Vector128<byte> values, float scale, float minimum, float* target)
    {
        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(values);
        (Vector128<uint> a, Vector128<uint> b) = Vector128.Widen(low);
        (Vector128<uint> c, Vector128<uint> d) = Vector128.Widen(high);
        Vector128<float> factor = Vector128.Create(scale),
            sum = Vector128.Create(minimum);
        ((Vector128.ConvertToSingle(a.AsInt32()) * factor) + sum).Store(target);
        ((Vector128.ConvertToSingle(b.AsInt32()) * factor) + sum).Store(target + 4);
        ((Vector128.ConvertToSingle(c.AsInt32()) * factor) + sum).Store(target + 8);
        ((Vector128.ConvertToSingle(d.AsInt32()) * factor) + sum).Store(target + 12);
    }
}
