using System.Collections.Generic;
using System.Linq;
using BenchmarkDotNet.Attributes;

namespace Specializer.Benchmarks;

/// <summary>Compares each generated kernel with the generic engine's kernel of the same shape, with one thread.</summary>
public class KernelBenchmarks
{
    private KernelMemory _memory = null!;
    private MeasuredKernel _kernel = null!;

    /// <summary>The names of the kernels: model, kind and shape.</summary>
    public static IEnumerable<string> Kernels
    {
        get
        {
            using var memory = new KernelMemory();
            return
            [
                .. MeasuredModel.Generics.SelectMany(model => GenericCounterparts(model, memory).Select(kernel => Name(model, kernel))),
            ];
        }
    }

    [ParamsSource(nameof(Kernels))]
    public string Kernel { get; set; } = "";

    [Params(1, 8, 32, 128)]
    public int Rows { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _memory = new KernelMemory();
        _kernel = MeasuredModel
            .Generics.SelectMany(model => GenericCounterparts(model, _memory).Where(kernel => Name(model, kernel) == Kernel))
            .Single();
    }

    [GlobalCleanup]
    public void Release() => _memory.Dispose();

    [Benchmark]
    public void Specialized() => _kernel.Run(Rows, 0, 1);

    [Benchmark(Baseline = true)]
    public void Generic() => _kernel.RunGeneric!(Rows, 0, 1);

    private static IEnumerable<MeasuredKernel> GenericCounterparts(MeasuredModel model, KernelMemory memory) =>
        model.Kernels(InstructionSets.Best, memory).Where(static kernel => kernel.RunGeneric is not null && kernel.MostRows >= 128);

    private static string Name(MeasuredModel model, MeasuredKernel kernel) => $"{model.Name} {kernel.Name} {kernel.Shape}";
}
