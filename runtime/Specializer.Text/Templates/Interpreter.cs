using System.Collections.Generic;

namespace Specializer.Text.Templates;

/// <summary>The slots of a running function; a slot without a value is an unset variable.</summary>
internal sealed class Frame(Function function, Frame? parent)
{
    public Value?[] Slots { get; } = new Value?[function.Slots];

    public Frame? Parent => parent;

    public int Depth => function.Depth;

    /// <summary>Returns the slots of the function that a variable belongs to.</summary>
    public Value?[] Of(Variable variable)
    {
        Frame frame = this;
        while (frame.Depth > variable.Function)
        {
            frame = frame.Parent!;
        }

        return frame.Slots;
    }
}

/// <summary>Runs the statements of a template.</summary>
internal sealed class Interpreter
{
    private readonly RenderContext _context;
    private readonly IReadOnlyDictionary<string, Value> _variables;
    private readonly Evaluator _evaluator;
    private TextBuilder _output;

    private Interpreter(RenderContext context, IReadOnlyDictionary<string, Value> variables)
    {
        _context = context;
        _variables = variables;
        _output = context.Builder();
        _evaluator = new Evaluator(context);
    }

    private enum Flow
    {
        Next,
        Break,
        Continue,
    }

    /// <summary>Renders a template.</summary>
    /// <param name="template">The template.</param>
    /// <param name="context">The budget and clock.</param>
    /// <param name="variables">The variables of the caller.</param>
    /// <param name="position">Receives the position in the template of the last operation, which locates an error.</param>
    /// <returns>The text.</returns>
    /// <exception cref="TemplateFault">An operation failed, or the template rejected the conversation or reached a limit.</exception>
    public static TextValue Render(
        TemplateNode template,
        RenderContext context,
        IReadOnlyDictionary<string, Value> variables,
        ref int position
    )
    {
        Interpreter interpreter = new(context, variables);
        try
        {
            Frame frame = new(template.Function, null);
            context.Budget.Elements(template.Function.Slots);
            interpreter.Enter(template.Scope, frame);
            interpreter.Run(template.Body, frame);
            return interpreter._output.ToText();
        }
        finally
        {
            position = interpreter._evaluator.Position;
        }
    }

    /// <summary>Creates the function of a macro or call block as a closure over its frame.</summary>
    public CallableValue Close(MacroFunction macro, Frame frame) =>
        new(macro.Name ?? "", "Macro", arguments => Call(macro, frame, arguments))
        {
            Attribute = name =>
                name switch
                {
                    "name" => macro.Name is null ? NoneValue.Instance : new TextValue(macro.Name),
                    "arguments" => new TupleValue([.. Names(macro)]),
                    "catch_kwargs" => BoolValue.Of(macro.NamedArguments is not null),
                    "catch_varargs" => BoolValue.Of(macro.FurtherArguments is not null),
                    "caller" => BoolValue.Of(macro.Caller is not null),
                    _ => null,
                },
        };

    private static IEnumerable<Value> Names(MacroFunction macro)
    {
        foreach (Parameter parameter in macro.Parameters)
        {
            yield return new TextValue(parameter.Name);
        }
    }

    private void Enter(Scope scope, Frame frame)
    {
        foreach (Load load in scope.Loads)
        {
            frame.Slots[load.Target.Slot] =
                load.FromContext ? Variable(load.Target.Name)
                : load.Source is null ? null
                : frame.Of(load.Source)[load.Source.Slot];
        }
    }

    private Value? Variable(string name) => _variables.TryGetValue(name, out Value? value) ? value : Globals.Find(_context, name);

    private Flow Run(IReadOnlyList<Statement> body, Frame frame)
    {
        _context.Budget.Descend();
        Flow flow = Flow.Next;
        for (int i = 0; flow == Flow.Next && i < body.Count; i++)
        {
            _context.Budget.Step();
            _evaluator.Position = body[i].Position;
            flow = Run(body[i], frame);
        }

        _context.Budget.Ascend();
        return flow;
    }

