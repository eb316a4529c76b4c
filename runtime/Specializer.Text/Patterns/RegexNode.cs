using System;
using System.Collections.Generic;

namespace Specializer.Text.Patterns;

/// <summary>A parsed regular expression.</summary>
internal abstract record RegexNode
{
    /// <summary>One scalar of a set.</summary>
    public sealed record Set(ScalarSet Scalars) : RegexNode;

    /// <summary>A sequence of expressions.</summary>
    public sealed record Sequence(IReadOnlyList<RegexNode> Parts) : RegexNode;

    /// <summary>The first option that allows the rest to match.</summary>
    public sealed record Choice(IReadOnlyList<RegexNode> Options) : RegexNode;

    /// <summary>A repetition; a negative maximum means no limit.</summary>
    public sealed record Repeat(RegexNode Body, int Minimum, int Maximum, bool Lazy, bool Possessive) : RegexNode;

    /// <summary>A condition on the position.</summary>
    public sealed record Assertion(RegexAssertion Kind) : RegexNode;

    /// <summary>A condition on the following text, or on the preceding scalar.</summary>
    public sealed record Look(RegexNode Body, bool Behind, bool Negative) : RegexNode;
}

/// <summary>Specifies conditions on a position.</summary>
internal enum RegexAssertion
{
    TextStart,
    TextEnd,
    TextEndOrBreak,
    LineStart,
    LineEnd,
    WordBoundary,
    NoWordBoundary,
}

/// <summary>The exception that is thrown when a regular expression is malformed or uses an unsupported feature.</summary>
internal sealed class RegexSyntaxException(string message, int position) : Exception(message)
{
    /// <summary>The index in the expression.</summary>
    public int Position { get; } = position;
}
