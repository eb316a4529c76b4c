using System.Collections.Generic;
using Specializer.Text.Patterns;

namespace Specializer.Text.Constraints;

/// <summary>The parts of JSON texts (RFC 8259) that all schemas share.</summary>
internal sealed class JsonGrammar
{
    private const int MostIndentation = 32;

    // A double has 17 significant digits and exponents up to 308; texts beyond have no number of their own.
    private const int MostDigits = 16;

    private readonly Expression _gap;
    private readonly List<Rule> _anyValues = [];
    private readonly int _maximumDepth;

    public JsonGrammar(JsonConstraintOptions options)
    {
        _maximumDepth = options.MaximumDepth;
        StringRest = new Rule("a JSON string", countsScalars: true)
        {
            Body = Expression.Concat(Expression.Many(JsonText.AnyScalar), Expression.Of("\""u8)),
        };
        if (options.WhiteSpace == JsonWhiteSpace.None)
        {
            _gap = Expression.Empty;
            return;
        }

        Expression indentation = Expression.Many(Expression.Of(ScalarSet.Of(' ').Union(ScalarSet.Of('\t'))), 0, MostIndentation);
        var rule = new Rule("white space")
        {
            Body = Expression.Optional(Expression.Any(Expression.Of(" "u8), Expression.Concat(Expression.Of("\n"u8), indentation))),
        };
        _gap = new Expression.Call(rule);
    }

    /// <summary>The rest of a string after its first quote.</summary>
    public Rule StringRest { get; }

    /// <summary>Any string.</summary>
    public Expression AnyString => String(null);

    /// <summary>Any number, with at most 16 digits before and after the point.</summary>
    public static Expression AnyNumber { get; } =
        Expression.Concat(
            AnyInteger,
            Expression.Optional(Expression.Concat(Expression.Of("."u8), Expression.Many(Digits.Any, 1, MostDigits))),
            Expression.Optional(
                Expression.Concat(
                    Expression.Of(ScalarSet.Of('e').Union(ScalarSet.Of('E'))),
                    Expression.Optional(Expression.Of(ScalarSet.Of('+').Union(ScalarSet.Of('-')))),
                    Expression.Many(Digits.Any, 1, 2)
                )
            )
        );

    /// <summary>Any integer of at most 16 digits.</summary>
    public static Expression AnyInteger =>
        Expression.Concat(
            Expression.Optional(Expression.Of("-"u8)),
            Expression.Any(Expression.Of("0"u8), Expression.Concat(Digits.Range(1, 9), Expression.Many(Digits.Any, 0, MostDigits - 1)))
        );

    public static Expression Boolean => Expression.Any(Expression.Of("true"u8), Expression.Of("false"u8));

    public static Expression Null => Expression.Of("null"u8);

    /// <summary>Any value.</summary>
    public Expression AnyValue => new Expression.Call(AnyValueOf(_maximumDepth));

    /// <summary>Any object.</summary>
    public Expression AnyObject => AnyObjectOf(_maximumDepth - 1);

    /// <summary>Any array.</summary>
    public Expression AnyArray => AnyArrayOf(_maximumDepth - 1);

    /// <summary>Returns the rule of a whole text.</summary>
    public static Rule TextOf(Expression value) => new("the schema") { Body = value };

    /// <summary>Returns a string with limits on the number of its scalars.</summary>
    public Expression String(LengthLimits? limits) => Expression.Concat(Expression.Of("\""u8), new Expression.Call(StringRest, limits));

    /// <summary>Returns a list with white space after its brackets and around its commas.</summary>
    /// <param name="open">The first bracket.</param>
    /// <param name="items">The items with the commas between them; null for none.</param>
    /// <param name="close">The last bracket.</param>
    public Expression Bracketed(string open, Expression? items, string close) =>
        items is null
            ? Expression.Concat(Expression.Of(open), _gap, Expression.Of(close))
            : Expression.Concat(Expression.Of(open), _gap, items, _gap, Expression.Of(close));

    /// <summary>A comma before another item.</summary>
    public Expression Comma => Expression.Concat(_gap, Expression.Of(","u8), _gap);

    /// <summary>A colon after a key.</summary>
    public Expression Colon => Expression.Concat(_gap, Expression.Of(":"u8), _gap);

    /// <summary>Returns items with commas between them.</summary>
    public Expression Separated(Expression item, int minimum, int maximum)
    {
        // The caller handles empty lists.
        item = Shared(item);
        int rest = maximum < 0 ? -1 : maximum - 1;
        return Expression.Concat(item, Expression.Many(Expression.Concat(Comma, item), System.Math.Max(0, minimum - 1), rest));
    }

    /// <summary>Returns an expression that can be used several times without being built several times.</summary>
    public static Expression Shared(Expression expression) =>
        expression is Expression.Call or Expression.Literal or Expression.Sequence { Parts: [] }
            ? expression
            : new Expression.Call(new Rule("a part of the schema") { Body = expression });

    private Expression AnyObjectOf(int depth)
    {
        Expression member = Expression.Concat(AnyString, Colon, new Expression.Call(AnyValueOf(depth)));
        return Expression.Any(Bracketed("{", null, "}"), Bracketed("{", Separated(member, 1, -1), "}"));
    }

    private Expression AnyArrayOf(int depth) =>
        Expression.Any(Bracketed("[", null, "]"), Bracketed("[", Separated(new Expression.Call(AnyValueOf(depth)), 1, -1), "]"));

    // Values by how deep they can be nested, so that parsers with a limit read them.
    private Rule AnyValueOf(int depth)
    {
        while (_anyValues.Count <= depth)
        {
            int level = _anyValues.Count;
            var rule = new Rule("any value");
            _anyValues.Add(rule);
            List<Expression> options = [AnyString, AnyNumber, Boolean, Null];
            if (level > 0)
            {
                options.Add(AnyObjectOf(level - 1));
                options.Add(AnyArrayOf(level - 1));
            }

            rule.Body = new Expression.Choice(options);
        }

        return _anyValues[depth];
    }
}
