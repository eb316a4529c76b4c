using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Specializer;

/// <content>The blocks of 256 elements, whose groups have scales of a few bits.</content>
internal static unsafe partial class Dequantization
{
    private static Vector128<byte> LowNibbles(byte* source) => Vector128.Load(source) & Vector128.Create((byte)15);

    private static Vector128<byte> HighNibbles(byte* source) => Vector128.ShiftRightLogical(Vector128.Load(source), 4);

    /// <summary>scales[16] (low nibble scale, high nibble minimum), qs[64], d, dmin; 16 elements per scale.</summary>
    private static void Q2K(byte* source, float* target)
    {
        byte* quants = source + 16;
        float d = Half(source + 80),
            minimum = Half(source + 82);
        Vector128<byte> three = Vector128.Create((byte)3);
        for (int group = 0; group < 16; group++)
        {
            byte scale = source[group];
            // 128 elements use 32 bytes, 32 of them two bits of each byte.
            int shift = group % 8 / 2 * 2;
            Vector128<byte> bytes = Vector128.Load(quants + (group / 8 * 32) + (group % 2 * 16));
            Affine(Vector128.ShiftRightLogical(bytes, shift) & three, d * (scale & 15), -(minimum * (scale >> 4)), target + (group * 16));
        }
    }

    /// <summary>hmask[32], qs[64], scales[12] (16 of 6 bits, minus 32), d; an absent high bit means minus 4.</summary>
    private static void Q3K(byte* source, float* target)
    {
        byte* quants = source + 32,
            scales = source + 96;
        float d = Half(source + 108);
        Vector128<byte> three = Vector128.Create((byte)3);
        Vector128<sbyte> four = Vector128.Create((sbyte)4);
        for (int group = 0; group < 16; group++)
        {
            int low = group < 8 ? scales[group] & 15 : scales[group - 8] >> 4,
                scale = low | (((scales[8 + (group % 4)] >> (group / 4 * 2)) & 3) << 4);
            Vector128<byte> bytes = Vector128.Load(quants + (group / 8 * 32) + (group % 2 * 16));
            Vector128<byte> bit = Vector128.Create((byte)(1 << (group / 2)));
            Vector128<byte> isAbsent = Vector128.Equals(Vector128.Load(source + (group % 2 * 16)) & bit, Vector128<byte>.Zero);
            Vector128<sbyte> values =
                (Vector128.ShiftRightLogical(bytes, group % 8 / 2 * 2) & three).AsSByte() - (isAbsent.AsSByte() & four);
            Scaled(values, d * (scale - 32), target + (group * 16));
        }
    }

    /// <summary>Returns scale and minimum of 6 bits of a group of 32 (get_scale_min_k4).</summary>
    private static (int Scale, int Minimum) ScaleOf(byte* scales, int group) =>
        group < 4
            ? (scales[group] & 63, scales[group + 4] & 63)
            : ((scales[group + 4] & 15) | (scales[group - 4] >> 6 << 4), (scales[group + 4] >> 4) | (scales[group] >> 6 << 4));

    /// <summary>d, dmin, scales[12], qs[128]: 64 elements use 32 bytes, first their low, then their high bits.</summary>
    private static void Q4K(byte* source, float* target)
    {
        byte* quants = source + 16;
        float d = Half(source),
            minimum = Half(source + 2);
        for (int group = 0; group < 8; group++)
        {
            (int scale, int least) = ScaleOf(source + 4, group);
            float factor = d * scale,
                offset = -(minimum * least);
            byte* bytes = quants + (group / 2 * 32);
            Affine(group % 2 == 0 ? LowNibbles(bytes) : HighNibbles(bytes), factor, offset, target + (group * 32));
            Affine(group % 2 == 0 ? LowNibbles(bytes + 16) : HighNibbles(bytes + 16), factor, offset, target + (group * 32) + 16);
        }
    }

    /// <summary>d, dmin, scales[12], qh[32] (bit g of byte l for element l of group g), qs[128].</summary>
    private static void Q5K(byte* source, float* target)
    {
        byte* high = source + 16,
            quants = source + 48;
        float d = Half(source),
            minimum = Half(source + 2);
        Vector128<byte> sixteen = Vector128.Create((byte)16);
        for (int group = 0; group < 8; group++)
        {
            (int scale, int least) = ScaleOf(source + 4, group);
            float factor = d * scale,
                offset = -(minimum * least);
            Vector128<byte> bit = Vector128.Create((byte)(1 << group));
            for (int half = 0; half < 32; half += 16)
            {
                byte* bytes = quants + (group / 2 * 32) + half;
                Vector128<byte> more = Vector128.Equals(Vector128.Load(high + half) & bit, bit) & sixteen;
                Affine((group % 2 == 0 ? LowNibbles(bytes) : HighNibbles(bytes)) | more, factor, offset, target + (group * 32) + half);
            }
        }
    }

    /// <summary>ql[128], qh[64], scales[16] (signed), d; 128 elements use 64 bytes of ql and 32 of qh.</summary>
    private static void Q6K(byte* source, float* target)
    {
        sbyte* scales = (sbyte*)source + 192;
        float d = Half(source + 208);
        Vector128<byte> three = Vector128.Create((byte)3);
        Vector128<sbyte> offset = Vector128.Create((sbyte)32);
        for (int group = 0; group < 16; group++)
        {
            int quarter = group % 8 / 2,
                column = group % 2 * 16;
            byte* low = source + (group / 8 * 64) + (quarter % 2 * 32) + column;
            Vector128<byte> high =
                Vector128.ShiftRightLogical(Vector128.Load(source + 128 + (group / 8 * 32) + column), quarter * 2) & three;
            Vector128<byte> values = (quarter < 2 ? LowNibbles(low) : HighNibbles(low)) | Vector128.ShiftLeft(high, 4);
            Scaled(values.AsSByte() - offset, d * scales[group], target + (group * 16));
        }
    }

    /// <summary>d, scales_h (2 bits of each of 8 groups), scales_l[4], qs[128]; values of a table.</summary>
    private static void Iq4Xs(byte* source, float* target)
    {
        float d = Half(source);
        uint high = Unsafe.ReadUnaligned<ushort>(source + 2);
        for (int group = 0; group < 8; group++)
        {
            int scale = ((source[4 + (group / 2)] >> (group % 2 * 4)) & 15) | (int)(((high >> (group * 2)) & 3) << 4);
            Table(source + 8 + (group * 16), target + (group * 32), d * (scale - 32), NonLinear);
        }
    }
}
