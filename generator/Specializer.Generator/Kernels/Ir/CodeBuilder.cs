using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Generator.Kernels.Ir;

/// <summary>Builds the statements of a method, block by block.</summary>
internal class CodeBuilder
{
    private readonly List<Parameter> _parameters = [];
    private List<Stmt> _statements = [];

    /// <summary>Adds a parameter.</summary>
    public Variable Parameter(string name, DataType type, bool isReference = false)
    {
        var variable = new Variable(type, name);
        _parameters.Add(new Parameter(variable, isReference));
        return variable;
    }

    public Variable Pointer(string name) => Parameter(name, DataType.Float.Pointer);

    public Variable Int(string name) => Parameter(name, DataType.Int);

    /// <summary>The method with the parameters and statements so far.</summary>
    public KernelMethod Method(
        string name,
        DataType? returns = null,
        Compilation compilation = Compilation.Default,
        string? comment = null,
        bool isPublic = false,
        bool isSharedByLayers = false,
        bool isExpression = false
    ) =>
        new(name, returns ?? DataType.Void, _parameters, _statements)
        {
            Compilation = compilation,
            Comment = comment,
            IsPublic = isPublic,
            IsSharedByLayers = isSharedByLayers,
            IsExpression = isExpression,
        };

    public void Comment(string text) => _statements.Add(new Comment(text));

    /// <summary>Declares a variable.</summary>
    public Variable Let(string name, Expr value) => Let(name, value.Type, value);

    /// <summary>Declares a variable of a type to which the value is converted implicitly.</summary>
    public Variable Let(string name, DataType type, Expr value)
    {
        var variable = new Variable(type, name);
        _statements.Add(new Let(variable, value));
        return variable;
    }

    /// <summary>Declares a variable that others refer to already.</summary>
    public void Declare(Variable variable, Expr value) => _statements.Add(new Let(variable, value));

    /// <summary>Declares a named number.</summary>
    public Variable Const(string name, int value)
    {
        var variable = new Variable(DataType.Int, name);
        _statements.Add(new Let(variable, value, isConstant: true));
        return variable;
    }

    /// <summary>Declares memory on the stack for so many floats.</summary>
    public Variable StackFloats(string name, int count) => Let(name, new StackMemory(DataType.Float, count));

    public void Set(Expr target, Expr value) => _statements.Add(new Assign(target, value));

    /// <summary>target += value.</summary>
    public void Add(Expr target, Expr value) => _statements.Add(new Assign(target, value, BinaryOp.Add));

    /// <summary>target -= value.</summary>
    public void Subtract(Expr target, Expr value) => _statements.Add(new Assign(target, value, BinaryOp.Subtract));

    public void Store(Expr value, Expr address) => _statements.Add(new Store(value, address));

    public void Prefetch(Expr address, bool toFirstLevel) => _statements.Add(new Prefetch(address, toFirstLevel));

    public void Copy(Expr source, Expr destination, Expr count) => _statements.Add(new Copy(source, destination, count));

    public void Clear(Expr destination, Expr count) => _statements.Add(new Fill(destination, count, null));

    public void Fill(Expr destination, Expr count, Expr value) => _statements.Add(new Fill(destination, count, value));

    public void Call(string method, params Expr[] arguments) => Call(new MethodCall(DataType.Void, method, null, arguments));

    public void Call(MethodCall call) => _statements.Add(new Invoke(call));

    public void Switch(Expr value, IEnumerable<KeyValuePair<int, MethodCall>> cases) => _statements.Add(new Switch(value, [.. cases]));

    public void Return(Expr? value = null) => _statements.Add(new Jump(JumpKind.Return, value));

    public void Continue() => _statements.Add(new Jump(JumpKind.Continue));

    public void Break() => _statements.Add(new Jump(JumpKind.Break));

    public void If(Expr condition, Action then, Action? otherwise = null) =>
        _statements.Add(new If(condition, Block(then), otherwise is null ? null : Block(otherwise)));

    public void Scope(Action body) => _statements.Add(new Scope(Block(body)));

    public void While(Expr condition, Action body) => _statements.Add(new While(condition, Block(body), atLeastOnce: false));

    public void DoWhile(Action body, Func<Expr> condition)
    {
        IReadOnlyList<Stmt> statements = Block(body);
        _statements.Add(new While(condition(), statements, atLeastOnce: true));
    }

    /// <summary>for (type name = from; name &lt; to; name += step), over native integers, which index memory without a conversion.</summary>
    public void For(string name, Expr from, Expr to, Expr step, Action<Variable> body) => For(name, DataType.NInt, from, to, step, body);

    /// <summary>for (type name = from; name &lt; to; name += step).</summary>
    public void For(string name, DataType type, Expr from, Expr to, Expr step, Action<Variable> body)
    {
        var variable = new Variable(type, name);
        _statements.Add(new For([new Let(variable, from)], variable < to, [Step(variable, step)], Block(() => body(variable))));
    }

    /// <summary>for (int name = 0; name &lt; count; name++).</summary>
    public void Each(string name, Expr count, Action<Variable> body) => For(name, DataType.Int, 0, count, 1, body);

    /// <summary>A loop in its general form; its variables are those that <paramref name="variables"/> declares.</summary>
    public void Loop(IEnumerable<Let> variables, Expr condition, IEnumerable<Assign> next, Action body) =>
        _statements.Add(new For([.. variables], condition, [.. next], Block(body)));

    /// <summary>variable += step, between two iterations of a loop.</summary>
    public static Assign Step(Expr variable, Expr step) => new(variable, step, BinaryOp.Add);

    private List<Stmt> Block(Action body)
    {
        List<Stmt> outer = _statements;
        _statements = [];
        body();
        List<Stmt> inner = _statements;
        _statements = outer;
        return inner;
    }
}
