using System;
using System.Collections.Generic;

namespace Specializer.Text.Patterns;

/// <summary>A parsed regular expression.</summary>
internal abstract record RegexNode
{
    /// <summary>One scalar of a set.</summary>
    public sealed record Set(ScalarSet Scalars) : RegexNode;

    /// <summary>One after the other.</summary>
    public sealed record Sequence(IReadOnlyList<RegexNode> Parts) : RegexNode;

    /// <summary>The first that lets the rest match.</summary>
    public sealed record Choice(IReadOnlyList<RegexNode> Options) : RegexNode;

    /// <summary>Repetition; a negative maximum is none.</summary>
    public sealed record Repeat(RegexNode Body, int Minimum, int Maximum, bool Lazy, bool Possessive) : RegexNode;

    /// <summary>A condition on the place.</summary>
    public sealed record Assertion(RegexAssertion Kind) : RegexNode;

    /// <summary>A condition on what follows, or on the scalar before.</summary>
    public sealed record Look(RegexNode Body, bool Behind, bool Negative) : RegexNode;
}

/// <summary>Conditions on a place.</summary>
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

/// <summary>A regular expression is malformed or uses what is not supported.</summary>
internal sealed class RegexSyntaxException(string message, int position) : Exception(message)
{
    /// <summary>The index in the expression.</summary>
    public int Position { get; } = position;
}
