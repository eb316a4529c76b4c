using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;

namespace Specializer.Generator.Kernels.Output;

/// <summary>Prints the expressions of kernels as C#, in parentheses where their meaning needs them or a reader would wonder.</summary>
internal sealed class ExpressionPrinter(InstructionSetDescription target)
{
    // From the loosest on: what is to the left of ? : binds least, a name or a call most.
    private const int Loosest = 0;
    private const int Condition = 1;
    private const int Prefix = 20;
    private const int Primary = 21;

    public string Print(Expr expression) => Inside(expression, Loosest);

    public static string TypeName(DataType type)
    {
        string element = type.Element switch
        {
            Element.Void => "void",
            Element.Bool => "bool",
            Element.Int => "int",
            Element.NInt => "nint",
            Element.UInt => "uint",
            Element.Double => "double",
            _ => "float",
        };
        return (type.Lanes == 1 ? element : $"{VectorClass(type.Lanes)}<{element}>") + (type.IsPointer ? "*" : "");
    }

    /// <summary>The class with the operations on vectors of so many lanes of 32 bits.</summary>
    public static string VectorClass(int lanes) =>
        lanes switch
        {
            4 => "Vector128",
            8 => "Vector256",
            16 => "Vector512",
            _ => throw new NotSupportedException(Text(lanes) + " lanes"),
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

    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private string Inside(Expr expression, int around)
    {
        (string text, int binding) = expression switch
        {
            Constant { Type: { IsVector: true } type } constant => ($"{VectorClass(type.Lanes)}.Create({constant.Text})", Primary),
            Constant constant => (constant.Text, constant.Text[0] == '-' ? Prefix : Primary),
            Variable variable => (variable.Name, Primary),
            Reference reference => ("ref " + reference.Variable.Name, Primary),
            LayerConstant constant => ("TLayer." + constant.Name, Primary),
            ElementAt element => ($"{Inside(element.Pointer, Primary)}[{Print(element.Index)}]", Primary),
            AddressOf address => ($"&{Inside(address.Pointer, Primary)}[{Print(address.Index)}]", Prefix),
            Dereference value => ("*" + Inside(value.Pointer, Prefix), Prefix),
            NullCheck check => (Inside(check.Pointer, Primary) + " is null", Precedence(BinaryOp.Less)),
            StackMemory memory => ($"stackalloc {TypeName(memory.Type.Target)}[{Text(memory.Count)}]", Primary),
            Unary unary => (UnarySign(unary.Op) + Inside(unary.Operand, Prefix), Prefix),
            Cast cast => ($"({TypeName(cast.Type)}){Inside(cast.Operand, Prefix)}", Prefix),
            Conditional choice => (
                $"{Inside(choice.Condition, Condition + 1)} ? {Inside(choice.Then, Condition + 1)} : {Inside(choice.Otherwise, Condition)}",
                Condition
            ),
            MethodCall call => ($"{call.Method}{(call.Layer is null ? "" : $"<{call.Layer}>")}({Arguments(call.Arguments)})", Primary),
            Binary binary => (Operator(binary), Precedence(binary.Op)),
            Intrinsic operation => (Operation(operation), Primary),
            _ => throw new NotSupportedException(expression.GetType().Name),
        };
        return binding < around ? "(" + text + ")" : text;
    }

    private string Operator(Binary binary)
    {
        int own = Precedence(binary.Op);
        return $"{Inside(binary.Left, Around(binary.Left, own, own))} {Sign(binary.Op)} {Inside(binary.Right, Around(binary.Right, own, own + 1))}";

        // An operator inside another one of a different kind is put in parentheses, whether or not it binds closer.
        int Around(Expr operand, int inside, int least) =>
            operand is Binary inner && Precedence(inner.Op) != inside && !(IsLogical(binary.Op) && !IsLogical(inner.Op)) ? Prefix : least;
    }

    private string Operation(Intrinsic operation)
    {
        IReadOnlyList<Expr> operands = operation.Operands;
        string vectors =
            operation.Type.Lanes > 1 ? VectorClass(operation.Type.Lanes)
            : operands.Count > 0 && operands[0].Type.IsVector ? VectorClass(operands[0].Type.Lanes)
            : "";
        string Call(string name) => $"{vectors}.{name}({Arguments(operands)})";
        string Math(string name) => $"global::System.{name}({Arguments(operands)})";
        string Member(string name) => $"{Inside(operands[0], Primary)}.{name}()";
        string Spelled(string format) =>
            string.Format(CultureInfo.InvariantCulture, format, [.. operands.Select(Print), .. operation.Immediates.Select(Text)]);
        return operation.Op switch
        {
            IntrinsicOp.Zero => TypeName(operation.Type) + ".Zero",
            IntrinsicOp.Load => Call("Load"),
            // The type is written although the compiler would find it: that spares it a choice among thirty methods.
            IntrinsicOp.Broadcast => Call(
                operation.Type.Element == Element.Float && operands[0].Type.Element == Element.Float ? "Create<float>" : "Create"
            ),
            IntrinsicOp.Create => Call("Create"),
            IntrinsicOp.Lanes => $"{vectors}.Create({string.Join(", ", operation.Immediates.Select(Text))})",
            IntrinsicOp.Indices => TypeName(operation.Type) + ".Indices",
            IntrinsicOp.Minimum => Call("Min"),
            IntrinsicOp.Maximum => Call("Max"),
            IntrinsicOp.MinimumNative => Call("MinNative"),
            IntrinsicOp.MaximumNative => Call("MaxNative"),
            IntrinsicOp.AndNot => Call("AndNot"),
            IntrinsicOp.LessThan => Call("LessThan"),
            IntrinsicOp.LessThanOrEqualAll => Call("LessThanOrEqualAll"),
            IntrinsicOp.GreaterThan => Call("GreaterThan"),
            IntrinsicOp.GreaterThanOrEqual => Call("GreaterThanOrEqual"),
            IntrinsicOp.Choose => Call("ConditionalSelect"),
            IntrinsicOp.ShiftLanesLeft => $"{vectors}.ShiftLeft({Print(operands[0])}, {Text(operation.Immediates[0])})",
            IntrinsicOp.AsFloat => Member("AsSingle"),
            IntrinsicOp.AsInt => Member("AsInt32"),
            IntrinsicOp.AsUInt => Member("AsUInt32"),
            IntrinsicOp.ConvertToFloat => Call("ConvertToSingle"),
            IntrinsicOp.Sum => Call("Sum"),
            IntrinsicOp.LowerHalf => Member("GetLower"),
            IntrinsicOp.UpperHalf => Member("GetUpper"),
            IntrinsicOp.Shuffle =>
                $"{vectors}.Shuffle({Print(operands[0])}, {vectors}.Create({string.Join(", ", operation.Immediates.Select(Text))}))",
            IntrinsicOp.FirstLane => Member("ToScalar"),
            IntrinsicOp.Min => Math("Math.Min"),
            IntrinsicOp.Max => Math("Math.Max"),
            IntrinsicOp.Clamp => Math("Math.Clamp"),
            IntrinsicOp.MaxFloat => Math("MathF.Max"),
            IntrinsicOp.MinFloat => Math("MathF.Min"),
            IntrinsicOp.SquareRoot => Math("MathF.Sqrt"),
            IntrinsicOp.IsNaN => $"float.IsNaN({Print(operands[0])})",
            IntrinsicOp.BitsToFloat => Math("BitConverter.UInt32BitsToSingle"),
            IntrinsicOp.HalfBitsToFloat => $"(float)global::System.BitConverter.UInt16BitsToHalf((ushort){Inside(operands[0], Prefix)})",
            IntrinsicOp.CountEqual =>
                $"global::System.MemoryExtensions.Count(new global::System.ReadOnlySpan<int>({Print(operands[0])}, {Print(operands[1])}), {Print(operands[2])})",
            _ => Spelled(target.Spelling(operation.Op)),
        };
    }

    private string Arguments(IReadOnlyList<Expr> arguments) => string.Join(", ", arguments.Select(Print));

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

    private static string UnarySign(UnaryOp op) =>
        op switch
        {
            UnaryOp.Negate => "-",
            UnaryOp.Not => "!",
            _ => "~",
        };
}
