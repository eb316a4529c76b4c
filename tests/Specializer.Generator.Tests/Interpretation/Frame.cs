using System;
using System.Collections.Generic;
using Specializer.Generator.Kernels.Ir;

namespace Specializer.Generator.Tests.Interpretation;

/// <summary>The variables of one call: an integer, address or truth value, a float, or the lanes of a vector in each slot.</summary>
internal sealed class Frame(int slots, string? layer)
{
    public long[] Integers { get; } = new long[slots];

    public double[] Numbers { get; } = new double[slots];

    public uint[]?[] Vectors { get; } = new uint[slots][];

    /// <summary>Gets the layer that a shared method is compiled for.</summary>
    public string? Layer { get; } = layer;

    /// <summary>Gets or sets the number of blocks of memory on the stack.</summary>
    public int StackBlocks { get; set; }
}

/// <summary>Numbers the variables of a method.</summary>
internal sealed class Slots
{
    private readonly Dictionary<Variable, int> _slots = [];

    public int Count => _slots.Count;

    public int Of(Variable variable)
    {
        if (!_slots.TryGetValue(variable, out int slot))
        {
            slot = _slots.Count;
            _slots.Add(variable, slot);
        }

        return slot;
    }
}
