using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Kernels.Ir;

namespace Specializer.Generator.Tests.Interpretation;

/// <summary>How a statement ended.</summary>
internal enum Flow
{
    Next,
    Continue,
    Break,
    Return,
}

/// <summary>A method whose statements are delegates.</summary>
internal sealed class CompiledMethod
{
    private readonly Slots _slots = new();
    private readonly KernelMemory _memory;
    private readonly ExpressionCompiler _expressions;

    public CompiledMethod(KernelMethod method, KernelMemory memory, KernelInterpreter program)
    {
        Name = method.Name;
        _memory = memory;
        _expressions = new ExpressionCompiler(_slots, memory, program);
        Parameters = [.. method.Parameters.Select(parameter => _slots.Of(parameter.Variable))];
        References =
        [
            .. method.Parameters.Where(static parameter => parameter.IsReference).Select(parameter => _slots.Of(parameter.Variable)),
        ];
        Func<Frame, Frame, Flow> body = Block(method.Body);
        Body = (frame, result) => body(frame, result);
    }

    public string Name { get; }

    public int[] Parameters { get; }

    public int[] References { get; }

    public int SlotCount => _slots.Count;

    public Action<Frame, Frame> Body { get; }

    private Func<Frame, Frame, Flow> Block(IReadOnlyList<Stmt> statements)
    {
        Func<Frame, Frame, Flow>[] compiled =
        [
            .. statements.Where(static statement => statement is not (Comment or Prefetch)).Select(Statement),
        ];
        return (frame, result) =>
        {
            foreach (Func<Frame, Frame, Flow> statement in compiled)
            {
                if (statement(frame, result) is var flow and not Flow.Next)
                {
                    return flow;
                }
            }

            return Flow.Next;
        };
    }

    private Func<Frame, Frame, Flow> Statement(Stmt statement) =>
        statement switch
        {
            Let { Value: { } value } let => Do(Assignment(let.Variable, value, null)),
            Let let => Do(_ => _slots.Of(let.Variable)),
            Assign assign => Do(Assignment(assign.Target, assign.Value, assign.Op)),
            Store store => Do(Stored(store)),
            Copy copy => Do(Copied(copy)),
            Fill fill => Do(Filled(fill)),
            Invoke invoke => Invoked(invoke),
            If choice => Choice(choice),
            For loop => Loop(loop),
            While loop => Loop(loop),
            Scope scope => Block(scope.Body),
            Switch choice => Choice(choice),
            Jump jump => Jumped(jump),
            _ => throw new NotSupportedException(statement.GetType().Name),
        };

    private static Func<Frame, Frame, Flow> Do(Action<Frame> action) =>
        (frame, _) =>
        {
            action(frame);
            return Flow.Next;
        };

    private Action<Frame> Assignment(Expr target, Expr value, BinaryOp? op)
    {
        if (op is { } compound)
        {
            value = Binary.Of(compound, target, value);
        }

        if (target is Variable variable)
        {
            int slot = _slots.Of(variable);
            bool number = variable.Type is { Element: Element.Float or Element.Double, Lanes: 1, IsPointer: false };
            if (number)
            {
                Func<Frame, double> converted = _expressions.Number(value);
                return frame => frame.Numbers[slot] = converted(frame);
            }

            Action<Frame, Frame, int> assign = _expressions.Argument(value);
            return frame => assign(frame, frame, slot);
        }

        Expr address = target is ElementAt element ? element.Pointer.At(element.Index) : ((Dereference)target).Pointer;
        Func<Frame, long> at = _expressions.Integer(address);
        if (target.Type.Element == Element.Float)
        {
            Func<Frame, double> stored = _expressions.Number(value);
            return frame => _memory.At(at(frame), 1)[0] = BitConverter.SingleToUInt32Bits((float)stored(frame));
        }

        Func<Frame, long> integer = _expressions.Integer(value);
        return frame => _memory.At(at(frame), 1)[0] = (uint)integer(frame);
    }

    private Action<Frame> Stored(Store store)
    {
        Func<Frame, uint[]> value = _expressions.Vector(store.Value);
        Func<Frame, long> address = _expressions.Integer(store.Address);
        return frame =>
        {
            uint[] lanes = value(frame);
            lanes.CopyTo(_memory.At(address(frame), lanes.Length));
        };
    }

