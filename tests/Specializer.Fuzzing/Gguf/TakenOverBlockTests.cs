using System;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Fuzzing;

/// <summary>The blocks of Q8_0 and Q4_0 become those of Int8 and Int4 bit for bit, whatever their integers are.</summary>
[Feature("gguf", "weight-storage")]
public sealed unsafe class TakenOverBlockTests
{
    private const int Block = 32;
    private const int Inputs = 96;
    private const int Outputs = 48;

    public static TheoryData<InstructionSet, WeightStorage, string> Cases
    {
        get
        {
            var data = new TheoryData<InstructionSet, WeightStorage, string>();
            foreach (InstructionSet instructionSet in Enum.GetValues<InstructionSet>())
            {
                // The rows of queries are permuted.
                data.Add(instructionSet, WeightStorage.Int8, "attn_q");
                data.Add(instructionSet, WeightStorage.Int4, "attn_q");
                data.Add(instructionSet, WeightStorage.Int8, "ffn_down");
                data.Add(instructionSet, WeightStorage.Int4, "ffn_down");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Packed_weights_have_the_values_of_the_file(InstructionSet instructionSet, WeightStorage storage, string tensor)
    {
        bool isByte = storage == WeightStorage.Int8;
        byte[] blocks = Blocks(isByte, Outputs * Inputs / Block);
        using GgufCheckpoint checkpoint = GgufCheckpoint.Parse(
            new GgufBytes()
                .Add("general.architecture", "llama")
                .Add("llama.attention.head_count", 4u)
                .Add("llama.attention.head_count_kv", 4u)
                .AddTensor($"blk.0.{tensor}.weight", isByte ? 8 : 2, blocks, Outputs, Inputs)
                .ToArray(),
            "blocks"
        );
        string name = checkpoint.Names.Single();
        Assert.True(checkpoint.TryGetTensor(name, out TensorView view));
        float[] expected = new float[Outputs * Inputs];
        view.CopyTo(expected);

        int lanes = instructionSet switch
            {
                InstructionSet.Avx512 => 16,
                InstructionSet.Avx2 => 8,
                _ => 4,
            },
            recordWords = (isByte ? 17 : 9) * lanes,
            panels = (Outputs + (2 * lanes) - 1) / (2 * lanes);
        uint[] words = new uint[panels * (Inputs / Block) * recordWords];
        fixed (uint* destination = words)
        {
            WeightPacking.Panels((float*)destination, instructionSet, Outputs, Inputs, [view], storage);
        }

        for (int output = 0; output < Outputs; output++)
        {
            for (int input = 0; input < Inputs; input++)
            {
                int record = ((output / (2 * lanes) * (Inputs / Block)) + (input / Block)) * recordWords;
                float stored = Value(words.AsSpan(record, recordWords), isByte, lanes, output % (2 * lanes), input % Block);
                Assert.Equal(expected[(output * Inputs) + input], stored);
            }
        }
    }

    [Fact]
    public void A_scale_that_is_no_number_is_reported()
    {
        byte[] blocks = Blocks(isByte: true, Outputs * Inputs / Block);
        BitConverter.TryWriteBytes(blocks.AsSpan(34 * 7), BitConverter.HalfToUInt16Bits(Half.NaN));
        using GgufCheckpoint checkpoint = GgufCheckpoint.Parse(
            new GgufBytes().Add("general.architecture", "llama").AddTensor("blk.0.ffn_down.weight", 8, blocks, Outputs, Inputs).ToArray(),
            "blocks"
        );
        string name = checkpoint.Names.Single();
        Assert.True(checkpoint.TryGetTensor(name, out TensorView view));
        float[] words = new float[Outputs * Inputs];
        WeightsException exception = Assert.Throws<WeightsException>(() =>
        {
            fixed (float* destination = words)
            {
                WeightPacking.Panels(destination, InstructionSet.Portable, Outputs, Inputs, [view], WeightStorage.Int8);
            }
        });
        Assert.Equal((WeightsProblemKind.WeightOutOfRange, name), (exception.Problems[0].Kind, exception.Problems[0].Tensor));
    }

    /// <summary>Blocks with any integers, of both signs of the scale; few contain the largest.</summary>
    private static byte[] Blocks(bool isByte, int count)
    {
        var random = new Random(5);
        return
        [
            .. Enumerable
                .Range(0, count)
                .SelectMany(_ =>
                {
                    byte[] block = new byte[isByte ? 34 : 18];
                    random.NextBytes(block);
                    BitConverter.TryWriteBytes(block, BitConverter.HalfToUInt16Bits((Half)(random.NextDouble() - 0.5)));
                    return block;
                }),
        ];
    }

    /// <summary>A weight of a record, read as the layout is documented.</summary>
    private static float Value(ReadOnlySpan<uint> record, bool isByte, int lanes, int column, int input)
    {
        int vector = column / lanes,
            lane = column % lanes;
        uint factors = record[((isByte ? 16 : 8) * lanes) + lane];
        float scale = (float)BitConverter.UInt16BitsToHalf((ushort)(factors >> (16 * vector)));
        ReadOnlySpan<byte> bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(record);
        if (!isByte)
        {
            int word = lanes == 4 ? input / 4 : input % 8,
                part = lanes == 4 ? input % 4 : input / 8;
            return (((bytes[(((word * lanes) + lane) * 4) + part] >> (4 * vector)) & 15) - 8) * scale;
        }

        int place =
            lanes == 4
                ? (((input / 4 * 2 * lanes) + (vector * lanes) + lane) * 4) + (input % 4)
                : (input % 16 * 4 * lanes) + (vector * 2 * lanes) + (2 * lane) + (input / 16);
        return (sbyte)bytes[place] * scale;
    }
}
