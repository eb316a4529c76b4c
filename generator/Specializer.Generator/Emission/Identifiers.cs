using System.Globalization;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission;

/// <summary>Names what a plan refers to in the generated code.</summary>
internal static class Identifiers
{
    /// <summary>Returns the name of a buffer: "Hidden".</summary>
    public static string Of(BufferRef buffer) =>
        (buffer.Stack == StackPart.Source ? "Source" : "") + buffer.Kind + buffer.Role + Number(buffer.Number);

    /// <summary>Returns the name of the constant that holds a buffer's offset: "HiddenOffset".</summary>
    public static string OffsetOf(BufferRef buffer) => Of(buffer) + "Offset";

    /// <summary>Returns the name of the variable that points to a buffer's rows: "hidden".</summary>
    public static string VariableOf(BufferRef buffer)
    {
        string name = Of(buffer);
        return char.ToLowerInvariant(name[0]) + name.Substring(1);
    }

    /// <summary>Returns the name of the constant that holds the offset of a block of packed weights: "DownWeight".</summary>
    public static string Of(WeightRef weight) =>
        Prefix(weight.Stack)
        + weight.Kind
        + weight.Role
        + Number(weight.Number)
        + (weight.Component == WeightComponent.Whole ? "" : weight.Component.ToString());

    /// <summary>Begins the names of a stack's weights and constants.</summary>
    public static string Prefix(StackPart stack) => stack == StackPart.Source ? "Encoder" : "";

    private static string Number(int number) => number == 0 ? "" : number.ToString(CultureInfo.InvariantCulture);
}
