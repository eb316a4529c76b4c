using System.Collections.Generic;

namespace Specializer.Text.Templates;

/// <summary>Collects the names that expressions and statements read.</summary>
internal static class Names
{
    /// <summary>Returns the names in an expression, from left to right.</summary>
    public static List<NameExpression> In(Expression expression)
    {
        List<NameExpression> names = [];
        Add(expression, names);
        return names;
    }

    /// <summary>Returns the names in statements and everything nested in them.</summary>
    public static List<NameExpression> In(IReadOnlyList<Statement> body)
    {
        List<NameExpression> names = [];
        Add(body, names);
        return names;
    }

    private static void Add(IReadOnlyList<Statement> body, List<NameExpression> names)
    {
        foreach (Statement statement in body)
        {
            Add(statement, names);
        }
    }

    private static void Add(Statement statement, List<NameExpression> names)
    {
        switch (statement)
        {
            case PrintStatement print:
                Add(print.Value, names);
                break;
            case IfStatement conditional:
                foreach ((Expression test, IReadOnlyList<Statement> body) in conditional.Branches)
                {
                    Add(test, names);
                    Add(body, names);
                }

                Add(conditional.Otherwise, names);
                break;
            case ForStatement loop:
                Add(loop.Source, names);
                Add(loop.Test, names);
                Add(loop.Body, names);
                Add(loop.Otherwise, names);
                break;
            case SetStatement set:
                Add(set.Value, names);
                break;
            case SetBlockStatement set:
                Add(set.Filter, names);
                Add(set.Body, names);
                break;
            case MacroStatement macro:
                Add(macro.Macro, names);
                break;
            case CallBlockStatement block:
                Add(block.Call, names);
                Add(block.Block, names);
                break;
            case FilterBlockStatement block:
                Add(block.Filter, names);
                Add(block.Body, names);
                break;
            case WithStatement with:
                foreach ((_, Expression value) in with.Bindings)
                {
                    Add(value, names);
                }

                Add(with.Body, names);
                break;
            case GenerationStatement generation:
                Add(generation.Body, names);
                break;
            default:
                break;
        }
    }

    private static void Add(MacroFunction macro, List<NameExpression> names)
    {
        foreach (Parameter parameter in macro.Parameters)
        {
            Add(parameter.Default, names);
        }

        Add(macro.Body, names);
    }

    private static void Add(CallArguments arguments, List<NameExpression> names)
    {
        Add(arguments.Positional, names);
        foreach ((_, Expression value) in arguments.Named)
        {
            Add(value, names);
        }

        Add(arguments.Spread, names);
        Add(arguments.NamedSpread, names);
    }

    private static void Add(IReadOnlyList<Expression> expressions, List<NameExpression> names)
    {
        foreach (Expression expression in expressions)
        {
            Add(expression, names);
        }
    }

    private static void Add(Expression? expression, List<NameExpression> names)
    {
        switch (expression)
        {
            case NameExpression name:
                names.Add(name);
                break;
            case ItemsExpression items:
                Add(items.Items, names);
                break;
            case DictExpression dictionary:
                foreach ((Expression key, Expression value) in dictionary.Pairs)
                {
                    Add(key, names);
                    Add(value, names);
                }

                break;
            case UnaryExpression unary:
                Add(unary.Operand, names);
                break;
            case BinaryExpression binary:
                Add(binary.Left, names);
                Add(binary.Right, names);
                break;
            case ConcatenationExpression concatenation:
                Add(concatenation.Parts, names);
                break;
            case ComparisonExpression comparison:
                Add(comparison.First, names);
                foreach ((_, Expression operand) in comparison.Rest)
                {
                    Add(operand, names);
                }

                break;
            case NotExpression negation:
                Add(negation.Operand, names);
                break;
            case LogicalExpression logical:
                Add(logical.Left, names);
                Add(logical.Right, names);
                break;
            case ConditionalExpression conditional:
                Add(conditional.Test, names);
                Add(conditional.Then, names);
                Add(conditional.Otherwise, names);
                break;
            case AttributeExpression attribute:
                Add(attribute.Target, names);
                break;
            case ItemExpression item:
                Add(item.Target, names);
                Add(item.Key, names);
                break;
            case SliceExpression slice:
                Add(slice.Start, names);
                Add(slice.Stop, names);
                Add(slice.Step, names);
                break;
            case CallExpression call:
                Add(call.Target, names);
                Add(call.Arguments, names);
                break;
            case FilterExpression filter:
                Add(filter.Operand, names);
                Add(filter.Arguments, names);
                break;
            case TestExpression test:
                Add(test.Operand, names);
                Add(test.Arguments, names);
                break;
            default:
                break;
        }
    }
}
