using System.Collections.Generic;
using System.Linq;

namespace Specializer.Generator.Kernels.Ir;

/// <summary>The parts of statements and expressions, for passes that look at all of them.</summary>
internal static class Walk
{
    /// <summary>The expressions that an expression is made of.</summary>
    public static IEnumerable<Expr> Operands(Expr expression) =>
        expression switch
        {
            Reference reference => [reference.Variable],
            Unary unary => [unary.Operand],
            Cast cast => [cast.Operand],
            Conditional choice => [choice.Condition, choice.Then, choice.Otherwise],
            ElementAt element => [element.Pointer, element.Index],
            AddressOf address => [address.Pointer, address.Index],
            Dereference value => [value.Pointer],
            NullCheck check => [check.Pointer],
            Binary binary => [binary.Left, binary.Right],
            MethodCall call => call.Arguments,
            Intrinsic operation => operation.Operands,
            _ => [],
        };

    /// <summary>The expressions that a statement evaluates itself; those in its blocks are not among them.</summary>
    public static IEnumerable<Expr> Operands(Stmt statement) =>
        statement switch
        {
            Let { Value: { } value } => [value],
            Assign { Target: Variable, Op: null } assign => [assign.Value],
            Assign { Target: Variable } assign => [assign.Target, assign.Value],
            Assign assign => Operands(assign.Target).Append(assign.Value),
            Store store => [store.Address, store.Value],
            Prefetch prefetch => [prefetch.Address],
            Copy copy => [copy.Source, copy.Destination, copy.Count],
            Fill { Value: { } value } fill => [fill.Destination, fill.Count, value],
            Fill fill => [fill.Destination, fill.Count],
            Invoke invoke => [invoke.Call],
            If choice => [choice.Condition],
            For loop => [loop.Condition],
            While loop => [loop.Condition],
            Switch choice => choice.Cases.Select(static one => (Expr)one.Value).Prepend(choice.Value),
            Jump { Value: { } value } => [value],
            _ => [],
        };

    /// <summary>The blocks inside a statement; a loop's variables and the statements between its iterations are blocks, too.</summary>
    public static IEnumerable<IReadOnlyList<Stmt>> Blocks(Stmt statement) =>
        statement switch
        {
            If { Otherwise: { } otherwise } choice => [choice.Then, otherwise],
            If choice => [choice.Then],
            For loop => [loop.Variables, loop.Body, loop.Next],
            While loop => [loop.Body],
            Scope scope => [scope.Body],
            _ => [],
        };

    /// <summary>All statements of a block and of the blocks inside it.</summary>
    public static IEnumerable<Stmt> Statements(IEnumerable<Stmt> block) =>
        block.SelectMany(static statement => Blocks(statement).SelectMany(Statements).Prepend(statement));

    /// <summary>An expression and all expressions that it is made of.</summary>
    public static IEnumerable<Expr> Expressions(Expr expression) => Operands(expression).SelectMany(Expressions).Prepend(expression);
}
