using System.Collections.Generic;

namespace Specializer.Text.Templates;

/// <summary>Evaluates the expressions of a template.</summary>
internal sealed class Evaluator(RenderContext context)
{
    /// <summary>The position in the template of the current operation.</summary>
    public int Position { get; set; }

    public Value Evaluate(Expression expression, Frame frame)
    {
        context.Budget.Step();
        switch (expression)
        {
            case ConstantExpression constant:
                return constant.Value;
            case NameExpression name:
                return frame.Of(name.Variable!)[name.Variable!.Slot] ?? new UndefinedValue(name.Name);
            case ItemsExpression items:
                IReadOnlyList<Value> values = EvaluateAll(items.Items, frame);
                return items.IsTuple ? context.Tuple(values) : context.List(values);
            case DictExpression dictionary:
                return EvaluateDictionary(dictionary, frame);
            case UnaryExpression unary:
                Value operand = Evaluate(unary.Operand, frame);
                return At(unary, Arithmetic.Sign, operand, unary.IsNegative);
            case BinaryExpression binary:
                Value left = Evaluate(binary.Left, frame);
                Value right = Evaluate(binary.Right, frame);
                Position = binary.Position;
                context.Budget.Allocate(40);
                return Arithmetic.Operate(context, binary.Operator, left, right);
            case ConcatenationExpression concatenation:
                return Concatenate(concatenation, frame);
            case ComparisonExpression comparison:
                return BoolValue.Of(Compare(comparison, frame));
            case NotExpression negation:
                return BoolValue.Of(!IsTrue(negation.Operand, frame));
            case LogicalExpression logical:
                Value first = Evaluate(logical.Left, frame);
                return Sequences.IsTrue(context, first) == logical.IsAnd ? Evaluate(logical.Right, frame) : first;
            case ConditionalExpression conditional:
                return IsTrue(conditional.Test, frame) ? Evaluate(conditional.Then, frame)
                    : conditional.Otherwise is not null ? Evaluate(conditional.Otherwise, frame)
                    : new UndefinedValue("the inline if-expression is false and has no else") { IsReason = true };
            case AttributeExpression attribute:
                Value owner = Evaluate(attribute.Target, frame);
                Position = attribute.Position;
                context.Budget.Allocate(64);
                return Attributes.Get(context, owner, attribute.Name);
            case ItemExpression item:
                return EvaluateItem(item, frame);
            case CallExpression call:
                return Call(call, frame, caller: null);
            case FilterExpression filter:
                return Filter(filter, filter.Operand is null ? TextValue.Empty : Evaluate(filter.Operand, frame), frame);
            case TestExpression test:
                Value tested = Evaluate(test.Operand, frame);
                Arguments arguments = EvaluateArguments(test.Arguments, frame, caller: null);
                Position = test.Position;
                return BoolValue.Of(Tests.Apply(context, test.Name, tested, arguments));
            default:
                throw TemplateFault.Unsupported("A slice must be the only index in its brackets.");
        }
    }

    /// <summary>Applies a filter after those before it; the innermost filter of a block is applied to the text of the block.</summary>
    public Value Filter(FilterExpression filter, Value value, Frame frame)
    {
        // In a block, 'a | b' applies b to the result of a.
        Value operand = filter.Operand is FilterExpression inner && IsOfBlock(inner) ? Filter(inner, value, frame) : value;
        Arguments arguments = EvaluateArguments(filter.Arguments, frame, caller: null);
        Position = filter.Position;
        context.Budget.Allocate(40);
        return Filters.Apply(context, filter.Name, operand, arguments);
    }

    /// <summary>Calls a callable expression; a call block passes its body as <c>caller</c>.</summary>
    public Value Call(CallExpression call, Frame frame, Value? caller)
    {
        Value target = Evaluate(call.Target, frame);
        Arguments arguments = EvaluateArguments(call.Arguments, frame, caller);
        Position = call.Position;
        return target switch
        {
            CallableValue callable => callable.Call(arguments),
            UndefinedValue undefined => throw undefined.Fault(),
            LoopValue => throw TemplateFault.Unsupported("Recursive loops are not supported."),
            _ => throw TemplateFault.Runtime($"'{target.TypeName}' object is not callable"),
        };
    }

    /// <summary>Returns the namespace whose attribute is assigned.</summary>
    public NamespaceValue Namespace(NamespaceTarget target, Frame frame)
    {
        Value value = Evaluate(target.Namespace, frame);
        Position = target.Position;
        return value as NamespaceValue ?? throw TemplateFault.Runtime("cannot assign attribute on non-namespace object");
    }

