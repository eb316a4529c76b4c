using System.Collections.Generic;

namespace Specializer.Tests.Oracle;

/// <summary>
/// The keys and values of the positions so far in one block, which later positions attend to. Under a causal mask later
/// tokens do not change them.
/// </summary>
public sealed class KeyValueHistory
{
    /// <summary>[positions][keyValueHeads * headDimension], already rotated.</summary>
    public List<double[]> Keys { get; } = [];

    /// <summary>[positions][keyValueHeads * headDimension]</summary>
    public List<double[]> Values { get; } = [];
}
