using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Xunit;

namespace Specializer.Fuzzing;

/// <summary>Cases with names, all compiled together.</summary>
/// <param name="assemblyName">The common name.</param>
/// <param name="cases">The cases.</param>
internal sealed class NamedCases(string assemblyName, IReadOnlyDictionary<string, FuzzCase> cases)
{
    private readonly string[] _names = [.. cases.Keys];
    private readonly Lazy<FuzzAssembly?> _assembly = new(() => FuzzRun.TryCompile(assemblyName, [.. cases.Values]));

    public string AssemblyName => assemblyName;

    public IReadOnlyList<TransformerArchitecture> Architectures => FuzzRun.Architectures(cases.Values);

    public TheoryData<string> Names => [.. _names];

    /// <summary>Loads the model of a case with random weights.</summary>
    /// <param name="name">The name of the case.</param>
    /// <param name="threads">The number of threads.</param>
    public TransformerModel Load(string name, int threads)
    {
        int number = Array.IndexOf(_names, name);
        using CheckpointTensors tensors = new(Architectures[number], cases[name].Seed);
        return _assembly.Value!.Load(number, tensors, new ModelOptions { Threads = threads });
    }

    /// <summary>Fails unless the case agrees with the oracle.</summary>
    public void AssertAgrees(string name)
    {
        // If they cannot be compiled together, each of them reports its own result.
        Outcome outcome = _assembly.Value is { } assembly
            ? Comparison.Run(cases[name], assembly, Array.IndexOf(_names, name))
            : FuzzRun.RunAlone(cases[name]);
        Assert.True(outcome.Verdict == Verdict.Agrees, outcome.Message);
    }
}