    private Flow Run(Statement statement, Frame frame)
    {
        switch (statement)
        {
            case TextStatement text:
                _output.Append(text.Text);
                return Flow.Next;
            case PrintStatement print:
                _output.Append(Printer.Text(_context, _evaluator.Evaluate(print.Value, frame)));
                return Flow.Next;
            case IfStatement conditional:
                return RunIf(conditional, frame);
            case ForStatement loop:
                return RunFor(loop, frame);
            case SetStatement set:
                _evaluator.CheckNamespaces(set.Target, frame);
                Assign(set.Target, _evaluator.Evaluate(set.Value, frame), frame);
                return Flow.Next;
            case SetBlockStatement set:
                return RunSetBlock(set, frame);
            case MacroStatement macro:
                Assign(macro.Target, Close(macro.Macro, frame), frame);
                return Flow.Next;
            case CallBlockStatement block:
                Value called = _evaluator.Call(block.Call, frame, Close(block.Block, frame));
                _output.Append(Printer.Text(_context, called));
                return Flow.Next;
            case FilterBlockStatement block:
                Enter(block.Scope, frame);
                Flow flow = Capture(block.Body, frame, out TextValue filtered);
                if (flow == Flow.Next)
                {
                    _output.Append(Printer.Text(_context, _evaluator.Filter(block.Filter, filtered, frame)));
                }

                return flow;
            case WithStatement with:
                return RunWith(with, frame);
            case GenerationStatement generation:
                Enter(generation.Scope, frame);
                Capture(generation.Body, frame, out TextValue generated);
                _output.Append(generated.With(Origin.Assistant, _context.Budget));
                return Flow.Next;
            case BreakStatement:
                return Flow.Break;
            default:
                return Flow.Continue;
        }
    }

    private Flow RunIf(IfStatement conditional, Frame frame)
    {
        foreach ((Expression test, IReadOnlyList<Statement> body) in conditional.Branches)
        {
            if (Sequences.IsTrue(_context, _evaluator.Evaluate(test, frame)))
            {
                return Run(body, frame);
            }
        }

        return Run(conditional.Otherwise, frame);
    }

    private Flow RunFor(ForStatement statement, Frame frame)
    {
        Value source = _evaluator.Evaluate(statement.Source, frame);
        IEnumerable<Value> elements = Sequences.Iterate(_context, source);
        int? length = statement.Test is null ? Sequences.LengthOrNull(_context, source) : null;
        if (statement.Test is not null)
        {
            elements = Tested(statement, elements, frame);
        }

        LoopValue loop = new(_context, elements.GetEnumerator(), length);
        _context.Budget.Allocate(256);

        // As in Jinja, 'else' runs unless one execution of the body ended without 'break' or 'continue'.
        bool ended = false;
        while (loop.Next() is Value element)
        {
            _context.Budget.Step();
            Enter(statement.BodyScope, frame);
            frame.Slots[statement.Loop!.Slot] = loop;
            Assign(statement.Target, element, frame);
            Flow flow = Run(statement.Body, frame);
            ended |= flow == Flow.Next;
            if (flow == Flow.Break)
            {
                break;
            }
        }

        if (ended || statement.Otherwise.Count == 0)
        {
            return Flow.Next;
        }

        Enter(statement.OtherwiseScope, frame);
        return Run(statement.Otherwise, frame);
    }

    private IEnumerable<Value> Tested(ForStatement statement, IEnumerable<Value> elements, Frame frame)
    {
        Enter(statement.TestScope, frame);
        foreach (Value element in elements)
        {
            _context.Budget.Step();
            Assign(statement.TestTarget!, element, frame);
            if (Sequences.IsTrue(_context, _evaluator.Evaluate(statement.Test!, frame)))
            {
                yield return element;
            }
        }
    }

    private Flow RunSetBlock(SetBlockStatement set, Frame frame)
    {
        Enter(set.Scope, frame);
        Flow flow = Capture(set.Body, frame, out TextValue text);
        if (flow == Flow.Next)
        {
            Value value = set.Filter is null ? text : _evaluator.Filter(set.Filter, text, frame);
            Assign(set.Target, value, frame);
        }

        return flow;
    }

    private Flow RunWith(WithStatement with, Frame frame)
    {
        Enter(with.Scope, frame);
        foreach ((Target target, Expression value) in with.Bindings)
        {
            Assign(target, _evaluator.Evaluate(value, frame), frame);
        }

        return Run(with.Body, frame);
    }

