using System.ComponentModel;

namespace Specializer.CompilerServices;

/// <summary>The place of one input among those that an encoder processes together. For generated code.</summary>
/// <param name="FirstRow">The first of its rows in the chunk.</param>
/// <param name="Rows">The number of its rows in the chunk.</param>
/// <param name="Length">The number of its positions.</param>
/// <param name="FirstToken">The index of its first token, from the first token of the first input.</param>
/// <param name="FirstCachePosition">The position of the keys and values of a layer at which its own begin.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct EncodedInput(int FirstRow, int Rows, int Length, int FirstToken, int FirstCachePosition);
