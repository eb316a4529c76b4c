using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Specializer.CompilerServices;

namespace Specializer.TestKit;

/// <summary>Finds the kernels of generated models by the facts that are generated with them.</summary>
public static class GeneratedKernelTable
{
    private const string Namespace = "Specializer.Generated.";

    /// <summary>Returns the facts about all kernels of a model.</summary>
    /// <param name="model">The class of the model.</param>
    public static IReadOnlyList<KernelInfo> Facts(Type model)
    {
        // In the name of a list, "_u" is an underscore and "__" is a point, so that A_B.C and A.B_C have different lists.
        string name =
            "Of_"
            + model
                .FullName!.Replace("_", "_u", StringComparison.Ordinal)
                .Replace(".", "__", StringComparison.Ordinal)
                .Replace("+", "__", StringComparison.Ordinal);
        PropertyInfo table =
            model
                .Assembly.GetType(Namespace + "KernelTable", throwOnError: true)!
                .GetProperty(name, BindingFlags.NonPublic | BindingFlags.Static)
            ?? throw new ArgumentException($"The table of kernels has no list {name}.", nameof(model));
        return (KernelInfo[])table.GetValue(null)!;
    }

    /// <summary>Returns the facts about the only kernel of a model of a kind.</summary>
    /// <param name="model">The class of the model.</param>
    /// <param name="kind">The kind of the kernel.</param>
    public static KernelInfo Facts(Type model, KernelKind kind) => Facts(model).Single(kernel => kernel.Kind == kind);

    /// <summary>Returns the method of a kernel.</summary>
    /// <param name="model">The class of a model that has the kernel.</param>
    /// <param name="instructionSet">The instruction set.</param>
    /// <param name="kernel">The facts about the kernel.</param>
    public static MethodInfo Method(Type model, InstructionSet instructionSet, KernelInfo kernel) =>
        model.Assembly.GetType($"{Namespace}{instructionSet}Kernels")?.GetMethod(kernel.Name, BindingFlags.Public | BindingFlags.Static)
        ?? throw new ArgumentException($"{model} has no kernel {kernel.Name} for {instructionSet}.", nameof(kernel));
}
