using System;
using Xunit.Sdk;

namespace Specializer.Tests.Kernels;

/// <summary>Aligned native floats between two guards, which show whether anything was written beyond either end.</summary>
internal sealed unsafe class GuardedFloats : IDisposable
{
    private const int GuardFloats = 64;

    /// <summary>A NaN that no computation yields.</summary>
    private const int GuardBits = 0x7FC5_EC1A;

    private readonly AlignedBuffer _memory;

    /// <summary>Guards after the floats; none where an inaccessible page follows, which shows what is read, too.</summary>
    private readonly int _after = MemoryGuard.Current is null ? GuardFloats : 0;

    /// <summary>So many floats, all zero.</summary>
    public GuardedFloats(long length)
    {
        Length = checked((int)length);
        _memory = AlignedBuffer.Allocate((length + GuardFloats + _after) * sizeof(float));
        Guards(before: true).Fill(BitConverter.Int32BitsToSingle(GuardBits));
        Guards(before: false).Fill(BitConverter.Int32BitsToSingle(GuardBits));
    }

    /// <summary>How many they are.</summary>
    public int Length { get; }

    /// <summary>The first of them.</summary>
    public float* Address => _memory.Address + GuardFloats;

    /// <summary>All of them.</summary>
    public Span<float> Span => new(Address, Length);

    /// <summary>Fails if anything was written beyond either end.</summary>
    public void AssertGuards(string what)
    {
        foreach (bool before in new[] { true, false })
        {
            foreach (float guard in Guards(before))
            {
                if (BitConverter.SingleToInt32Bits(guard) != GuardBits)
                {
                    throw new XunitException($"{what}: written {(before ? "before the beginning" : "behind the end")}.");
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    private Span<float> Guards(bool before) => before ? new(_memory.Address, GuardFloats) : new(Address + Length, _after);
}
