using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Reflection;
using System.Runtime.Loader;
using Specializer.Generator.Architecture;

namespace Specializer.Fuzzing;

/// <summary>The models generated for a number of cases, loaded.</summary>
internal sealed class FuzzAssembly : IDisposable
{
    public const string Namespace = "Fuzzed";

    private readonly AssemblyLoadContext _context = new(Namespace, isCollectible: true);
    private readonly Assembly _assembly;

    /// <param name="name">The common name of the cases, which identifies them if another machine has compiled them.</param>
    /// <param name="architectures">Their architectures.</param>
    /// <param name="instructionSets">Those that are run beside the portable one; none for all of this process.</param>
    /// <exception cref="InvalidOperationException">The generated code does not compile without a warning.</exception>
    public FuzzAssembly(
        string name,
        IReadOnlyList<TransformerArchitecture> architectures,
        IReadOnlyCollection<InstructionSet>? instructionSets = null
    )
    {
        byte[] image = CompiledElsewhere.IsSet
            ? CompiledElsewhere.Read(name)
            : FuzzCompiler.Compile(architectures, instructionSets ?? [.. Comparison.InstructionSetsHere]);
        _assembly = _context.LoadFromStream(new MemoryStream(image));
    }

    /// <summary>Loads the model of the case with the given number.</summary>
    public TransformerModel Load(int number, WeightsSource weights, ModelOptions options)
    {
        Type type = _assembly.GetType(Namespace + "." + ClassName(number), throwOnError: true)!;
        MethodInfo load = type.GetMethod("Load", [typeof(WeightsSource), typeof(ModelOptions)])!;
        return (TransformerModel)
            load.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [weights, options], CultureInfo.InvariantCulture)!;
    }

    /// <inheritdoc/>
    public void Dispose() => _context.Unload();

    /// <summary>The name of the model of a case.</summary>
    public static string ClassName(int number) => FormattableString.Invariant($"Model{number}");
}
