using System;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;

namespace Specializer.Generator.Tests.Timing;

/// <summary>
/// Loads the generator's assembly again, so that the JIT has not yet compiled any of its methods. A compiler that has just loaded the
/// generator, and is itself compiled ahead of time, is in the same state.
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
