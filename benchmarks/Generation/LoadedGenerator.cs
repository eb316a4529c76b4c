using System;
using System.IO;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;

namespace Specializer.Benchmarks;

/// <summary>A copy of the generator of which nothing is compiled by the JIT yet, as in a compiler that has just loaded it.</summary>
internal sealed class LoadedGenerator : AssemblyLoadContext
{
    // Not collectible: what can be unloaded is compiled with full optimisation at once, which takes several times as long.
    private LoadedGenerator()
        : base(nameof(LoadedGenerator)) { }

    /// <summary>The generator that was built with the benchmarks.</summary>
    public static string AssemblyPath { get; } = Path.Combine(AppContext.BaseDirectory, "measured", "Specializer.Generator.dll");

    public static ISourceGenerator Load()
    {
        Assembly assembly = new LoadedGenerator().LoadFromAssemblyPath(AssemblyPath);
        return (
            (IIncrementalGenerator)Activator.CreateInstance(assembly.GetType("Specializer.Generator.SpecializerGenerator")!)!
        ).AsSourceGenerator();
    }

    /// <summary>The compiler is shared.</summary>
    protected override Assembly? Load(AssemblyName assemblyName) => null;
}
