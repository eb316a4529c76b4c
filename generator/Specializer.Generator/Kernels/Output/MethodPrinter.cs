using System.Collections.Generic;
using System.Text;
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

    private readonly StringBuilder _text = writer.Text;
    private readonly ExpressionPrinter _expressions = new(writer.Text, target);

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

        writer.StartLine();
        PrintSignature(method);
        if (method.IsExpression && method.Body[0] is Jump { Value: { } value })
        {
            _text.Append(" =>");
            writer.EndLine();
            using (writer.Indented())
            {
                writer.StartLine();
                _expressions.Print(value);
                EndStatement();
            }

            return;
        }

        writer.EndLine();
        if (method.IsSharedByLayers)
        {
            using (writer.Indented())
            {
                writer.Line($"where {LayerConstants.TypeParameter} : struct, {LayerConstants.Interface}");
            }
        }

        PrintBlock(method.Body);
    }

    private void PrintSignature(KernelMethod method)
    {
        _text.Append(method.IsPublic ? "public" : "private").Append(" static ");
        _text.Append(ExpressionPrinter.TypeName(method.Returns)).Append(' ').Append(method.Name);
        if (method.IsSharedByLayers)
        {
            _text.Append('<').Append(LayerConstants.TypeParameter).Append('>');
        }

        _text.Append('(');
        string separator = "";
        foreach (Parameter parameter in method.Parameters)
        {
            _text.Append(separator).Append(parameter.IsReference ? "ref " : "");
            _text.Append(ExpressionPrinter.TypeName(parameter.Variable.Type)).Append(' ').Append(parameter.Variable.Name);
            separator = ", ";
        }

        _text.Append(')');
    }

    /// <summary>Statements in braces.</summary>
    private void PrintBlock(IReadOnlyList<Stmt> statements)
    {
        using (writer.Scope())
        {
            foreach (Stmt statement in statements)
            {
                Print(statement);
            }
        }
    }

    private void Print(Stmt statement)
    {
        switch (statement)
        {
            case If choice:
                PrintChoice(choice, isElse: false);
                break;
            case Scope scope:
                PrintBlock(scope.Body);
                break;
            case While { AtLeastOnce: true } loop:
                writer.Line("do");
                PrintBlock(loop.Body);
                writer.StartLine(continues: true);
                _text.Append("while (");
                _expressions.Print(loop.Condition);
                _text.Append(')');
                EndStatement();
                break;
            case While loop:
                writer.StartLine();
                _text.Append("while (");
                _expressions.Print(loop.Condition);
                EndHead();
                PrintBlock(loop.Body);
                break;
            case For loop:
                PrintLoop(loop);
                break;
            case Switch choice:
                PrintSwitch(choice);
                break;
            default:
                writer.StartLine();
                PrintSimple(statement);
                writer.EndLine();
                break;
        }
    }

    /// <summary>A statement without blocks.</summary>
    private void PrintSimple(Stmt statement)
    {
        switch (statement)
        {
            case Comment comment:
                _text.Append("// ").Append(comment.Text);
                return;
            case Let let:
                _text.Append(let.IsConstant ? "const " : "").Append(ExpressionPrinter.TypeName(let.Variable.Type)).Append(' ');
                PrintVariable(let);
                break;
            case Assign assign:
                PrintAssignment(assign);
                break;
            case Store store:
                _text.Append(ExpressionPrinter.VectorClass(store.Value.Type)).Append(".Store(");
                _expressions.Print(store.Value);
                _text.Append(", ");
                _expressions.Print(store.Address);
                _text.Append(')');
                break;
            case Prefetch prefetch:
                _expressions.PrintPrefetch(prefetch);
                break;
            case Copy copy:
                PrintSpan(copy.Source, copy.Count);
                _text.Append(".CopyTo(");
                PrintSpan(copy.Destination, copy.Count);
                _text.Append(')');
                break;
            case Fill fill:
                PrintSpan(fill.Destination, fill.Count);
                _text.Append(fill.Value is null ? ".Clear(" : ".Fill(");
                PrintOptional(fill.Value);
                _text.Append(')');
                break;
            case Invoke invoke:
                _expressions.Print(invoke.Call);
                break;
            case Jump jump:
                _text.Append(
                    jump.Kind switch
                    {
                        JumpKind.Continue => "continue",
                        JumpKind.Break => "break",
                        _ => jump.Value is null ? "return" : "return ",
                    }
                );
                PrintOptional(jump.Value);
                break;
        }

        _text.Append(';');
    }

    private void PrintChoice(If choice, bool isElse)
    {
        writer.StartLine(continues: isElse);
        _text.Append(isElse ? "else if (" : "if (");
        _expressions.Print(choice.Condition);
        EndHead();
        PrintBlock(choice.Then);
        if (choice.Otherwise is { Count: 1 } only && only[0] is If next)
        {
            PrintChoice(next, isElse: true);
        }
        else if (choice.Otherwise is { } otherwise)
        {
            writer.Line("else");
            PrintBlock(otherwise);
        }
    }

    private void PrintLoop(For loop)
    {
        writer.StartLine();
        _text.Append("for (");

        // The variables of a loop are all of one type.
        for (int i = 0; i < loop.Variables.Count; i++)
        {
            _text.Append(i == 0 ? ExpressionPrinter.TypeName(loop.Variables[0].Variable.Type) + " " : ", ");
            PrintVariable(loop.Variables[i]);
        }

        _text.Append("; ");
        _expressions.Print(loop.Condition);
        _text.Append("; ");
        for (int i = 0; i < loop.Next.Count; i++)
        {
            _text.Append(i == 0 ? "" : ", ");
            PrintAssignment(loop.Next[i]);
        }

        EndHead();
        PrintBlock(loop.Body);
    }

    private void PrintSwitch(Switch choice)
    {
        writer.StartLine();
        _text.Append("switch (");
        _expressions.Print(choice.Value);
        EndHead();
        using (writer.Scope())
        {
            foreach (KeyValuePair<int, MethodCall> one in choice.Cases)
            {
                writer.StartLine();
                _text.Append("case ").Append(ExpressionPrinter.Text(one.Key)).Append(": ");
                _expressions.Print(one.Value);
                _text.Append("; break");
                EndStatement();
            }
        }
    }

    private void PrintVariable(Let let)
    {
        _text.Append(let.Variable.Name).Append(let.Value is null ? "" : " = ");
        PrintOptional(let.Value);
    }

    private void PrintAssignment(Assign assign)
    {
        _expressions.Print(assign.Target);
        if (assign is { Op: BinaryOp.Add or BinaryOp.Subtract, Value: Constant { Integer: 1 } })
        {
            _text.Append(assign.Op == BinaryOp.Add ? "++" : "--");
            return;
        }

        _text.Append(' ').Append(assign.Op is { } op ? ExpressionPrinter.Sign(op) : "").Append("= ");
        _expressions.Print(assign.Value);
    }

    private void PrintSpan(Expr first, Expr count)
    {
        _text.Append("new global::System.Span<").Append(ExpressionPrinter.TypeName(first.Type.Target)).Append(">(");
        _expressions.Print(first);
        _text.Append(", ");
        _expressions.Print(count);
        _text.Append(')');
    }

    private void PrintOptional(Expr? value)
    {
        if (value is not null)
        {
            _expressions.Print(value);
        }
    }

    private void EndStatement()
    {
        _text.Append(';');
        writer.EndLine();
    }

    /// <summary>The end of the head of a block: a parenthesis closes.</summary>
    private void EndHead()
    {
        _text.Append(')');
        writer.EndLine();
    }
}
