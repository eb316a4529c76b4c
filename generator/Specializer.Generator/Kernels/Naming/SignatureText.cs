using System;
using System.Linq;
using Specializer.Generator.Kernels;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels;

/// <summary>Spells the signatures of kernels in C#.</summary>
internal static class SignatureText
{
    /// <summary>Returns the declared parameters of one of a kernel's methods.</summary>
    public static string Parameters(Kernel kernel, KernelPart part = KernelPart.Compute) => Parameters(kernel.Signature(part));

    /// <summary>Returns the declared parameters of a method.</summary>
    public static string Parameters(KernelSignature signature) =>
        string.Join(", ", signature.Parameters.Select(static parameter => Type(parameter.Type) + " " + parameter.Name));

    /// <summary>Returns the type of a method's result.</summary>
    public static string Result(KernelSignature signature) => signature.Result is { } type ? Type(type) : "void";

    /// <summary>Returns the name of one of a kernel's methods.</summary>
    public static string Name(Kernel kernel, KernelPart part) => KernelNames.Of(new(kernel, part));

    private static string Type(ParameterType type) =>
        type switch
        {
            ParameterType.Integer => "int",
            ParameterType.Float => "float",
            ParameterType.Integers => "int*",
            ParameterType.Floats => "float*",
            _ => throw new NotSupportedException(type.ToString()),
        };
}
