using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;

namespace Specializer.Generator.Kernels.Output;

/// <summary>Prints the expressions of kernels as C#, in parentheses where their meaning needs them or a reader would wonder.</summary>
/// <param name="text">The text to which everything is appended: strings of parts would take most of the generator's time.</param>
/// <param name="target">The target.</param>
internal sealed class ExpressionPrinter(StringBuilder text, InstructionSetDescription target)
{
    // From the loosest on: what is to the left of ? : binds least, a name or a call most.
    private const int Loosest = 0;
    private const int Condition = 1;
    private const int Prefix = 20;
    private const int Primary = 21;

    private readonly CallFormat?[] _formats = new CallFormat?[Enum.GetValues(typeof(IntrinsicOp)).Length];
    private CallFormat? _narrowMultiplyAdd;
    private CallFormat? _prefetch;
    private CallFormat? _prefetchToFirstLevel;

    private static readonly string[] s_numbers =
    [
        .. Enumerable.Range(0, 256).Select(static number => number.ToString(CultureInfo.InvariantCulture)),
    ];

    public static string TypeName(DataType type)
    {
        string element = type.Element switch
        {
            Element.Void => "void",
            Element.Bool => "bool",
            Element.SByte => "sbyte",
            Element.Short => "short",
            Element.Int => "int",
            Element.NInt => "nint",
            Element.UInt => "uint",
            Element.Double => "double",
            _ => "float",
        };
        return (type.Lanes == 1 ? element : VectorClass(type) + "<" + element + ">") + (type.IsPointer ? "*" : "");
    }

    /// <summary>The class with the operations on vectors of a type.</summary>
    public static string VectorClass(DataType type) =>
        type.Words switch
        {
            4 => "Vector128",
            8 => "Vector256",
            16 => "Vector512",
            _ => throw new NotSupportedException(type.ToString()),
        };

    public static string Sign(BinaryOp op) =>
        op switch
        {
            BinaryOp.Multiply => "*",
            BinaryOp.Divide => "/",
            BinaryOp.Remainder => "%",
            BinaryOp.Add => "+",
            BinaryOp.Subtract => "-",
            BinaryOp.ShiftLeft => "<<",
            BinaryOp.ShiftRight => ">>",
            BinaryOp.Less => "<",
            BinaryOp.Greater => ">",
            BinaryOp.LessOrEqual => "<=",
            BinaryOp.GreaterOrEqual => ">=",
            BinaryOp.Equal => "==",
            BinaryOp.NotEqual => "!=",
            BinaryOp.And => "&",
            BinaryOp.Or => "|",
            BinaryOp.AndAlso => "&&",
            _ => "||",
        };

    public static string Text(int number) =>
        number >= 0 && number < s_numbers.Length ? s_numbers[number] : number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Prints an expression.</summary>
    public void Print(Expr expression)
    {
        if (expression is Variable variable)
        {
            text.Append(variable.Name);
        }
        else
        {
            PrintBare(expression);
        }
    }

    /// <summary>Prints a prefetch of the line at an address.</summary>
    public void PrintPrefetch(Prefetch prefetch) =>
        Print(prefetch.ToFirstLevel ? (_prefetchToFirstLevel ??= Prefetch(true)) : (_prefetch ??= Prefetch(false)), [prefetch.Address]);

    private CallFormat Prefetch(bool toFirstLevel) => new(target.PrefetchSpelling(toFirstLevel));

    private void Print(CallFormat format, IReadOnlyList<Expr> operands, IReadOnlyList<int>? numbers = null)
    {
        foreach ((string before, int index) in format.Parts)
        {
            text.Append(before);
            if (index < operands.Count)
            {
                Print(operands[index]);
            }
            else
            {
                text.Append(Text(numbers![index - operands.Count]));
            }
        }

        text.Append(format.End);
    }

    private void Print(Expr expression, int around)
    {
        if (expression is Variable variable)
        {
            text.Append(variable.Name);
        }
        else if (Binding(expression) < around)
        {
            text.Append('(');
            PrintBare(expression);
            text.Append(')');
        }
        else
        {
            PrintBare(expression);
        }
    }

    private void PrintBare(Expr expression)
    {
        switch (expression)
        {
            // The most frequent first.
            case Intrinsic operation:
                PrintOperation(operation);
                break;
            case Constant { Type: { IsVector: true } type } constant:
                text.Append(VectorClass(type)).Append(".Create(").Append(constant.Text).Append(')');
                break;
            case Constant constant:
                text.Append(constant.Text);
                break;
            case Variable variable:
                text.Append(variable.Name);
                break;
            case Reference reference:
                text.Append("ref ").Append(reference.Variable.Name);
                break;
            case LayerConstant constant:
                text.Append("TLayer.").Append(constant.Name);
                break;
            case Binary binary:
                PrintBinary(binary);
                break;
            case ElementAt element:
                PrintElement(element.Pointer, element.Index);
                break;
            case AddressOf address:
                text.Append('&');
                PrintElement(address.Pointer, address.Index);
                break;
            case Dereference value:
                text.Append('*');
                Print(value.Pointer, Prefix);
                break;
            case NullCheck check:
                Print(check.Pointer, Primary);
                text.Append(" is null");
                break;
            case StackMemory memory:
                text.Append("stackalloc ").Append(TypeName(memory.Type.Target)).Append('[').Append(Text(memory.Count)).Append(']');
                break;
            case Unary unary:
                text.Append(Sign(unary.Op));
                Print(unary.Operand, Prefix);
                break;
            case Cast cast:
                text.Append('(').Append(TypeName(cast.Type)).Append(')');
                Print(cast.Operand, Prefix);
                break;
            case Conditional choice:
                Print(choice.Condition, Condition + 1);
                text.Append(" ? ");
                Print(choice.Then, Condition + 1);
                text.Append(" : ");
                Print(choice.Otherwise, Condition);
                break;
            case MethodCall call:
                text.Append(call.Method);
                if (call.Layer is not null)
                {
                    text.Append('<').Append(call.Layer).Append('>');
                }

                PrintArguments(call.Arguments);
                break;
            default:
                throw new NotSupportedException(expression.GetType().Name);
        }
    }

