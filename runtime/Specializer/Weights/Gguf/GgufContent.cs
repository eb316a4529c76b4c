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
