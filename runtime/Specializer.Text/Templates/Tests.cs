using System;
using System.Collections.Frozen;
using System.Collections.Generic;

namespace Specializer.Text.Templates;

/// <summary>The tests after <c>is</c> by name.</summary>
internal static class Tests
{
    private static readonly FrozenDictionary<string, Func<RenderContext, Value, Arguments, bool>> s_tests = new Dictionary<
        string,
        Func<RenderContext, Value, Arguments, bool>
    >
    {
        ["boolean"] = Plain(value => value is BoolValue),
        ["callable"] = Plain(value => value is CallableValue or UndefinedValue or LoopValue),
        ["defined"] = Plain(value => value is not UndefinedValue),
        ["divisibleby"] = DivisibleBy,
        ["escaped"] = Plain(value => value is TextValue { IsSafe: true }),
        ["even"] = (context, value, arguments) => Remainder(context, value, arguments, "even", 0),
        ["false"] = Plain(value => value is BoolValue { Value: false }),
        ["filter"] = (context, value, arguments) =>
            Exists(context, value, arguments, name => Filters.IsKnown(name) || Filters.IsMissing(name)),
        ["float"] = Plain(value => value is FloatValue),
        ["in"] = (context, value, arguments) => Sequences.Contains(context, arguments.Bind("in", 1, "seq")[0]!, value),
        ["integer"] = Plain(value => value is IntValue),
        ["iterable"] = Plain(Sequences.IsIterable),
        ["lower"] = (context, value, arguments) => TextMethods.IsLower(context, Printer.Text(context, Bare(value, arguments))),
        ["mapping"] = Plain(value => value is DictValue),
        ["none"] = Plain(value => value is NoneValue),
        ["number"] = Plain(Numbers.IsNumber),
        ["odd"] = (context, value, arguments) => Remainder(context, value, arguments, "odd", 1),
        ["sameas"] = SameAs,
        ["sequence"] = Plain(value => value is TextValue or ItemsValue or DictValue or RangeValue or UndefinedValue),
        ["string"] = Plain(value => value is TextValue),
        ["test"] = (context, value, arguments) => Exists(context, value, arguments, IsKnown),
        ["true"] = Plain(value => value is BoolValue { Value: true }),
        ["undefined"] = Plain(value => value is UndefinedValue),
        ["upper"] = (context, value, arguments) => TextMethods.IsUpper(context, Printer.Text(context, Bare(value, arguments))),
        ["=="] = Comparison(ComparisonOperator.Equal),
        ["eq"] = Comparison(ComparisonOperator.Equal),
        ["equalto"] = Comparison(ComparisonOperator.Equal),
        ["!="] = Comparison(ComparisonOperator.NotEqual),
        ["ne"] = Comparison(ComparisonOperator.NotEqual),
        [">"] = Comparison(ComparisonOperator.Greater),
        ["gt"] = Comparison(ComparisonOperator.Greater),
        ["greaterthan"] = Comparison(ComparisonOperator.Greater),
        [">="] = Comparison(ComparisonOperator.GreaterOrEqual),
        ["ge"] = Comparison(ComparisonOperator.GreaterOrEqual),
        ["<"] = Comparison(ComparisonOperator.Less),
        ["lt"] = Comparison(ComparisonOperator.Less),
        ["lessthan"] = Comparison(ComparisonOperator.Less),
        ["<="] = Comparison(ComparisonOperator.LessOrEqual),
        ["le"] = Comparison(ComparisonOperator.LessOrEqual),
    }.ToFrozenDictionary();

    /// <summary>Returns whether a test exists; Jinja has no others.</summary>
    public static bool IsKnown(string name) => s_tests.ContainsKey(name);

    /// <summary>Applies a test.</summary>
    public static bool Apply(RenderContext context, string name, Value value, Arguments arguments)
    {
        context.Budget.Step();
        return s_tests.TryGetValue(name, out Func<RenderContext, Value, Arguments, bool>? test)
            ? test(context, value, arguments)
            : throw TemplateFault.Runtime($"Jinja has no test '{name}'.");
    }

    private static Func<RenderContext, Value, Arguments, bool> Plain(Func<Value, bool> test) =>
        (_, value, arguments) => test(Bare(value, arguments));

    private static Func<RenderContext, Value, Arguments, bool> Comparison(ComparisonOperator comparison) =>
        (context, value, arguments) => Arithmetic.Compare(context, comparison, value, arguments.Bind("The comparison", 1, "/other")[0]!);

    private static Value Bare(Value value, Arguments arguments)
    {
        arguments.Bind("The test", 0);
        return value;
    }

    private static bool DivisibleBy(RenderContext context, Value value, Arguments arguments)
    {
        Value divisor = arguments.Bind("divisibleby", 1, "num")[0]!;
        return context.Comparer.AreEqual(Arithmetic.Operate(context, BinaryOperator.Modulo, value, divisor), new IntValue(0));
    }

    private static bool Remainder(RenderContext context, Value value, Arguments arguments, string name, int remainder)
    {
        arguments.Bind(name, 0);
        return context.Comparer.AreEqual(
            Arithmetic.Operate(context, BinaryOperator.Modulo, value, new IntValue(2)),
            new IntValue(remainder)
        );
    }

    private static bool Exists(RenderContext context, Value value, Arguments arguments, Func<string, bool> exists)
    {
        Bare(value, arguments);
        return context.Comparer.IsHashable(value)
            ? value is TextValue text && exists(context.Characters(text))
            : throw TemplateFault.Runtime($"unhashable type: '{value.TypeName}'");
    }

    // Python has one object for each small integer.
    private static bool SameAs(RenderContext context, Value value, Arguments arguments)
    {
        Value other = arguments.Bind("sameas", 1, "other")[0]!;
        return ReferenceEquals(value, other)
            || (value is IntValue a && other is IntValue b && a.Value == b.Value && a.Value >= -5 && a.Value <= 256);
    }
}