    /// <summary>Rejects an assignment to an attribute of a value that is not a namespace, before its value is computed.</summary>
    public void CheckNamespaces(Target target, Frame frame)
    {
        switch (target)
        {
            case NamespaceTarget attribute:
                Namespace(attribute, frame);
                break;
            case TupleTarget tuple:
                foreach (Target item in tuple.Items)
                {
                    CheckNamespaces(item, frame);
                }

                break;
        }
    }

    private static bool IsOfBlock(FilterExpression filter) =>
        filter.Operand is null || (filter.Operand is FilterExpression inner && IsOfBlock(inner));

    private Value At<T>(Expression expression, System.Func<Value, T, Value> operation, Value operand, T option)
    {
        Position = expression.Position;
        return operation(operand, option);
    }

    private bool IsTrue(Expression expression, Frame frame) => Sequences.IsTrue(context, Evaluate(expression, frame));

    private List<Value> EvaluateAll(IReadOnlyList<Expression> expressions, Frame frame)
    {
        List<Value> values = new(expressions.Count);
        foreach (Expression expression in expressions)
        {
            values.Add(Evaluate(expression, frame));
        }

        return values;
    }

    private DictValue EvaluateDictionary(DictExpression expression, Frame frame)
    {
        DictValue dictionary = new(context.Comparer);
        foreach ((Expression key, Expression value) in expression.Pairs)
        {
            Value evaluated = Evaluate(key, frame);
            context.Set(dictionary, evaluated, Evaluate(value, frame));
        }

        return dictionary;
    }

    private TextValue Concatenate(ConcatenationExpression concatenation, Frame frame)
    {
        List<Value> parts = EvaluateAll(concatenation.Parts, frame);
        TextValue text = TextValue.Empty;
        foreach (Value part in parts)
        {
            text = TextValue.Concatenate(text, Printer.Text(context, part), context.Budget);
        }

        return text;
    }

    private bool Compare(ComparisonExpression comparison, Frame frame)
    {
        Value left = Evaluate(comparison.First, frame);
        foreach ((ComparisonOperator operation, Expression operand) in comparison.Rest)
        {
            Value right = Evaluate(operand, frame);
            Position = comparison.Position;
            if (!Arithmetic.Compare(context, operation, left, right))
            {
                return false;
            }

            left = right;
        }

        return true;
    }

    private Value EvaluateItem(ItemExpression item, Frame frame)
    {
        Value target = Evaluate(item.Target, frame);
        if (item.Key is SliceExpression slice)
        {
            Value? start = slice.Start is null ? null : Evaluate(slice.Start, frame);
            Value? stop = slice.Stop is null ? null : Evaluate(slice.Stop, frame);
            Value? step = slice.Step is null ? null : Evaluate(slice.Step, frame);
            Position = item.Position;
            return Attributes.Slice(context, target, start, stop, step);
        }

        Value key = Evaluate(item.Key, frame);
        Position = item.Position;
        context.Budget.Allocate(64);
        return Attributes.Item(context, target, key);
    }

    private Arguments EvaluateArguments(CallArguments arguments, Frame frame, Value? caller)
    {
        if (ReferenceEquals(arguments, CallArguments.None))
        {
            return Arguments.None;
        }

        List<Value> positional = EvaluateAll(arguments.Positional, frame);
        List<KeyValuePair<string, Value>> named = [];
        foreach ((string name, Expression value) in arguments.Named)
        {
            named.Add(new(name, Evaluate(value, frame)));
        }

        if (caller is not null)
        {
            named.Add(new("caller", caller));
        }

        if (arguments.Spread is not null)
        {
            positional.AddRange(Sequences.Collect(context, Evaluate(arguments.Spread, frame)));
        }

        if (arguments.NamedSpread is not null)
        {
            Spread(Evaluate(arguments.NamedSpread, frame), named);
        }

        context.Budget.Elements(2L * (positional.Count + named.Count + 2));
        return new Arguments(positional, named);
    }

    private void Spread(Value value, List<KeyValuePair<string, Value>> named)
    {
        DictValue dictionary =
            value as DictValue ?? throw TemplateFault.Runtime($"the argument after ** must be a mapping, not '{value.TypeName}'");
        foreach ((Value key, Value argument) in dictionary.Entries)
        {
            TextValue name = key as TextValue ?? throw TemplateFault.Runtime("the keys of the argument after ** must be texts");
            if (named.Exists(entry => entry.Key == context.Characters(name)))
            {
                throw TemplateFault.Runtime($"the argument '{context.Characters(name)}' is given twice");
            }

            context.Budget.Elements(3);
            named.Add(new(context.Characters(name), argument));
        }
    }
}
