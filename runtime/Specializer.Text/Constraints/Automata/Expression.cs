using System;
using System.Collections.Generic;
using System.Text;
using Specializer.Text.Patterns;

namespace Specializer.Text.Constraints;

/// <summary>An expression over UTF-8 text: a regular expression that can call rules.</summary>
internal abstract record Expression
{
    /// <summary>The empty text.</summary>
    public static Expression Empty { get; } = new Sequence([]);

    /// <summary>A fixed text.</summary>
    public sealed record Literal(byte[] Bytes) : Expression;

    /// <summary>One scalar of a set.</summary>
    public sealed record Set(ScalarSet Scalars) : Expression;

    /// <summary>A sequence of expressions.</summary>
    public sealed record Sequence(IReadOnlyList<Expression> Parts) : Expression;

    /// <summary>Any of several expressions; without options, no text at all.</summary>
    public sealed record Choice(IReadOnlyList<Expression> Options) : Expression;

    /// <summary>A repetition; a negative maximum means no limit.</summary>
    public sealed record Repeat(Expression Body, int Minimum, int Maximum) : Expression;

    /// <summary>
    /// Texts of an expression of scalars, escaped as in a JSON string, with limits on the number of scalars.
    /// </summary>
    public sealed record Limited(Expression Body, LengthLimits Limits) : Expression;

    /// <summary>A text of a rule, with limits on the number of its scalars if the rule counts them.</summary>
    public sealed record Call(Rule Rule, LengthLimits? Limits = null) : Expression;

    public static Expression Of(string text) => new Literal(Encoding.UTF8.GetBytes(text));

    public static Expression Of(ReadOnlySpan<byte> text) => new Literal(text.ToArray());

    public static Expression Of(ScalarSet scalars) => new Set(scalars);

    public static Expression Concat(params IReadOnlyList<Expression> parts) => parts.Count == 1 ? parts[0] : new Sequence(parts);

    public static Expression Any(params IReadOnlyList<Expression> options) => options.Count == 1 ? options[0] : new Choice(options);

    public static Expression Optional(Expression body) => new Repeat(body, 0, 1);

    public static Expression Many(Expression body, int minimum = 0, int maximum = -1) => new Repeat(body, minimum, maximum);
}

/// <summary>
/// A named expression that can call itself. Its automaton is shared by all callers, and with it the masks of the tokens
/// inside its text.
/// </summary>
internal sealed class Rule(string name, bool countsScalars = false)
{
    public string Name { get; } = name;

    /// <summary>
    /// Whether calls can limit the number of scalars. Such a rule calls no other, and its start is the only state in which a scalar
    /// starts; a scalar starts with any byte but the quote that ends the text.
    /// </summary>
    public bool CountsScalars { get; } = countsScalars;

    /// <summary>The expression. It is assigned once, after the rules that it calls were created.</summary>
    public Expression Body { get; set; } = Expression.Empty;
}

/// <summary>Limits on a number of scalars; a negative maximum means no limit.</summary>
internal sealed record LengthLimits(int Minimum, int Maximum);
