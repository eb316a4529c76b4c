namespace Specializer.GenericEngine;

/// <summary>
/// A number that is a type argument: code that asks for it is compiled once per number, and what a comparison with it
/// excludes is not compiled at all.
/// </summary>
internal interface ICount
{
    /// <summary>The number.</summary>
    static abstract int Value { get; }
}
