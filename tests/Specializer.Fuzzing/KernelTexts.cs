using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Emission;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Lowering;
using Specializer.Generator.Kernels.Output;
using Specializer.Generator.Planning;

namespace Specializer.Fuzzing;

/// <summary>
/// Checks that kernels with one name have one text. Models of a compilation share kernels by name, so a property that is missing in
/// the name would silently give a model the kernel of another one.
/// </summary>
internal sealed class KernelTexts
{
    private readonly ConcurrentDictionary<(string Target, Kernel Kernel), bool> _checked = new();

    private readonly ConcurrentDictionary<(string Target, string Method), (int Length, ulong Hash)> _hashes = new();

    /// <summary>Gets the texts of all kernels of this process.</summary>
    public static KernelTexts All { get; } = new();

    /// <summary>Checks the kernels of models.</summary>
    /// <param name="kernels">The kernels.</param>
    /// <param name="targets">The targets for which their methods are compared.</param>
    /// <exception cref="InvalidOperationException">Two kernels have one name and different texts.</exception>
    public void Check(IEnumerable<Kernel> kernels, IReadOnlyList<InstructionSetDescription> targets)
    {
        foreach (Kernel kernel in kernels.Select(static kernel => kernel.ForCode()))
        {
            foreach (InstructionSetDescription target in targets.Where(target => _checked.TryAdd((target.Name, kernel), true)))
            {
                foreach (KernelMethod method in KernelProgram.Lower(KernelProgram.FamilyOf(kernel), [kernel], target))
                {
                    if (method.IsPublic)
                    {
                        Record(target.Name, method.Name, Print(method, target));
                    }
                }
            }
        }
    }

    /// <summary>Records the text of a method.</summary>
    /// <exception cref="InvalidOperationException">The method has another text already.</exception>
    public void Record(string target, string method, string text)
    {
        (int Length, ulong Hash) hash = (text.Length, Hash(text));
        if (_hashes.GetOrAdd((target, method), hash) != hash)
        {
            throw new InvalidOperationException(
                $"Two kernels are named {method} and have different texts for {target}. Add what they differ in to KernelNames, or to ForCode."
            );
        }
    }

    // FNV-1a. The emulated ARM64 machine has no library of cryptography.
    private static ulong Hash(string text)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (char c in text)
        {
            hash = unchecked((hash ^ c) * 0x100000001B3);
        }

        return hash;
    }

    private static string Print(KernelMethod method, InstructionSetDescription target)
    {
        var writer = new SourceWriter();
        new MethodPrinter(writer, target).Print(method);
        return writer.ToString();
    }
}
