using Specializer.Generator.Kernels.Ir;

namespace Specializer.Generator.Kernels.Output;

/// <summary>The names that operations have in the class library, the same for every target.</summary>
internal static class OperationNames
{
    /// <summary>Returns the static method of the vector classes; null if the operation is not one.</summary>
    public static string? VectorFunction(this IntrinsicOp op) =>
        op switch
        {
            IntrinsicOp.Load => "Load",
            IntrinsicOp.Broadcast or IntrinsicOp.Create => "Create",
            IntrinsicOp.Minimum => "Min",
            IntrinsicOp.Maximum => "Max",
            IntrinsicOp.MinimumNative => "MinNative",
            IntrinsicOp.MaximumNative => "MaxNative",
            IntrinsicOp.AndNot => "AndNot",
            IntrinsicOp.LessThan => "LessThan",
            IntrinsicOp.LessThanOrEqualAll => "LessThanOrEqualAll",
            IntrinsicOp.GreaterThan => "GreaterThan",
            IntrinsicOp.GreaterThanOrEqual => "GreaterThanOrEqual",
            IntrinsicOp.Choose => "ConditionalSelect",
            IntrinsicOp.ConvertToFloat => "ConvertToSingle",
            IntrinsicOp.Sum => "Sum",
            _ => null,
        };

    /// <summary>Returns the method of a vector that is called without arguments; null if the operation is not one.</summary>
    public static string? VectorMember(this IntrinsicOp op) =>
        op switch
        {
            IntrinsicOp.AsFloat => "AsSingle",
            IntrinsicOp.AsInt => "AsInt32",
            IntrinsicOp.AsUInt => "AsUInt32",
            IntrinsicOp.AsShort => "AsInt16",
            IntrinsicOp.LowerHalf => "GetLower",
            IntrinsicOp.UpperHalf => "GetUpper",
            IntrinsicOp.FirstLane => "ToScalar",
            _ => null,
        };

    /// <summary>Returns the call of an operation on single numbers; null if the operation is not one.</summary>
    public static string? ScalarFunction(this IntrinsicOp op) =>
        op switch
        {
            IntrinsicOp.Min => "global::System.Math.Min({0}, {1})",
            IntrinsicOp.Max => "global::System.Math.Max({0}, {1})",
            IntrinsicOp.Clamp => "global::System.Math.Clamp({0}, {1}, {2})",
            IntrinsicOp.MinFloat => "global::System.MathF.Min({0}, {1})",
            IntrinsicOp.MaxFloat => "global::System.MathF.Max({0}, {1})",
            IntrinsicOp.SquareRoot => "global::System.MathF.Sqrt({0})",
            IntrinsicOp.IsNaN => "float.IsNaN({0})",
            IntrinsicOp.BitsToFloat => "global::System.BitConverter.UInt32BitsToSingle({0})",
            IntrinsicOp.CountEqual => "global::System.MemoryExtensions.Count(new global::System.ReadOnlySpan<int>({0}, {1}), {2})",
            _ => null,
        };
}
