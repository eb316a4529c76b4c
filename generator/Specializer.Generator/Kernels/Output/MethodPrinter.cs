using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Emission;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Lowering;

namespace Specializer.Generator.Kernels.Output;

/// <summary>Prints the methods of kernels as C#.</summary>
internal sealed class MethodPrinter(SourceWriter writer, InstructionSetDescription target)
{
    private const string Attribute =
        "[global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.";

    private readonly ExpressionPrinter _expressions = new(target);

    public void Print(IEnumerable<KernelMethod> methods)
    {
        foreach (KernelMethod method in methods)
        {
            Print(method);
        }
    }

    public void Print(KernelMethod method)
    {
        writer.Separate();
        if (method.Comment is not null)
        {
            writer.Line("// " + method.Comment);
        }

        if (method.Compilation != Compilation.Default)
        {
            writer.Line(Attribute + (method.Compilation == Compilation.Inlined ? "AggressiveInlining" : "AggressiveOptimization") + ")]");
        }

        string parameters = string.Join(
            ", ",
            method.Parameters.Select(parameter =>
                (parameter.IsReference ? "ref " : "") + ExpressionPrinter.TypeName(parameter.Variable.Type) + " " + parameter.Variable.Name
            )
        );
        string generic = method.IsSharedByLayers ? $"<{LayerConstants.TypeParameter}>" : "",
            constraint = method.IsSharedByLayers ? $"\n    where {LayerConstants.TypeParameter} : struct, {LayerConstants.Interface}" : "";
        string head =
            $"{(method.IsPublic ? "public" : "private")} static {ExpressionPrinter.TypeName(method.Returns)} {method.Name}{generic}({parameters}){constraint}";
        if (method.IsExpression && method.Body[0] is Jump { Value: { } value })
        {
            writer.Line(head + " =>");
            using (writer.Indented())
            {
                writer.Line(Text(value) + ";");
            }

            return;
        }

        using (writer.Braces(head))
        {
            Print(method.Body);
        }
    }

    private void Print(IReadOnlyList<Stmt> statements)
    {
        foreach (Stmt statement in statements)
        {
            Print(statement);
        }
    }

    private void Print(Stmt statement)
    {
        switch (statement)
        {
            case Comment comment:
                writer.Line("// " + comment.Text);
                break;
            case Let let:
                writer.Line((let.IsConstant ? "const " : "") + Declaration(let) + ";");
                break;
            case Assign assign:
                writer.Line(Assignment(assign) + ";");
                break;
            case Store store:
                writer.Line($"{ExpressionPrinter.VectorClass(store.Value.Type.Lanes)}.Store({Text(store.Value)}, {Text(store.Address)});");
                break;
            case Prefetch prefetch:
                writer.Line(target.Prefetch(Text(prefetch.Address), prefetch.ToFirstLevel));
                break;
            case Copy copy:
                writer.Line($"{Span(copy.Source, copy.Count)}.CopyTo({Span(copy.Destination, copy.Count)});");
                break;
            case Fill fill:
                writer.Line(Span(fill.Destination, fill.Count) + (fill.Value is null ? ".Clear();" : $".Fill({Text(fill.Value)});"));
                break;
            case Invoke invoke:
                writer.Line(Text(invoke.Call) + ";");
                break;
            case Jump jump:
                writer.Line(
                    jump.Kind switch
                    {
                        JumpKind.Continue => "continue;",
                        JumpKind.Break => "break;",
                        _ => jump.Value is null ? "return;" : $"return {Text(jump.Value)};",
                    }
                );
                break;
            default:
                PrintBlock(statement);
                break;
        }
    }

    private void PrintBlock(Stmt statement)
    {
        switch (statement)
        {
            case If choice:
                PrintChoice(choice, "if (");
                break;
            case For loop:
                using (
                    writer.Braces(
                        $"for ({Variables(loop.Variables)}; {Text(loop.Condition)}; {string.Join(", ", loop.Next.Select(Assignment))})"
                    )
                )
                {
                    Print(loop.Body);
                }

                break;
            case While { AtLeastOnce: false } loop:
                using (writer.Braces($"while ({Text(loop.Condition)})"))
                {
                    Print(loop.Body);
                }

                break;
            case While loop:
                writer.Line("do");
                writer.Line("{");
                using (writer.Indented())
                {
                    Print(loop.Body);
                }

                writer.Line("}");
                writer.Line($"while ({Text(loop.Condition)});");
                break;
            case Scope scope:
                using (writer.Scope())
                {
                    Print(scope.Body);
                }

                break;
            case Switch choice:
                using (writer.Braces($"switch ({Text(choice.Value)})"))
                {
                    foreach (KeyValuePair<int, MethodCall> one in choice.Cases)
                    {
                        writer.Line($"case {ExpressionPrinter.Text(one.Key)}: {Text(one.Value)}; break;");
                    }
                }

                break;
        }
    }

    private void PrintChoice(If choice, string head)
    {
        using (writer.Braces(head + Text(choice.Condition) + ")"))
        {
            Print(choice.Then);
        }

        if (choice.Otherwise is { Count: 1 } only && only[0] is If next)
        {
            PrintChoice(next, "else if (");
        }
        else if (choice.Otherwise is { } otherwise)
        {
            using (writer.Braces("else"))
            {
                Print(otherwise);
            }
        }
    }

    /// <summary>The variables of a loop, which are all of one type.</summary>
    private string Variables(IReadOnlyList<Let> variables) =>
        variables.Count == 0
            ? ""
            : ExpressionPrinter.TypeName(variables[0].Variable.Type)
                + " "
                + string.Join(", ", variables.Select(let => let.Variable.Name + (let.Value is null ? "" : " = " + Text(let.Value))));

    private string Declaration(Let let) =>
        $"{ExpressionPrinter.TypeName(let.Variable.Type)} {let.Variable.Name}{(let.Value is null ? "" : " = " + Text(let.Value))}";

    private string Assignment(Assign assign) =>
        assign switch
        {
            { Op: BinaryOp.Add, Value: Constant { Integer: 1 } } => Text(assign.Target) + "++",
            { Op: BinaryOp.Subtract, Value: Constant { Integer: 1 } } => Text(assign.Target) + "--",
            { Op: { } op } => $"{Text(assign.Target)} {ExpressionPrinter.Sign(op)}= {Text(assign.Value)}",
            _ => $"{Text(assign.Target)} = {Text(assign.Value)}",
        };

    private string Span(Expr first, Expr count) =>
        $"new global::System.Span<{ExpressionPrinter.TypeName(first.Type.Target)}>({Text(first)}, {Text(count)})";

    private string Text(Expr expression) => _expressions.Print(expression);
}
