using System.Collections.Generic;

namespace Specializer.Text.Templates;

/// <summary>Arithmetic of two operands.</summary>
internal enum BinaryOperator
{
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Modulo,
    Power,
}

/// <summary>Comparison of two operands.</summary>
internal enum ComparisonOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
}

/// <summary>A variable of a function (the template, a macro, a call block): a slot of its frame.</summary>
internal sealed record Variable(string Name, int Function, int Slot);

/// <summary>The initialization of a variable when its scope is entered.</summary>
/// <param name="Target">The variable.</param>
/// <param name="Source">The outer variable whose value it copies; null if it comes from the context or is undefined at first.</param>
/// <param name="FromContext">Whether it comes from the variables of the caller, or from the globals.</param>
internal sealed record Load(Variable Target, Variable? Source, bool FromContext);

/// <summary>The initializations on entry of a scope; its binder adds them.</summary>
internal sealed class Scope
{
    public IReadOnlyList<Load> Loads { get; set; } = [];
}

/// <summary>The frame of a function: its number of slots and its nesting depth.</summary>
internal sealed class Function
{
    public int Depth { get; init; }

    public int Slots { get; set; }
}

/// <summary>An expression; <c>Position</c> is its index in the template.</summary>
internal abstract record Expression(int Position)
{
    /// <summary>The number of expression levels, including itself.</summary>
    public int Height { get; set; } = 1;
}

internal sealed record ConstantExpression(int Position, Value Value) : Expression(Position);

internal sealed record NameExpression(int Position, string Name) : Expression(Position)
{
    /// <summary>The variable; the binder sets it.</summary>
    public Variable? Variable { get; set; }
}

internal sealed record ItemsExpression(int Position, IReadOnlyList<Expression> Items, bool IsTuple) : Expression(Position);

internal sealed record DictExpression(int Position, IReadOnlyList<(Expression Key, Expression Value)> Pairs) : Expression(Position);

internal sealed record UnaryExpression(int Position, bool IsNegative, Expression Operand) : Expression(Position);

internal sealed record BinaryExpression(int Position, BinaryOperator Operator, Expression Left, Expression Right) : Expression(Position);

internal sealed record ConcatenationExpression(int Position, IReadOnlyList<Expression> Parts) : Expression(Position);

internal sealed record ComparisonExpression(
    int Position,
    Expression First,
    IReadOnlyList<(ComparisonOperator Operator, Expression Operand)> Rest
) : Expression(Position);

internal sealed record NotExpression(int Position, Expression Operand) : Expression(Position);

internal sealed record LogicalExpression(int Position, bool IsAnd, Expression Left, Expression Right) : Expression(Position);

internal sealed record ConditionalExpression(int Position, Expression Test, Expression Then, Expression? Otherwise) : Expression(Position);

internal sealed record AttributeExpression(int Position, Expression Target, string Name) : Expression(Position);

internal sealed record ItemExpression(int Position, Expression Target, Expression Key) : Expression(Position);

internal sealed record SliceExpression(int Position, Expression? Start, Expression? Stop, Expression? Step) : Expression(Position);

/// <summary>The arguments of a call, filter or test as written.</summary>
internal sealed record CallArguments(
    IReadOnlyList<Expression> Positional,
    IReadOnlyList<(string Name, Expression Value)> Named,
    Expression? Spread,
    Expression? NamedSpread
)
{
    public static CallArguments None { get; } = new([], [], null, null);
}

internal sealed record CallExpression(int Position, Expression Target, CallArguments Arguments) : Expression(Position);

/// <summary>A filter; without an operand it applies to the text of its block.</summary>
internal sealed record FilterExpression(int Position, Expression? Operand, string Name, CallArguments Arguments) : Expression(Position);

internal sealed record TestExpression(int Position, Expression Operand, string Name, CallArguments Arguments) : Expression(Position);

/// <summary>The target of an assignment: a name, an attribute of a namespace, or a tuple of targets.</summary>
internal abstract record Target(int Position);

internal sealed record NameTarget(int Position, string Name) : Target(Position)
{
    /// <summary>The variable; the binder sets it.</summary>
    public Variable? Variable { get; set; }
}

internal sealed record NamespaceTarget(int Position, NameExpression Namespace, string Attribute) : Target(Position);

internal sealed record TupleTarget(int Position, IReadOnlyList<Target> Items) : Target(Position);

/// <summary>A statement; <c>Position</c> is its index in the template.</summary>
internal abstract record Statement(int Position);

internal sealed record TextStatement(int Position, TextValue Text) : Statement(Position);

internal sealed record PrintStatement(int Position, Expression Value) : Statement(Position);

internal sealed record IfStatement(
    int Position,
    IReadOnlyList<(Expression Test, IReadOnlyList<Statement> Body)> Branches,
    IReadOnlyList<Statement> Otherwise
) : Statement(Position);

internal sealed record ForStatement(
    int Position,
    Target Target,
    Expression Source,
    Expression? Test,
    IReadOnlyList<Statement> Body,
    IReadOnlyList<Statement> Otherwise
) : Statement(Position)
{
    /// <summary>The target in the scope of the test, which has variables of its own.</summary>
    public Target? TestTarget { get; set; }

    /// <summary>The variable <c>loop</c>; the binder sets it.</summary>
    public Variable? Loop { get; set; }

    public Scope BodyScope { get; } = new();

    public Scope TestScope { get; } = new();

    public Scope OtherwiseScope { get; } = new();
}

internal sealed record BreakStatement(int Position) : Statement(Position);

internal sealed record ContinueStatement(int Position) : Statement(Position);

internal sealed record SetStatement(int Position, Target Target, Expression Value) : Statement(Position);

internal sealed record SetBlockStatement(int Position, Target Target, FilterExpression? Filter, IReadOnlyList<Statement> Body)
    : Statement(Position)
{
    public Scope Scope { get; } = new();
}

internal sealed record FilterBlockStatement(int Position, FilterExpression Filter, IReadOnlyList<Statement> Body) : Statement(Position)
{
    public Scope Scope { get; } = new();
}

internal sealed record WithStatement(int Position, IReadOnlyList<(Target Target, Expression Value)> Bindings, IReadOnlyList<Statement> Body)
    : Statement(Position)
{
    public Scope Scope { get; } = new();
}

internal sealed record GenerationStatement(int Position, IReadOnlyList<Statement> Body) : Statement(Position)
{
    public Scope Scope { get; } = new();
}

/// <summary>A parameter of a macro or call block.</summary>
internal sealed record Parameter(int Position, string Name, Expression? Default)
{
    /// <summary>The variable; the binder sets it.</summary>
    public Variable? Variable { get; set; }
}

/// <summary>The function of a macro, or of a call block, whose name is null.</summary>
internal sealed record MacroFunction(string? Name, IReadOnlyList<Parameter> Parameters, IReadOnlyList<Statement> Body)
{
    public Function Function { get; set; } = new();

    public Scope Scope { get; } = new();

    /// <summary>The variable for a name that is used without being a parameter; null if the body does not use it.</summary>
    public Variable? Caller { get; set; }

    public Variable? NamedArguments { get; set; }

    public Variable? FurtherArguments { get; set; }
}

internal sealed record MacroStatement(int Position, NameTarget Target, MacroFunction Macro) : Statement(Position);

internal sealed record CallBlockStatement(int Position, MacroFunction Block, CallExpression Call) : Statement(Position);

/// <summary>A parsed template with bound names.</summary>
internal sealed record TemplateNode(IReadOnlyList<Statement> Body, Function Function, Scope Scope);
