using System;
using System.Linq;
using Specializer.TestKit;

namespace Specializer.Tool.Tests.Gguf;

/// <summary>Simple quantization of test weights. The widths of the golden models that are no multiple of 32 remain F16, as in llama.cpp.</summary>
internal static class BlockEncoding
{
    private const int Block = 32;

    public static (int Type, byte[] Data) Half(string name, float[] values, long[] shape) =>
        (1, [.. values.SelectMany(static value => BitConverter.GetBytes((Half)value))]);

    public static (int Type, byte[] Data) BFloat16(string name, float[] values, long[] shape) =>
        (30, [.. values.SelectMany(static value => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)))]);

    public static (int Type, byte[] Data) Q80(string name, float[] values, long[] shape) =>
        shape[1] % Block != 0
            ? Half(name, values, shape)
            : (
                8,
                [
                    .. values
                        .Chunk(Block)
                        .SelectMany(static block =>
                        {
                            Half scale = (Half)(block.Max(Math.Abs) / 127);
                            return BitConverter
                                .GetBytes(scale)
                                .Concat(block.Select(value => (byte)(sbyte)Math.Clamp(MathF.Round(value / (float)scale), -127, 127)));
                        }),
                ]
            );

    public static (int Type, byte[] Data) Q40(string name, float[] values, long[] shape) =>
        shape[1] % Block != 0
            ? Half(name, values, shape)
            : (
                2,
                [
                    .. values
                        .Chunk(Block)
                        .SelectMany(static block =>
                        {
                            Half scale = (Half)(block.Max(Math.Abs) / 7);
                            byte[] quants = [.. block.Select(value => (byte)(Math.Clamp(MathF.Round(value / (float)scale), -8, 7) + 8))];
                            return BitConverter
                                .GetBytes(scale)
                                .Concat(Enumerable.Range(0, 16).Select(i => (byte)(quants[i] | (quants[i + 16] << 4))));
                        }),
                ]
            );

    /// <summary>Returns what the stored elements mean, computed from the formulas.</summary>
    public static float[] Decode(int type, byte[] data) =>
        type switch
        {
            1 => [.. data.Chunk(2).Select(static bytes => (float)BitConverter.ToHalf(bytes))],
            30 => [.. data.Chunk(2).Select(static bytes => BitConverter.UInt32BitsToSingle((uint)BitConverter.ToUInt16(bytes) << 16))],
            8 =>
            [
                .. data.Chunk(34)
                    .SelectMany(static block => block.Skip(2).Select(quant => (sbyte)quant * (float)BitConverter.ToHalf(block))),
            ],
            2 =>
            [
                .. data.Chunk(18)
                    .SelectMany(static block =>
                        block
                            .Skip(2)
                            .Select(static pair => pair & 15)
                            .Concat(block.Skip(2).Select(static pair => pair >> 4))
                            .Select(quant => (quant - 8) * (float)BitConverter.ToHalf(block))
                    ),
            ],
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "The type is not written."),
        };
}
