using System;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;

namespace Specializer.Generator.Tests.Timing;

/// <summary>
/// Loads the generator's assembly once more, so that none of its methods is compiled by the JIT yet, as in a compiler
/// that has just loaded the generator but whose own code is compiled ahead.
/// </summary>
internal sealed class FreshGenerator : AssemblyLoadContext
{
    private FreshGenerator()
        : base(nameof(FreshGenerator))
    {
        // Not collectible: what can be unloaded is compiled with full optimisation at first call, which takes several times as long.
    }

    public static ISourceGenerator Load()
    {
        Assembly assembly = new FreshGenerator().LoadFromAssemblyPath(typeof(SpecializerGenerator).Assembly.Location);
        return (
            (IIncrementalGenerator)Activator.CreateInstance(assembly.GetType(typeof(SpecializerGenerator).FullName!)!)!
        ).AsSourceGenerator();
    }

    /// <summary>Everything else, the compiler above all, is shared.</summary>
    protected override Assembly? Load(AssemblyName assemblyName) => null;
}
