using System;
using System.Collections.Generic;
using Specializer.GenericEngine;

namespace Specializer.Benchmarks;

/// <summary>A generated kernel with the work it does.</summary>
/// <param name="Name">What it is: "linear", "attention", "norm".</param>
/// <param name="Shape">Its shape, as in "768x2304" for 768 inputs and 2304 outputs.</param>
/// <param name="Operations">Floating-point operations for a number of rows, a multiply-add counted as two.</param>
/// <param name="Bytes">Bytes that are read once, whatever the rows: weights, or the cache.</param>
/// <param name="Run">Runs it on a number of rows as one of several workers.</param>
/// <param name="RunGeneric">Runs the generic engine's kernel for the same shape.</param>
internal sealed record MeasuredKernel(
    string Name, string Shape, Func<int, double> Operations, Func<int, long> Bytes, Action<int, int, int> Run, Action<int, int, int> RunGeneric);

/// <summary>A generated kernel that is given the memory it works on.</summary>
internal delegate void KernelCall(KernelMemory memory, int rows, int worker, int workers);

/// <summary>A declared model as the measurements know it: how to load it, and its kernels by name.</summary>
internal abstract unsafe class MeasuredModel(string name)
{
    /// <summary>Every model that is measured.</summary>
    public static IReadOnlyList<MeasuredModel> All { get; } = [new MeasuredLlama15M(), new MeasuredLlama110M(), new MeasuredSmollm135M()];

    public string Name { get; } = name;

    public abstract TensorTable Tensors { get; }

    public abstract DecoderModel Load(WeightsSource source, ModelOptions options);

    /// <summary>The same architecture as the generic engine takes it.</summary>
    public abstract GenericDecoderConfiguration Generic { get; }

    /// <summary>The kernels of an instruction set, working on the given memory.</summary>
    public abstract IEnumerable<MeasuredKernel> MeasuredKernels(InstructionSet instructionSet, KernelMemory memory);

    /// <summary>What the kernels of a model share: the instruction set and the memory.</summary>
    protected sealed class Kernels(InstructionSet instructionSet, KernelMemory memory)
    {
        public MeasuredKernel Linear(int inputs, int outputs, KernelCall run, bool gated = false, bool adds = false)
        {
            long weights = (long)inputs * outputs * (gated ? 2 : 1);
            return new MeasuredKernel(
                gated ? "gated-linear" : "linear",
                $"{inputs}x{outputs}",
                rows => 2.0 * weights * rows,
                _ => weights * sizeof(float),
                Bind(run),
                GenericKernels.Linear(instructionSet, memory, inputs, outputs, gated, adds));
        }

        /// <summary>Causal attention of the last rows of a sequence as long as the cache.</summary>
        public MeasuredKernel Attention(int heads, int keyValueHeads, int headDimension, KernelCall run)
        {
            const int Length = KernelMemory.CacheLength;
            return new MeasuredKernel(
                "attention",
                $"{heads}x{headDimension}/{keyValueHeads}@{Length}",
                rows => 4.0 * heads * headDimension * (((double)rows * (Length - rows)) + (rows * (rows + 1) / 2.0)),
                _ => 2L * keyValueHeads * headDimension * Length * sizeof(float),
                Bind(run),
                GenericKernels.Attention(instructionSet, memory, heads, keyValueHeads, headDimension));
        }

        /// <summary>A norm reads and writes its rows; they are counted as the bytes it moves.</summary>
        public MeasuredKernel Norm(int width, KernelCall run) => new(
            "norm", $"{width}", rows => 4.0 * width * rows, rows => 2L * width * rows * sizeof(float), Bind(run), GenericKernels.Norm(instructionSet, memory, width));

        private Action<int, int, int> Bind(KernelCall run) => (rows, worker, workers) => run(memory, rows, worker, workers);
    }
}

/// <summary>Memory for kernels to work on: inputs, outputs, weights and a cache, filled with small numbers.</summary>
internal sealed unsafe class KernelMemory : IDisposable
{
    public const int Rows = 512;
    public const int CacheLength = 1024;

    private const int ActivationFloats = Rows * 8192;
    private const int WeightFloats = 1 << 23;

    private readonly AlignedBuffer _memory = AlignedBuffer.Allocate(((3L * ActivationFloats) + (3L * WeightFloats)) * sizeof(float));

    public KernelMemory()
    {
        var values = new Span<float>(_memory.Address, (3 * ActivationFloats) + (3 * WeightFloats));
        var random = new Random(1);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (random.NextSingle() - 0.5f) / 16;
        }
    }

    public float* Input => _memory.Address;

    public float* Output => Input + ActivationFloats;

    public float* Queries => Output + ActivationFloats;

    public float* Weights => Queries + ActivationFloats;

    public float* Keys => Weights + WeightFloats;

    public float* Values => Keys + WeightFloats;

    public void Dispose() => _memory.Dispose();
}