    private Action<Frame> Copied(Copy copy)
    {
        Func<Frame, long> source = _expressions.Integer(copy.Source),
            destination = _expressions.Integer(copy.Destination),
            count = _expressions.Integer(copy.Count);
        return frame => _memory.At(source(frame), count(frame)).ToArray().CopyTo(_memory.At(destination(frame), count(frame)));
    }

    private Action<Frame> Filled(Fill fill)
    {
        Func<Frame, long> destination = _expressions.Integer(fill.Destination),
            count = _expressions.Integer(fill.Count);
        Func<Frame, double> value = fill.Value is null ? static _ => 0 : _expressions.Number(fill.Value);
        return frame =>
        {
            if (count(frame) > 0)
            {
                _memory.At(destination(frame), count(frame)).Fill(BitConverter.SingleToUInt32Bits((float)value(frame)));
            }
        };
    }

    private Func<Frame, Frame, Flow> Invoked(Invoke invoke)
    {
        Action<Frame, Frame> call = _expressions.Call(invoke.Call);
        var ignored = new Frame(1, null);
        return Do(frame => call(frame, ignored));
    }

    private Func<Frame, Frame, Flow> Choice(If choice)
    {
        Func<Frame, long> condition = _expressions.Integer(choice.Condition);
        Func<Frame, Frame, Flow> then = Block(choice.Then),
            otherwise = Block(choice.Otherwise ?? []);
        return (frame, result) => condition(frame) != 0 ? then(frame, result) : otherwise(frame, result);
    }

    private Func<Frame, Frame, Flow> Choice(Switch choice)
    {
        Func<Frame, long> value = _expressions.Integer(choice.Value);
        var cases = choice.Cases.ToDictionary(static one => (long)one.Key, one => _expressions.Call(one.Value));
        var ignored = new Frame(1, null);
        return Do(frame =>
        {
            if (cases.TryGetValue(value(frame), out Action<Frame, Frame>? call))
            {
                call(frame, ignored);
            }
        });
    }

    private Func<Frame, Frame, Flow> Loop(For loop)
    {
        Func<Frame, Frame, Flow>[] first = [.. loop.Variables.Select(Statement)],
            next = [.. loop.Next.Select(Statement)];
        Func<Frame, long> condition = _expressions.Integer(loop.Condition);
        Func<Frame, Frame, Flow> body = Block(loop.Body);
        return (frame, result) =>
        {
            foreach (Func<Frame, Frame, Flow> let in first)
            {
                let(frame, result);
            }

            while (condition(frame) != 0)
            {
                Flow flow = body(frame, result);
                if (flow == Flow.Return)
                {
                    return flow;
                }

                if (flow == Flow.Break)
                {
                    break;
                }

                foreach (Func<Frame, Frame, Flow> step in next)
                {
                    step(frame, result);
                }
            }

            return Flow.Next;
        };
    }

    private Func<Frame, Frame, Flow> Loop(While loop)
    {
        Func<Frame, long> condition = _expressions.Integer(loop.Condition);
        Func<Frame, Frame, Flow> body = Block(loop.Body);
        return (frame, result) =>
        {
            bool once = loop.AtLeastOnce;
            while (once || condition(frame) != 0)
            {
                once = false;
                Flow flow = body(frame, result);
                if (flow == Flow.Return)
                {
                    return flow;
                }

                if (flow == Flow.Break)
                {
                    break;
                }
            }

            return Flow.Next;
        };
    }

    private Func<Frame, Frame, Flow> Jumped(Jump jump)
    {
        if (jump.Kind != JumpKind.Return)
        {
            Flow flow = jump.Kind == JumpKind.Continue ? Flow.Continue : Flow.Break;
            return (_, _) => flow;
        }

        if (jump.Value is null)
        {
            return static (_, _) => Flow.Return;
        }

        Action<Frame, Frame, int> value = _expressions.Argument(jump.Value);
        return (frame, result) =>
        {
            value(frame, result, 0);
            return Flow.Return;
        };
    }
}
