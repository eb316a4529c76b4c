using System;
using System.Collections.Generic;
using Specializer.GenericEngine;

namespace Specializer.Benchmarks;

internal sealed unsafe class MeasuredLlama15M() : MeasuredModel("llama-15M")
{
    public override TensorTable Tensors => Llama15M.Tensors;

    public override DecoderModel Load(WeightsSource source, ModelOptions options) => Llama15M.Load(source, options);

    public override GenericDecoderConfiguration Generic => new() { Layers = 6, Width = 288, Heads = 6, FeedForwardWidth = 768, VocabularySize = 32_000, ContextLength = 1024, TiedEmbeddings = true, ChunkLength = Llama15M.ChunkLength };

    public override IEnumerable<MeasuredKernel> MeasuredKernels(InstructionSet instructionSet, KernelMemory memory) => instructionSet switch
    {
        InstructionSet.Avx512 => Of<Llama15M.Avx512Kernels>(new Kernels(instructionSet, memory)),
        InstructionSet.Avx2 => Of<Llama15M.Avx2Kernels>(new Kernels(instructionSet, memory)),
        InstructionSet.Neon => Of<Llama15M.NeonKernels>(new Kernels(instructionSet, memory)),
        _ => Of<Llama15M.PortableKernels>(new Kernels(instructionSet, memory)),
    };

    private static MeasuredKernel[] Of<TKernels>(Kernels kernels)
        where TKernels : struct, Llama15M.IKernels =>
    [
        kernels.Linear(288, 864, (m, rows, worker, workers) => TKernels.Linear288To864(m.Input, m.Weights, m.Output, rows, worker, workers)),
        kernels.Linear(288, 288, (m, rows, worker, workers) => TKernels.Linear288To288Add(m.Input, m.Weights, m.Output, rows, worker, workers), adds: true),
        kernels.Linear(288, 768, (m, rows, worker, workers) => TKernels.GatedLinear288To768Silu(m.Input, m.Weights, m.Output, rows, worker, workers), gated: true),
        kernels.Linear(768, 288, (m, rows, worker, workers) => TKernels.Linear768To288Add(m.Input, m.Weights, m.Output, rows, worker, workers), adds: true),
        kernels.Attention(6, 6, 48, (m, rows, worker, workers) => TKernels.Attend(m.Queries, m.Keys, m.Values, m.Output, KernelMemory.CacheLength - rows, rows, worker, workers)),
        kernels.Norm(288, (m, rows, worker, workers) => TKernels.RootMeanSquareNorm288(m.Input, m.Weights, m.Output, rows, worker, workers)),
    ];
}

internal sealed unsafe class MeasuredLlama110M() : MeasuredModel("llama-110M")
{
    public override TensorTable Tensors => Llama110M.Tensors;

    public override DecoderModel Load(WeightsSource source, ModelOptions options) => Llama110M.Load(source, options);

    public override GenericDecoderConfiguration Generic => new() { Layers = 12, Width = 768, Heads = 12, FeedForwardWidth = 2048, VocabularySize = 32_000, ContextLength = 1024, TiedEmbeddings = true, ChunkLength = Llama110M.ChunkLength };

    public override IEnumerable<MeasuredKernel> MeasuredKernels(InstructionSet instructionSet, KernelMemory memory) => instructionSet switch
    {
        InstructionSet.Avx512 => Of<Llama110M.Avx512Kernels>(new Kernels(instructionSet, memory)),
        InstructionSet.Avx2 => Of<Llama110M.Avx2Kernels>(new Kernels(instructionSet, memory)),
        InstructionSet.Neon => Of<Llama110M.NeonKernels>(new Kernels(instructionSet, memory)),
        _ => Of<Llama110M.PortableKernels>(new Kernels(instructionSet, memory)),
    };

    private static MeasuredKernel[] Of<TKernels>(Kernels kernels)
        where TKernels : struct, Llama110M.IKernels =>
    [
        kernels.Linear(768, 2304, (m, rows, worker, workers) => TKernels.Linear768To2304(m.Input, m.Weights, m.Output, rows, worker, workers)),
        kernels.Linear(768, 768, (m, rows, worker, workers) => TKernels.Linear768To768Add(m.Input, m.Weights, m.Output, rows, worker, workers), adds: true),
        kernels.Linear(768, 2048, (m, rows, worker, workers) => TKernels.GatedLinear768To2048Silu(m.Input, m.Weights, m.Output, rows, worker, workers), gated: true),
        kernels.Linear(2048, 768, (m, rows, worker, workers) => TKernels.Linear2048To768Add(m.Input, m.Weights, m.Output, rows, worker, workers), adds: true),
        kernels.Attention(12, 12, 64, (m, rows, worker, workers) => TKernels.Attend(m.Queries, m.Keys, m.Values, m.Output, KernelMemory.CacheLength - rows, rows, worker, workers)),
        kernels.Norm(768, (m, rows, worker, workers) => TKernels.RootMeanSquareNorm768(m.Input, m.Weights, m.Output, rows, worker, workers)),
    ];
}

internal sealed unsafe class MeasuredSmollm135M() : MeasuredModel("smollm-135M")
{
    public override TensorTable Tensors => Smollm135M.Tensors;

    public override DecoderModel Load(WeightsSource source, ModelOptions options) => Smollm135M.Load(source, options);

    public override GenericDecoderConfiguration Generic => new() { Layers = 30, Width = 576, Heads = 9, KeyValueHeads = 3, FeedForwardWidth = 1536, VocabularySize = 49_152, ContextLength = 1024, TiedEmbeddings = true, ChunkLength = Smollm135M.ChunkLength };

    public override IEnumerable<MeasuredKernel> MeasuredKernels(InstructionSet instructionSet, KernelMemory memory) => instructionSet switch
    {
        InstructionSet.Avx512 => Of<Smollm135M.Avx512Kernels>(new Kernels(instructionSet, memory)),
        InstructionSet.Avx2 => Of<Smollm135M.Avx2Kernels>(new Kernels(instructionSet, memory)),
        InstructionSet.Neon => Of<Smollm135M.NeonKernels>(new Kernels(instructionSet, memory)),
        _ => Of<Smollm135M.PortableKernels>(new Kernels(instructionSet, memory)),
    };

    private static MeasuredKernel[] Of<TKernels>(Kernels kernels)
        where TKernels : struct, Smollm135M.IKernels =>
    [
        kernels.Linear(576, 960, (m, rows, worker, workers) => TKernels.Linear576To960(m.Input, m.Weights, m.Output, rows, worker, workers)),
        kernels.Linear(576, 576, (m, rows, worker, workers) => TKernels.Linear576To576Add(m.Input, m.Weights, m.Output, rows, worker, workers), adds: true),
        kernels.Linear(576, 1536, (m, rows, worker, workers) => TKernels.GatedLinear576To1536Silu(m.Input, m.Weights, m.Output, rows, worker, workers), gated: true),
        kernels.Linear(1536, 576, (m, rows, worker, workers) => TKernels.Linear1536To576Add(m.Input, m.Weights, m.Output, rows, worker, workers), adds: true),
        kernels.Attention(9, 3, 64, (m, rows, worker, workers) => TKernels.Attend(m.Queries, m.Keys, m.Values, m.Output, KernelMemory.CacheLength - rows, rows, worker, workers)),
        kernels.Norm(576, (m, rows, worker, workers) => TKernels.RootMeanSquareNorm576(m.Input, m.Weights, m.Output, rows, worker, workers)),
    ];
}
