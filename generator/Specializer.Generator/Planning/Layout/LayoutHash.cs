using System;
using System.Collections.Generic;

namespace Specializer.Generator.Planning;

/// <summary>A hash of a sequence of values, independent of the machine: FNV-1a (Fowler, Noll and Vo 1991) of their bytes.</summary>
internal sealed class LayoutHash
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>The hash of the values so far.</summary>
    public ulong Value { get; private set; } = Offset;

    public void Add(bool value) => Add(value ? 1L : 0L);

    public void Add(double value) => Add(BitConverter.DoubleToInt64Bits(value));

    /// <summary>Adds the name of a value, which does not depend on the other members of the enumeration.</summary>
    public void Add(Enum value) => Add(value.ToString());

    /// <summary>Adds the length of a text and then its characters, so that the boundary between two texts matters.</summary>
    public void Add(string text)
    {
        Add(text.Length);
        foreach (char character in text)
        {
            AddByte((byte)character);
            AddByte((byte)(character >> 8));
        }
    }

    /// <summary>Adds the length of a list and then its elements, so that the boundary between two lists matters.</summary>
    public void Add<T>(IReadOnlyCollection<T> values, Action<LayoutHash, T> add)
    {
        Add(values.Count);
        foreach (T value in values)
        {
            add(this, value);
        }
    }

    public void Add(long value)
    {
        for (int shift = 0; shift < 64; shift += 8)
        {
            AddByte((byte)(value >> shift));
        }
    }

    private void AddByte(byte value) => Value = unchecked((Value ^ value) * Prime);
}