    /// <summary>Runs statements and captures their output.</summary>
    private Flow Capture(IReadOnlyList<Statement> body, Frame frame, out TextValue text)
    {
        TextBuilder outer = _output;
        _output = _context.Builder();
        Flow flow = Run(body, frame);
        text = _output.ToText();
        _output = outer;
        return flow;
    }

    /// <summary>Calls a macro; arguments are bound as in Jinja.</summary>
    private TextValue Call(MacroFunction macro, Frame outer, Arguments arguments)
    {
        _context.Budget.Descend();
        _context.Budget.Elements(8 + macro.Function.Slots);
        Frame frame = new(macro.Function, outer);
        Enter(macro.Scope, frame);
        List<KeyValuePair<string, Value>> named = [.. arguments.Named];
        for (int i = 0; i < macro.Parameters.Count; i++)
        {
            Parameter parameter = macro.Parameters[i];
            frame.Slots[parameter.Variable!.Slot] = i < arguments.Positional.Count ? arguments.Positional[i] : Take(named, parameter.Name);
        }

        if (macro.Caller is not null)
        {
            frame.Slots[macro.Caller.Slot] = Take(named, "caller") is Value caller and not NoneValue
                ? caller
                : new UndefinedValue("No caller defined") { IsReason = true };
        }

        BindFurther(macro, arguments, named, frame);
        foreach (Parameter parameter in macro.Parameters)
        {
            frame.Slots[parameter.Variable!.Slot] ??= parameter.Default is null
                ? new UndefinedValue($"parameter '{parameter.Name}' was not provided") { IsReason = true }
                : _evaluator.Evaluate(parameter.Default, frame);
        }

        Capture(macro.Body, frame, out TextValue text);
        _context.Budget.Ascend();
        return text;
    }

    private void BindFurther(MacroFunction macro, Arguments arguments, List<KeyValuePair<string, Value>> named, Frame frame)
    {
        if (macro.NamedArguments is not null)
        {
            DictValue rest = new(_context.Comparer);
            foreach ((string name, Value value) in named)
            {
                _context.Set(rest, new TextValue(name), value);
            }

            frame.Slots[macro.NamedArguments.Slot] = rest;
        }
        else if (named.Count > 0)
        {
            throw TemplateFault.Runtime($"macro '{macro.Name}' takes no keyword argument '{named[0].Key}'");
        }

        int given = arguments.Positional.Count;
        if (macro.FurtherArguments is not null)
        {
            int first = System.Math.Min(given, macro.Parameters.Count);
            frame.Slots[macro.FurtherArguments.Slot] = _context.Tuple(arguments.Skip(first).Positional);
        }
        else if (given > macro.Parameters.Count)
        {
            throw TemplateFault.Runtime($"macro '{macro.Name}' takes not more than {macro.Parameters.Count} argument(s)");
        }
    }

    private static Value? Take(List<KeyValuePair<string, Value>> named, string name)
    {
        int index = named.FindIndex(entry => entry.Key == name);
        if (index < 0)
        {
            return null;
        }

        Value value = named[index].Value;
        named.RemoveAt(index);
        return value;
    }

    private void Assign(Target target, Value value, Frame frame)
    {
        switch (target)
        {
            case NameTarget name:
                frame.Of(name.Variable!)[name.Variable!.Slot] = value;
                break;
            case NamespaceTarget attribute:
                NamespaceValue space = _evaluator.Namespace(attribute, frame);
                _context.Set(space.Attributes, new TextValue(attribute.Attribute), value);
                break;
            case TupleTarget tuple:
                Unpack(tuple, value, frame);
                break;
        }
    }

    private void Unpack(TupleTarget target, Value value, Frame frame)
    {
        IReadOnlyList<Value> items = Sequences.Collect(_context, value);
        if (items.Count != target.Items.Count)
        {
            throw TemplateFault.Runtime($"{target.Items.Count} values are to be unpacked, yet there are {items.Count}");
        }

        for (int i = 0; i < items.Count; i++)
        {
            Assign(target.Items[i], items[i], frame);
        }
    }
}
