using System.Collections.Generic;

namespace Specializer.Generator.Kernels.Ir;

/// <summary>A statement of a kernel.</summary>
internal abstract class Stmt;

/// <summary>A remark that is printed before the next statement.</summary>
internal sealed class Comment(string text) : Stmt
{
    public string Text { get; } = text;
}

/// <summary>The declaration of a local variable.</summary>
/// <param name="variable">The variable.</param>
/// <param name="value">Its first value; null where it is assigned later.</param>
/// <param name="isConstant">Whether it is a constant.</param>
internal sealed class Let(Variable variable, Expr? value, bool isConstant = false) : Stmt
{
    public Variable Variable { get; } = variable;

    public Expr? Value { get; } = value;

    public bool IsConstant { get; } = isConstant;
}

/// <summary>An assignment to a variable or to an element.</summary>
/// <param name="target">The variable or element.</param>
/// <param name="value">The value.</param>
/// <param name="op">The operator of a compound assignment, or null.</param>
internal sealed class Assign(Expr target, Expr value, BinaryOp? op = null) : Stmt
{
    public Expr Target { get; } = target;

    public Expr Value { get; } = value;

    public BinaryOp? Op { get; } = op;
}

/// <summary>Stores a vector.</summary>
internal sealed class Store(Expr value, Expr address) : Stmt
{
    public Expr Value { get; } = value;

    public Expr Address { get; } = address;
}

/// <summary>Prefetches a cache line.</summary>
/// <param name="address">An address in the line.</param>
/// <param name="toFirstLevel">Whether the line is fetched into the first-level cache instead of the second.</param>
internal sealed class Prefetch(Expr address, bool toFirstLevel) : Stmt
{
    public Expr Address { get; } = address;

    public bool ToFirstLevel { get; } = toFirstLevel;
}

/// <summary>Copies elements.</summary>
internal sealed class Copy(Expr source, Expr destination, Expr count) : Stmt
{
    public Expr Source { get; } = source;

    public Expr Destination { get; } = destination;

    public Expr Count { get; } = count;
}

/// <summary>Sets elements to one value, or to zero.</summary>
/// <param name="destination">The first element.</param>
/// <param name="count">The number of elements.</param>
/// <param name="value">The value; null for zero.</param>
internal sealed class Fill(Expr destination, Expr count, Expr? value) : Stmt
{
    public Expr Destination { get; } = destination;

    public Expr Count { get; } = count;

    public Expr? Value { get; } = value;
}

/// <summary>A call whose result, if any, is not used.</summary>
internal sealed class Invoke(MethodCall call) : Stmt
{
    public MethodCall Call { get; } = call;
}

/// <summary>A choice between two sequences of statements.</summary>
internal sealed class If(Expr condition, IReadOnlyList<Stmt> then, IReadOnlyList<Stmt>? otherwise = null) : Stmt
{
    public Expr Condition { get; } = condition;

    public IReadOnlyList<Stmt> Then { get; } = then;

    public IReadOnlyList<Stmt>? Otherwise { get; } = otherwise;
}

/// <summary>A loop with variables of its own, a condition, and statements between its iterations.</summary>
internal sealed class For(IReadOnlyList<Let> variables, Expr condition, IReadOnlyList<Assign> next, IReadOnlyList<Stmt> body) : Stmt
{
    public IReadOnlyList<Let> Variables { get; } = variables;

    public Expr Condition { get; } = condition;

    public IReadOnlyList<Assign> Next { get; } = next;

    public IReadOnlyList<Stmt> Body { get; } = body;
}

/// <summary>A loop with a condition before or after each iteration.</summary>
internal sealed class While(Expr condition, IReadOnlyList<Stmt> body, bool atLeastOnce) : Stmt
{
    public Expr Condition { get; } = condition;

    public IReadOnlyList<Stmt> Body { get; } = body;

    public bool AtLeastOnce { get; } = atLeastOnce;
}

/// <summary>A scope for names of its own.</summary>
internal sealed class Scope(IReadOnlyList<Stmt> body) : Stmt
{
    public IReadOnlyList<Stmt> Body { get; } = body;
}

/// <summary>One call for each of some values.</summary>
internal sealed class Switch(Expr value, IReadOnlyList<KeyValuePair<int, MethodCall>> cases) : Stmt
{
    public Expr Value { get; } = value;

    public IReadOnlyList<KeyValuePair<int, MethodCall>> Cases { get; } = cases;
}

/// <summary>Leaves a method, an iteration of a loop, or a loop.</summary>
internal sealed class Jump(JumpKind kind, Expr? value = null) : Stmt
{
    public JumpKind Kind { get; } = kind;

    public Expr? Value { get; } = value;
}

internal enum JumpKind
{
    Return,
    Continue,
    Break,
}
