using System;
using System.IO;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;

namespace Specializer.Benchmarks;

/// <summary>A copy of the generator whose methods are not JIT-compiled yet, as in a compiler that has just loaded it.</summary>
internal sealed class LoadedGenerator : AssemblyLoadContext
{
    // Not collectible: code of collectible contexts is compiled with full optimization immediately, which takes several times as
    // long.
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

    /// <summary>The compiler is shared with the default context.</summary>
    protected override Assembly? Load(AssemblyName assemblyName) => null;
}
