using System;
using System.Collections.Generic;
using Specializer.GenericEngine;

namespace Specializer.Benchmarks;

internal sealed unsafe class MeasuredLlama15M() : MeasuredModel("llama-15M")
{
    public override TensorTable Tensors => Llama15M.Tensors;

    public override DecoderModel Load(WeightsSource source, ModelOptions options) => Llama15M.Load(source, options);

    public override GenericDecoderConfiguration Generic => new() { Layers = 6, Width = 288, Heads = 6, FeedForwardWidth = 768, VocabularySize = 32_000, ContextLength = 1024, TiedEmbeddings = true, ChunkLength = Llama15M.ChunkLength };

    public override IEnumerable<MeasuredKernel> Kernels(InstructionSet instructionSet, KernelMemory memory) => instructionSet switch
    {
        InstructionSet.Avx512 => Kernels<Llama15M.Avx512Kernels>(memory),
        InstructionSet.Avx2 => Kernels<Llama15M.Avx2Kernels>(memory),
        InstructionSet.Neon => Kernels<Llama15M.NeonKernels>(memory),
        _ => Kernels<Llama15M.PortableKernels>(memory),
    };

    private static MeasuredKernel[] Kernels<TKernels>(KernelMemory m)
        where TKernels : struct, Llama15M.IKernels =>
    [
        Linear(288, 864, false, (rows, worker, workers) => TKernels.Linear288To864(m.Input, m.Weights, m.Output, rows, worker, workers)),
        Linear(288, 288, false, (rows, worker, workers) => TKernels.Linear288To288Add(m.Input, m.Weights, m.Output, rows, worker, workers)),
        Linear(288, 768, true, (rows, worker, workers) => TKernels.GatedLinear288To768Silu(m.Input, m.Weights, m.Output, rows, worker, workers)),
        Linear(768, 288, false, (rows, worker, workers) => TKernels.Linear768To288Add(m.Input, m.Weights, m.Output, rows, worker, workers)),
        Attention(6, 6, 48, KernelMemory.CacheLength, (rows, worker, workers) => TKernels.Attend(m.Queries, m.Keys, m.Values, m.Output, KernelMemory.CacheLength - rows, rows, worker, workers)),
        Norm(288, (rows, worker, workers) => TKernels.RootMeanSquareNorm288(m.Input, m.Weights, m.Output, rows, worker, workers)),
    ];
}

internal sealed unsafe class MeasuredLlama110M() : MeasuredModel("llama-110M")
{
    public override TensorTable Tensors => Llama110M.Tensors;

    public override DecoderModel Load(WeightsSource source, ModelOptions options) => Llama110M.Load(source, options);

    public override GenericDecoderConfiguration Generic => new() { Layers = 12, Width = 768, Heads = 12, FeedForwardWidth = 2048, VocabularySize = 32_000, ContextLength = 1024, TiedEmbeddings = true, ChunkLength = Llama110M.ChunkLength };

    public override IEnumerable<MeasuredKernel> Kernels(InstructionSet instructionSet, KernelMemory memory) => instructionSet switch
    {
        InstructionSet.Avx512 => Kernels<Llama110M.Avx512Kernels>(memory),
        InstructionSet.Avx2 => Kernels<Llama110M.Avx2Kernels>(memory),
        InstructionSet.Neon => Kernels<Llama110M.NeonKernels>(memory),
        _ => Kernels<Llama110M.PortableKernels>(memory),
    };

    private static MeasuredKernel[] Kernels<TKernels>(KernelMemory m)
        where TKernels : struct, Llama110M.IKernels =>
    [
        Linear(768, 2304, false, (rows, worker, workers) => TKernels.Linear768To2304(m.Input, m.Weights, m.Output, rows, worker, workers)),
        Linear(768, 768, false, (rows, worker, workers) => TKernels.Linear768To768Add(m.Input, m.Weights, m.Output, rows, worker, workers)),
        Linear(768, 2048, true, (rows, worker, workers) => TKernels.GatedLinear768To2048Silu(m.Input, m.Weights, m.Output, rows, worker, workers)),
        Linear(2048, 768, false, (rows, worker, workers) => TKernels.Linear2048To768Add(m.Input, m.Weights, m.Output, rows, worker, workers)),
        Attention(12, 12, 64, KernelMemory.CacheLength, (rows, worker, workers) => TKernels.Attend(m.Queries, m.Keys, m.Values, m.Output, KernelMemory.CacheLength - rows, rows, worker, workers)),
        Norm(768, (rows, worker, workers) => TKernels.RootMeanSquareNorm768(m.Input, m.Weights, m.Output, rows, worker, workers)),
    ];
}

internal sealed unsafe class MeasuredSmollm135M() : MeasuredModel("smollm-135M")
{
    public override TensorTable Tensors => Smollm135M.Tensors;

    public override DecoderModel Load(WeightsSource source, ModelOptions options) => Smollm135M.Load(source, options);

    public override GenericDecoderConfiguration Generic => new() { Layers = 30, Width = 576, Heads = 9, KeyValueHeads = 3, FeedForwardWidth = 1536, VocabularySize = 49_152, ContextLength = 1024, TiedEmbeddings = true, ChunkLength = Smollm135M.ChunkLength };

    public override IEnumerable<MeasuredKernel> Kernels(InstructionSet instructionSet, KernelMemory memory) => instructionSet switch
    {
        InstructionSet.Avx512 => Kernels<Smollm135M.Avx512Kernels>(memory),
        InstructionSet.Avx2 => Kernels<Smollm135M.Avx2Kernels>(memory),
        InstructionSet.Neon => Kernels<Smollm135M.NeonKernels>(memory),
        _ => Kernels<Smollm135M.PortableKernels>(memory),
    };

    private static MeasuredKernel[] Kernels<TKernels>(KernelMemory m)
        where TKernels : struct, Smollm135M.IKernels =>
    [
        Linear(576, 960, false, (rows, worker, workers) => TKernels.Linear576To960(m.Input, m.Weights, m.Output, rows, worker, workers)),
        Linear(576, 576, false, (rows, worker, workers) => TKernels.Linear576To576Add(m.Input, m.Weights, m.Output, rows, worker, workers)),
        Linear(576, 1536, true, (rows, worker, workers) => TKernels.GatedLinear576To1536Silu(m.Input, m.Weights, m.Output, rows, worker, workers)),
        Linear(1536, 576, false, (rows, worker, workers) => TKernels.Linear1536To576Add(m.Input, m.Weights, m.Output, rows, worker, workers)),
        Attention(9, 3, 64, KernelMemory.CacheLength, (rows, worker, workers) => TKernels.Attend(m.Queries, m.Keys, m.Values, m.Output, KernelMemory.CacheLength - rows, rows, worker, workers)),
        Norm(576, (rows, worker, workers) => TKernels.RootMeanSquareNorm576(m.Input, m.Weights, m.Output, rows, worker, workers)),
    ];
}