    private void PrintElement(Expr pointer, Expr index)
    {
        Print(pointer, Primary);
        text.Append('[');
        Print(index);
        text.Append(']');
    }

    private void PrintBinary(Binary binary)
    {
        int own = Precedence(binary.Op);
        Print(binary.Left, Around(binary.Left, own));
        text.Append(' ').Append(Sign(binary.Op)).Append(' ');
        Print(binary.Right, Around(binary.Right, own + 1));

        // An operator inside another one of a different kind is put in parentheses, whether or not it binds closer.
        int Around(Expr operand, int least) =>
            operand is Binary inner && Precedence(inner.Op) != own && !(IsLogical(binary.Op) && !IsLogical(inner.Op)) ? Prefix : least;
    }

    private void PrintOperation(Intrinsic operation)
    {
        IReadOnlyList<Expr> operands = operation.Operands;
        if (operation.Op.VectorFunction() is { } function)
        {
            text.Append(VectorClass(operation.Type.Lanes > 1 ? operation.Type : operands[0].Type)).Append('.').Append(function);
            if (
                operation.Op == IntrinsicOp.Broadcast
                && operation.Type.Element == Element.Float
                && operands[0].Type.Element == Element.Float
            )
            {
                // The type is written although the compiler would find it: that spares it a choice among thirty methods.
                text.Append("<float>");
            }

            PrintArguments(operands);
        }
        else if (operation.Op.VectorMember() is { } member)
        {
            Print(operands[0], Primary);
            text.Append('.').Append(member).Append("()");
        }
        else
        {
            PrintOther(operation);
        }
    }

    private void PrintOther(Intrinsic operation)
    {
        switch (operation.Op)
        {
            case IntrinsicOp.Zero:
                text.Append(TypeName(operation.Type)).Append(".Zero");
                break;
            case IntrinsicOp.Indices:
                text.Append(TypeName(operation.Type)).Append(".Indices");
                break;
            case IntrinsicOp.Lanes:
                PrintLanes(operation);
                break;
            case IntrinsicOp.ShiftLanesLeft:
                text.Append(VectorClass(operation.Type)).Append(".ShiftLeft(");
                Print(operation.Operands[0]);
                text.Append(", ").Append(Text(operation.Immediates[0])).Append(')');
                break;
            case IntrinsicOp.Shuffle:
                text.Append(VectorClass(operation.Type)).Append(".Shuffle(");
                Print(operation.Operands[0]);
                text.Append(", ");
                PrintLanes(operation);
                text.Append(')');
                break;
            case IntrinsicOp.HalfBitsToFloat:
                text.Append("(float)global::System.BitConverter.UInt16BitsToHalf((ushort)");
                Print(operation.Operands[0], Prefix);
                text.Append(')');
                break;
            default:
                if (operation.Op == IntrinsicOp.MultiplyAdd && operation.Type.Lanes < target.Lanes)
                {
                    Print(_narrowMultiplyAdd ??= new(target.NarrowSpelling(operation.Op)), operation.Operands, operation.Immediates);
                    break;
                }

                CallFormat format = _formats[(int)operation.Op] ??= new(operation.Op.ScalarFunction() ?? target.Spelling(operation.Op));
                Print(format, operation.Operands, operation.Immediates);
                break;
        }
    }

    private void PrintLanes(Intrinsic operation) =>
        text.Append(VectorClass(operation.Type))
            .Append(".Create(")
            .Append(string.Join(", ", operation.Immediates.Select(Text)))
            .Append(')');

    private void PrintArguments(IReadOnlyList<Expr> arguments)
    {
        text.Append('(');
        for (int i = 0; i < arguments.Count; i++)
        {
            if (i > 0)
            {
                text.Append(", ");
            }

            Print(arguments[i]);
        }

        text.Append(')');
    }

    private static int Binding(Expr expression) =>
        expression switch
        {
            Variable or Intrinsic => Primary,
            Binary binary => Precedence(binary.Op),
            Constant { Type.IsVector: false } constant => constant.Text[0] == '-' ? Prefix : Primary,
            AddressOf or Dereference or Unary or Cast => Prefix,
            NullCheck => Precedence(BinaryOp.Less),
            Conditional => Condition,
            _ => Primary,
        };

    private static bool IsLogical(BinaryOp op) => op >= BinaryOp.AndAlso;

    private static int Precedence(BinaryOp op) =>
        op switch
        {
            BinaryOp.Multiply or BinaryOp.Divide or BinaryOp.Remainder => 12,
            BinaryOp.Add or BinaryOp.Subtract => 11,
            BinaryOp.ShiftLeft or BinaryOp.ShiftRight => 10,
            >= BinaryOp.Less and <= BinaryOp.GreaterOrEqual => 9,
            BinaryOp.Equal or BinaryOp.NotEqual => 8,
            BinaryOp.And => 7,
            BinaryOp.Or => 6,
            BinaryOp.AndAlso => 5,
            _ => 4,
        };

    private static char Sign(UnaryOp op) =>
        op switch
        {
            UnaryOp.Negate => '-',
            UnaryOp.Not => '!',
            _ => '~',
        };
}
