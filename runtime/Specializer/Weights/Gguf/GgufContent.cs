using System;

namespace Specializer;

/// <summary>The elements of a GGUF tensor, converted block by block.</summary>
/// <param name="file">The file.</param>
/// <param name="tensor">The tensor, of a type that can be converted.</param>
internal sealed unsafe class GgufContent(GgufFile file, GgufTensor tensor) : TensorContent
{
    private readonly byte* _start = file.Contents.Start + file.DataStart + tensor.Offset;

    public override void Read(long start, Span<float> destination)
    {
        GgufType type = tensor.Type;
        long block = start / type.BlockElements;
        int skipped = (int)(start % type.BlockElements);
        Span<float> whole = stackalloc float[GgufType.LargestBlock];
        whole = whole[..type.BlockElements];
        if (skipped > 0)
        {
            Dequantization.Run(type, BlockAt(block++), whole);
            int count = Math.Min(type.BlockElements - skipped, destination.Length);
            whole.Slice(skipped, count).CopyTo(destination);
            destination = destination[count..];
        }

        int inBlocks = destination.Length / type.BlockElements * type.BlockElements;
        Dequantization.Run(type, BlockAt(block), destination[..inBlocks]);
        destination = destination[inBlocks..];
        if (!destination.IsEmpty)
        {
            Dequantization.Run(type, BlockAt(block + (inBlocks / type.BlockElements)), whole);
            whole[..destination.Length].CopyTo(destination);
        }
    }

    public override bool TryReadBlock(long start, WeightStorage storage, Span<sbyte> integers, out Half scale)
    {
        int expected = storage switch
        {
            WeightStorage.Int8 => GgufType.Q80,
            WeightStorage.Int4 => GgufType.Q40,
            _ => -1,
        };
        if (tensor.Type.Id != expected || start % tensor.Type.BlockElements != 0)
        {
            scale = default;
            return false;
        }

        byte* block = BlockAt(start / tensor.Type.BlockElements),
            stored = block + sizeof(ushort);
        scale = BitConverter.UInt16BitsToHalf((ushort)(block[0] | (block[1] << 8)));
        if (expected == GgufType.Q80)
        {
            new ReadOnlySpan<sbyte>(stored, integers.Length).CopyTo(integers);
        }
        else
        {
            int half = integers.Length / 2;
            for (int i = 0; i < half; i++)
            {
                integers[i] = (sbyte)((stored[i] & 15) - 8);
                integers[i + half] = (sbyte)((stored[i] >> 4) - 8);
            }
        }

        return Half.IsFinite(scale);
    }

    public override void LetGo(long start, long count)
    {
        if (file.Contents.IsMapped)
        {
            byte* first = BlockAt(start / tensor.Type.BlockElements),
                end = BlockAt((start + count + tensor.Type.BlockElements - 1) / tensor.Type.BlockElements);
            MappedPages.LetGo(first, end - first);
        }
    }

    private byte* BlockAt(long block) => _start + (block * tensor.Type.BlockBytes);
}
