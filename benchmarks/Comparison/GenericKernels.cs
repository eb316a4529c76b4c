using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Specializer.GenericEngine;

namespace Specializer.Benchmarks;

/// <summary>The kernels of the generic engine for the shapes of generated kernels, so that both can be compared.</summary>
internal static unsafe class GenericKernels
{
    /// <summary>Creates a linear layer.</summary>
    /// <param name="instructionSet">The instruction set.</param>
    /// <param name="memory">The memory of the kernel.</param>
    /// <param name="inputs">The number of inputs.</param>
    /// <param name="outputs">The number of outputs; for a gated layer, the number of products.</param>
    /// <param name="gated">Whether the result is multiplied by SiLU of a gate.</param>
    /// <param name="adds">Whether the result is added to the output.</param>
    /// <returns>An action that runs it on a number of rows as one of several workers.</returns>
    public static Action<int, int, int> Linear(
        InstructionSet instructionSet,
        KernelMemory memory,
        int inputs,
        int outputs,
        bool gated,
        bool adds
    ) =>
        instructionSet switch
        {
            InstructionSet.Avx512 => Of<Avx512Instructions, Vector512<float>>.Linear(memory, inputs, outputs, gated, adds),
            InstructionSet.Avx2 => Of<Avx2Instructions, Vector256<float>>.Linear(memory, inputs, outputs, gated, adds),
            InstructionSet.Neon => Of<NeonInstructions, Vector128<float>>.Linear(memory, inputs, outputs, gated, adds),
            _ => Of<PortableInstructions, Vector128<float>>.Linear(memory, inputs, outputs, gated, adds),
        };

    /// <summary>Creates attention of the last rows of a sequence as long as the cache.</summary>
    /// <param name="instructionSet">The instruction set.</param>
    /// <param name="memory">The memory of the kernel.</param>
    /// <param name="heads">The number of query heads.</param>
    /// <param name="keyValueHeads">The number of key/value heads.</param>
    /// <param name="headDimension">The head dimension.</param>
    /// <returns>An action that runs it on a number of rows as one of several workers.</returns>
    public static Action<int, int, int> Attention(
        InstructionSet instructionSet,
        KernelMemory memory,
        int heads,
        int keyValueHeads,
        int headDimension
    ) =>
        instructionSet switch
        {
            InstructionSet.Avx512 => Of<Avx512Instructions, Vector512<float>>.Attention(memory, heads, keyValueHeads, headDimension),
            InstructionSet.Avx2 => Of<Avx2Instructions, Vector256<float>>.Attention(memory, heads, keyValueHeads, headDimension),
            InstructionSet.Neon => Of<NeonInstructions, Vector128<float>>.Attention(memory, heads, keyValueHeads, headDimension),
            _ => Of<PortableInstructions, Vector128<float>>.Attention(memory, heads, keyValueHeads, headDimension),
        };

    /// <summary>Creates RMSNorm of rows.</summary>
    /// <param name="instructionSet">The instruction set.</param>
    /// <param name="memory">The memory of the kernel.</param>
    /// <param name="width">The width of a row.</param>
    /// <returns>An action that runs it on a number of rows as one of several workers.</returns>
    public static Action<int, int, int> Norm(InstructionSet instructionSet, KernelMemory memory, int width) =>
        instructionSet switch
        {
            InstructionSet.Avx512 => Of<Avx512Instructions, Vector512<float>>.Norm(memory, width),
            InstructionSet.Avx2 => Of<Avx2Instructions, Vector256<float>>.Norm(memory, width),
            InstructionSet.Neon => Of<NeonInstructions, Vector128<float>>.Norm(memory, width),
            _ => Of<PortableInstructions, Vector128<float>>.Norm(memory, width),
        };

    private static class Of<TInstructions, TVector>
        where TInstructions : struct, IVectorInstructions<TVector>
        where TVector : struct
    {
        public static Action<int, int, int> Linear(KernelMemory memory, int inputs, int outputs, bool gated, bool adds)
        {
            var layout = new LinearLayout(TInstructions.Lanes, inputs, outputs, gated);
            int inputStride = LinearLayout.RoundUp(inputs);
            ElementFunction function = gated ? ElementFunction.Silu : ElementFunction.Identity;
            return (rows, worker, workers) =>
            {
                float* scratch = stackalloc float[LinearKernel<TInstructions, TVector>.ScratchFloats + 16];
                float* output = memory.Output;
                LinearEpilogue finish = adds ? new LinearEpilogue(function, output, layout.PaddedOutputs) : new LinearEpilogue(function);
                LinearKernel<TInstructions, TVector>.Run(
                    layout,
                    memory.Weights,
                    rows,
                    memory.Input,
                    inputStride,
                    output,
                    layout.PaddedOutputs,
                    finish,
                    Aligned(scratch),
                    worker,
                    workers
                );
            };
        }

        public static Action<int, int, int> Attention(KernelMemory memory, int heads, int keyValueHeads, int headDimension)
        {
            var layout = new KeyValueLayout(TInstructions.Lanes, keyValueHeads, headDimension, KernelMemory.CacheLength);
            int scratchFloats = AttentionKernel<TInstructions, TVector>.ScratchFloats(headDimension) + 16;
            int stride = LinearLayout.RoundUp(heads * headDimension);
            float scale = 1 / MathF.Sqrt(headDimension);
            return (rows, worker, workers) =>
            {
                float* scratch = stackalloc float[scratchFloats];
                AttentionKernel<TInstructions, TVector>.Run(
                    layout,
                    memory.Keys,
                    heads,
                    KernelMemory.CacheLength - rows,
                    rows,
                    memory.Queries,
                    stride,
                    scale,
                    memory.Output,
                    stride,
                    Aligned(scratch),
                    worker,
                    workers
                );
            };
        }

        public static Action<int, int, int> Norm(KernelMemory memory, int width)
        {
            int stride = LinearLayout.RoundUp(width);
            return (rows, worker, workers) =>
            {
                for (int row = worker; row < rows; row += workers)
                {
                    NormalizationKernel<TInstructions, TVector>.RootMeanSquare(
                        memory.Input + (row * stride),
                        memory.Weights,
                        memory.Output + (row * stride),
                        width,
                        1e-5f
                    );
                }
            };
        }

        private static float* Aligned(float* address) => (float*)(((nint)address + AlignedBuffer.Alignment - 1) & -AlignedBuffer.Alignment);
    }
}
