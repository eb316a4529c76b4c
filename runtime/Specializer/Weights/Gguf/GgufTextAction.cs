using System;

namespace Specializer;

/// <summary>Receives a text of an array of a GGUF file.</summary>
/// <param name="index">The index in the array.</param>
/// <param name="text">The bytes, which should be UTF-8 but are not checked. They are valid only during the call.</param>
public delegate void GgufTextAction(long index, ReadOnlySpan<byte> text);
