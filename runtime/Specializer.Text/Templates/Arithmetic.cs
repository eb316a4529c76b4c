using System.Collections.Generic;
using System.Linq;
using System.Numerics;

namespace Specializer.Text.Templates;

/// <summary>Python's operators for values of every type.</summary>
internal static class Arithmetic
{
    private static readonly (string Character, string Entity)[] s_entities =
    [
        ("&", "&amp;"),
        (">", "&gt;"),
        ("<", "&lt;"),
        ("'", "&#39;"),
        ("\"", "&#34;"),
    ];

    public static Value Operate(RenderContext context, BinaryOperator operation, Value left, Value right)
    {
        if (Numbers.IsNumber(left) && Numbers.IsNumber(right))
        {
            return Numbers.Operate(operation, left, right);
        }

        if (left is UndefinedValue a)
        {
            throw a.Fault();
        }

        if (left is TextValue format && operation == BinaryOperator.Modulo)
        {
            return PercentFormat.Format(context, format, right);
        }

        if (right is UndefinedValue b)
        {
            throw b.Fault();
        }

        return (operation, left, right) switch
        {
            (BinaryOperator.Add, TextValue x, TextValue y) => Add(context, x, y),
            (BinaryOperator.Add, ListValue x, ListValue y) => context.List([.. x.Items, .. y.Items]),
            (BinaryOperator.Add, TupleValue x, TupleValue y) => context.Tuple([.. x.Items, .. y.Items]),
            (BinaryOperator.Multiply, TextValue or ItemsValue, _) when Numbers.Integer(right) is BigInteger count => Repeat(
                context,
                left,
                count
            ),
            (BinaryOperator.Multiply, _, TextValue or ItemsValue) when Numbers.Integer(left) is BigInteger count => Repeat(
                context,
                right,
                count
            ),
            _ => throw TemplateFault.Runtime(
                $"unsupported operand types for {Symbol(operation)}: '{left.TypeName}' and '{right.TypeName}'"
            ),
        };
    }

    public static Value Sign(Value operand, bool isNegative) =>
        operand switch
        {
            UndefinedValue undefined => throw undefined.Fault(),
            FloatValue number => new FloatValue(isNegative ? -number.Value : number.Value),
            _ when Numbers.Integer(operand) is BigInteger integer => new IntValue(isNegative ? -integer : integer),
            _ => throw TemplateFault.Runtime($"bad operand type for unary {(isNegative ? '-' : '+')}: '{operand.TypeName}'"),
        };

    public static bool Compare(RenderContext context, ComparisonOperator comparison, Value left, Value right) =>
        comparison switch
        {
            ComparisonOperator.Equal => context.Comparer.AreEqual(left, right),
            ComparisonOperator.NotEqual => !context.Comparer.AreEqual(left, right),
            ComparisonOperator.Less => context.Comparer.Order(left, right, "<") < 0,
            ComparisonOperator.LessOrEqual => context.Comparer.Order(left, right, "<=") <= 0,
            ComparisonOperator.Greater => context.Comparer.Order(left, right, ">") > 0,
            ComparisonOperator.GreaterOrEqual => context.Comparer.Order(left, right, ">=") >= 0,
            ComparisonOperator.In => Sequences.Contains(context, right, left),
            _ => !Sequences.Contains(context, right, left),
        };

    /// <summary>Returns the text with HTML's reserved characters as entities, marked as safe.</summary>
    public static TextValue Escape(RenderContext context, Value value)
    {
        TextValue text = Printer.SoftText(context, value);
        if (text.IsSafe)
        {
            return text;
        }

        foreach ((string character, string entity) in s_entities)
        {
            text = TextSearch.Replace(context, text, new TextValue(character), new TextValue(entity), -1);
        }

        return text.AsSafe(true, context.Budget);
    }

    private static TextValue Add(RenderContext context, TextValue left, TextValue right)
    {
        if (!left.IsSafe && !right.IsSafe)
        {
            return TextValue.Concatenate(left, right, context.Budget);
        }

        // Text that is added to a safe text is escaped, as in Markup.
        TextBuilder builder = context.Builder();
        return builder.Append(Escape(context, left)).Append(Escape(context, right)).ToText(safe: true);
    }

    private static Value Repeat(RenderContext context, Value value, BigInteger count)
    {
        BigInteger times = BigInteger.Max(0, count);
        if (value is TextValue text)
        {
            return times * text.Length > 100_000_000
                ? throw TemplateFault.Limit("A repeated text has more than 100,000,000 characters.")
                : TextSearch.Repeat(context, text, text.Length == 0 ? 0 : (long)times);
        }

        ItemsValue items = (ItemsValue)value;
        if (times * items.Items.Count > 1_000_000)
        {
            throw TemplateFault.Limit("A repeated list has more than 1,000,000 elements.");
        }

        int all = items.Items.Count == 0 ? 0 : (int)times;
        context.Budget.Elements((all * (long)items.Items.Count) + 2);
        List<Value> repeated = new(all * items.Items.Count);
        for (int i = 0; i < all; i++)
        {
            repeated.AddRange(items.Items);
        }

        return items.Make(repeated);
    }

    private static string Symbol(BinaryOperator operation) =>
        operation switch
        {
            BinaryOperator.Add => "+",
            BinaryOperator.Subtract => "-",
            BinaryOperator.Multiply => "*",
            BinaryOperator.Divide => "/",
            BinaryOperator.FloorDivide => "//",
            BinaryOperator.Modulo => "%",
            _ => "**",
        };
}
