using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Specializer.CompilerServices;

namespace Specializer.Benchmarks;

/// <summary>Finds the kernels of generated models by the facts that are generated with them.</summary>
internal static class GeneratedKernels
{
    private const string Namespace = "Specializer.Generated.";

    /// <summary>Returns the facts about all kernels of a model.</summary>
    public static IReadOnlyList<KernelInfo> Of(Type model)
    {
        string name = model.FullName!.Replace('.', '_').Replace('+', '_');
        PropertyInfo table =
            model
                .Assembly.GetType(Namespace + "KernelTable", throwOnError: true)!
                .GetProperty(name, BindingFlags.NonPublic | BindingFlags.Static)
            ?? throw new NotSupportedException($"The table of kernels has no list {name}.");
        return (KernelInfo[])table.GetValue(null)!;
    }

    /// <summary>Returns the only kernel of a model that computes something.</summary>
    public static KernelInfo Of(Type model, KernelKind kind) => Of(model).Single(kernel => kernel.Kind == kind);

    /// <summary>Returns the method of a kernel.</summary>
    public static MethodInfo Method(Type model, InstructionSet instructionSet, KernelInfo kernel) =>
        model.Assembly.GetType($"{Namespace}{instructionSet}Kernels")?.GetMethod(kernel.Name, BindingFlags.Public | BindingFlags.Static)
        ?? throw new NotSupportedException($"{model} has no kernel {kernel.Name} for {instructionSet}.");
}
