namespace Specializer.GenericEngine;

/// <summary>
/// A number as a type argument. Code that uses it is compiled once per number, and branches that a comparison with it excludes
/// are removed.
/// </summary>
internal interface ICount
{
    /// <summary>The number.</summary>
    static abstract int Value { get; }
}
