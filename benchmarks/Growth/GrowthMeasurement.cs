using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Specializer.CompilerServices;
using Specializer.TestKit;

namespace Specializer.Benchmarks;

/// <summary>Measures one model at increasing lengths: whole prefills, single tokens after them, and attention alone.</summary>
internal sealed class GrowthMeasurement(int threads)
{
    private const int Repetitions = 5;
    private const int DecodedTokens = 4;

    public IEnumerable<GrowthRow> Measure(IEnumerable<int> lengths)
    {
        Llama15MLong model;
        using (var weights = new RandomWeights(Llama15MLong.Tensors, seed: 1))
        {
            model = Llama15MLong.Load(weights, new ModelOptions { Threads = threads });
        }

        using (model)
        using (IDecoderSession session = model.CreateSession())
        {
            foreach (int length in lengths)
            {
                // The context needs free positions after the prompt for the decoded tokens.
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
                yield return new GrowthRow(
                    length,
                    prefill,
                    decode / DecodedTokens,
                    AttentionSeconds(length),
                    2L * length * Llama15MLong.DModel * Llama15MLong.Layers * sizeof(float)
                );
            }
        }
    }

    /// <summary>Measures one query of every head over a cache of a given length, with one thread.</summary>
    private static double AttentionSeconds(int length)
    {
        using var memory = new KernelMemory();
        Type model = typeof(Llama15MLong);
        MethodInfo method = GeneratedKernelTable.Method(model, InstructionSets.Best, GeneratedKernelTable.Facts(model, KernelKind.Attend));
        Action<int, int, int> attend = KernelBinding.Bind(method, memory, length, rowsAreLast: true);
        int calls = Math.Max(1, 65_536 / length);
        return Median(() =>
            {
                for (int call = 0; call < calls; call++)
                {
                    attend(1, 0, 1);
                }
            }) / calls;
    }

    private static double Median(Action run) => SimultaneousRun.MedianSeconds(threads: 1, Repetitions, _ => run());
}
