using System;
using System.Collections.Generic;

namespace Specializer.Generator.Tests.Interpretation;

/// <summary>
/// The memory of interpreted kernels: blocks of 32-bit elements, with a gap between any two. An address is the index of an
/// element, and every access is checked to be within one block.
/// </summary>
internal sealed class KernelMemory
{
    private const int Gap = 1 << 20;

    // A NaN: what reads an element that was never written gets no number.
    private const uint Unwritten = 0x7FC0_DEAD;

    private readonly List<(long First, uint[] Elements)> _blocks = [];
    private long _next = Gap;
    private int _last;

    /// <summary>Adds a block whose elements have not been written.</summary>
    public long Allocate(int count)
    {
        uint[] elements = new uint[count];
        Array.Fill(elements, Unwritten);
        long first = _next;
        _blocks.Add((first, elements));
        _next += count + Gap;
        return first;
    }

    /// <summary>Adds a block with values.</summary>
    public long Allocate(ReadOnlySpan<float> values)
    {
        long first = Allocate(values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            _blocks[^1].Elements[i] = BitConverter.SingleToUInt32Bits(values[i]);
        }

        return first;
    }

    /// <summary>Adds a block with values.</summary>
    public long Allocate(ReadOnlySpan<int> values)
    {
        long first = Allocate(values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            _blocks[^1].Elements[i] = (uint)values[i];
        }

        return first;
    }

    /// <summary>Removes the blocks that were added last, as a method does with its memory on the stack.</summary>
    public void Release(int blocks)
    {
        _blocks.RemoveRange(_blocks.Count - blocks, blocks);
        _last = 0;
    }

    /// <summary>Gets elements to read or write.</summary>
    /// <exception cref="InvalidOperationException">They are not within one block.</exception>
    public Span<uint> At(long address, long count)
    {
        if (!Holds(_last, address, count))
        {
            _last = _blocks.FindIndex(block => address >= block.First && address + count <= block.First + block.Elements.Length);
            if (_last < 0)
            {
                _last = 0;
                throw new InvalidOperationException(
                    $"The {count} elements at address {address} lie outside every block of memory. The last block that begins before them "
                        + $"has {Nearest(address).Length} elements, and they begin {address - Nearest(address).First} after its first."
                );
            }
        }

        (long first, uint[] elements) = _blocks[_last];
        return elements.AsSpan((int)(address - first), (int)count);
    }

    /// <summary>Gets the floats of a block.</summary>
    public float[] Floats(long address, int count) => Array.ConvertAll(At(address, count).ToArray(), BitConverter.UInt32BitsToSingle);

    private (long First, int Length) Nearest(long address)
    {
        (long first, uint[] elements) = _blocks.FindLast(block => block.First <= address);
        return (first, elements?.Length ?? 0);
    }

    private bool Holds(int block, long address, long count) =>
        block < _blocks.Count
        && address >= _blocks[block].First
        && address + count <= _blocks[block].First + _blocks[block].Elements.Length;
}
