using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Benchmarks;

/// <summary>Measures one model at growing lengths: whole prefills, single tokens behind them, and attention alone.</summary>
internal sealed unsafe class GrowthMeasurement(int threads)
{
    private const int Repetitions = 5;
    private const int DecodedTokens = 4;
    private const int Heads = 6, HeadDimension = 48;

    public IEnumerable<GrowthRow> Measure(IEnumerable<int> lengths)
    {
        Llama15MLong model;
        using (var weights = new RandomWeights(Llama15MLong.Tensors, seed: 1))
        {
            model = Llama15MLong.Load(weights, new ModelOptions { Threads = threads });
        }

        using (model)
        using (DecoderSession session = model.CreateSession())
        {
            foreach (int length in lengths)
            {
                // Behind the prompt there must be room for the tokens that are decoded.
                int prompt = Math.Min(length, Llama15MLong.ContextLength - DecodedTokens);
                int[] tokens = [.. Enumerable.Range(0, prompt).Select(position => position * 97 % Llama15MLong.VocabularySize)];
                double prefill = Median(() =>
                {
                    session.Reset();
                    session.Prefill(tokens);
                });
                double decode = Median(() =>
                {
                    session.Truncate(prompt);
                    for (int token = 0; token < DecodedTokens; token++)
                    {
                        session.Decode(token);
                    }
                });
                yield return new GrowthRow(length, prefill, decode / DecodedTokens, AttentionSeconds(length), 2L * length * Llama15MLong.DModel * Llama15MLong.Layers * sizeof(float));
            }
        }
    }

    /// <summary>One query of every head over a cache of a length, by one thread.</summary>
    private static double AttentionSeconds(int length) => InstructionSets.Best switch
    {
        InstructionSet.Avx512 => AttentionSeconds<Llama15MLong.Avx512Kernels>(length),
        InstructionSet.Avx2 => AttentionSeconds<Llama15MLong.Avx2Kernels>(length),
        InstructionSet.Neon => AttentionSeconds<Llama15MLong.NeonKernels>(length),
        _ => AttentionSeconds<Llama15MLong.PortableKernels>(length),
    };

    private static double AttentionSeconds<TKernels>(int length)
        where TKernels : struct, Llama15MLong.IKernels
    {
        const int CacheFloats = Heads * HeadDimension * Llama15MLong.ContextLength;
        using AlignedBuffer memory = AlignedBuffer.Allocate(((2L * CacheFloats) + (2 * 65_536)) * sizeof(float));
        new Span<float>(memory.Address, (2 * CacheFloats) + (2 * 65_536)).Fill(0.01f);
        float* queries = memory.Address + (2 * CacheFloats), output = queries + 65_536;
        float* keys = memory.Address, values = keys + CacheFloats;
        int calls = Math.Max(1, 65_536 / length);
        return Median(() =>
        {
            for (int call = 0; call < calls; call++)
            {
                TKernels.Attend(queries, keys, values, output, length - 1, 1, 0, 1);
            }
        }) / calls;
    }

    private static double Median(Action run) => SimultaneousRun.MedianSeconds(threads: 1, Repetitions, _ => run());
}
