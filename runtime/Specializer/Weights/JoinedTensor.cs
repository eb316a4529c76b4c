using System;
using System.Collections.Generic;

namespace Specializer;

/// <summary>A tensor that a checkpoint stores in parts with consecutive rows.</summary>
/// <param name="Name">The name of the whole in the table.</param>
/// <param name="Shape">The shape of the whole.</param>
/// <param name="Parts">The parts, in order; their rows add up to those of the whole.</param>
internal sealed record JoinedTensor(string Name, long[] Shape, IReadOnlyList<TensorView> Parts)
{
    /// <summary>The number of elements that are copied at a time; then the pages of the checkpoint are released.</summary>
    private const int Block = 1 << 20;

    /// <summary>Copies the parts, as 32-bit floats, into memory that lives as long as a view of it.</summary>
    public unsafe TensorView Read()
    {
        long elements = 0;
        foreach (TensorView part in Parts)
        {
            elements += part.ElementCount;
        }

        float[] contents = new float[elements];
        int at = 0;
        foreach (TensorView part in Parts)
        {
            for (long start = 0; start < part.ElementCount; start += Block)
            {
                int length = (int)Math.Min(Block, part.ElementCount - start);
                part.CopyRangeTo(start, contents.AsSpan(at, length));
                part.LetGo(start, length);
                at += length;
            }
        }

        return Floats(Name, Shape, contents);
    }

    /// <summary>Returns a tensor of zeros.</summary>
    public static TensorView Zeros(string name, long[] shape)
    {
        long elements = 1;
        foreach (long dimension in shape)
        {
            elements = checked(elements * dimension);
        }

        return Floats(name, shape, new float[elements]);
    }

    private static unsafe TensorView Floats(string name, long[] shape, float[] contents)
    {
        PinnedBytes memory = new(contents);
        return new TensorView(name, TensorElementType.Float32, shape, (byte*)memory.DangerousGetHandle(), memory);
    }
}
