using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.TestKit;
using Specializer.Tests.Models;
using Xunit;

namespace Specializer.Tests.Kernels;

/// <summary>The search for the highest logit: every logit is looked at, by the worker that computes it and by no other.</summary>
[Feature("kernels")]
public sealed unsafe class ArgMaxKernelTests
{
    private const float Unwritten = -12345f;

    public static TheoryData<string, InstructionSet> Cases => DeclaredModels.OnEachInstructionSet;

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_highest_logit_is_found_by_the_worker_that_computes_it(string name, InstructionSet instructionSet)
    {
        DeclaredModel model = DeclaredModels.Get(name);
        GeneratedKernels kernels = new(model, instructionSet);
        int vocabulary = model.Architecture.VocabularySize;
        using GuardedFloats logits = new(KernelLayout.Pad(vocabulary));
        for (int workers = 1; workers <= 4; workers++)
        {
            int[] computedBy = Owners(model, kernels, workers);
            foreach (int token in Sample(vocabulary))
            {
                // Rows are padded after the vocabulary; the padding must not count.
                logits.Span.Fill(float.PositiveInfinity);
                logits.Span[..vocabulary].Fill(-1);
                logits.Span[token] = 2;
                logits.Span[(token + 1)..Math.Min(vocabulary, token + 2)].Fill(2);
                for (int worker = 0; worker < workers; worker++)
                {
                    int first = Array.IndexOf(computedBy, worker);
                    int second = token + 1 < vocabulary && computedBy[token + 1] == worker ? token + 1 : first;
                    int expected = computedBy[token] == worker ? token : second;
                    Assert.Equal(expected, kernels.Highest(logits.Address, worker, workers));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_no_number_is_found_before_anything_else(string name, InstructionSet instructionSet)
    {
        DeclaredModel model = DeclaredModels.Get(name);
        HighestFunction highest = new GeneratedKernels(model, instructionSet).Highest;
        int vocabulary = model.Architecture.VocabularySize;
        using GuardedFloats logits = new(KernelLayout.Pad(vocabulary));
        Random random = new(vocabulary);
        foreach (int token in Sample(vocabulary))
        {
            foreach (ref float logit in logits.Span)
            {
                logit = random.NextSingle();
            }

            logits.Span[token] = float.NaN;
            logits.Span[random.Next(token + 1, logits.Length)..].Fill(float.NaN);
            Assert.Equal(token, highest(logits.Address, 0, 1));
        }

        logits.Span.Fill(float.NegativeInfinity);
        Assert.Equal(0, highest(logits.Address, 0, 1));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Among_random_logits_it_is_the_first_of_the_highest(string name, InstructionSet instructionSet)
    {
        DeclaredModel model = DeclaredModels.Get(name);
        HighestFunction highest = new GeneratedKernels(model, instructionSet).Highest;
        int vocabulary = model.Architecture.VocabularySize;
        using GuardedFloats logits = new(KernelLayout.Pad(vocabulary));
        Random random = new(vocabulary);
        for (int turn = 0; turn < 50; turn++)
        {
            // Few values, so that some are equal; also in rising and falling order.
            float[] values = [.. Enumerable.Range(0, vocabulary).Select(_ => (float)random.Next(turn + 2) - 5)];
            values = (turn % 3) switch
            {
                0 => values,
                1 => [.. values.Order()],
                _ => [.. values.OrderDescending()],
            };
            values.CopyTo(logits.Span);
            Assert.Equal(Array.IndexOf(values, values.Max()), highest(logits.Address, 0, 1));
        }
    }

    /// <summary>Which worker writes each logit.</summary>
    private static int[] Owners(DeclaredModel model, GeneratedKernels kernels, int workers)
    {
        int width = model.Architecture.Width,
            vocabulary = model.Architecture.VocabularySize;
        LinearKernel logitsKernel = kernels.Linear.Single(kernel =>
            kernel.Outputs == vocabulary
            && kernel.Inputs == width
            && kernel.OutputStride == KernelLayout.Pad(vocabulary)
            && !kernel.AddsToOutput
            && !kernel.Bias
        );
        using GuardedFloats input = new(KernelLayout.RowStride(width));
        using GuardedFloats weights = new(logitsKernel.PackedFloats);
        using GuardedFloats output = new(KernelLayout.Pad(vocabulary));
        int[] owners = new int[vocabulary];
        Array.Fill(owners, -1);
        for (int worker = 0; worker < workers; worker++)
        {
            output.Span.Fill(Unwritten);
            logitsKernel.Function(input.Address, weights.Address, null, output.Address, 1, worker, workers);
            for (int token = 0; token < vocabulary; token++)
            {
                if (output.Span[token] != Unwritten)
                {
                    Assert.Equal(-1, owners[token]);
                    owners[token] = worker;
                }
            }
        }

        Assert.DoesNotContain(-1, owners);
        return owners;
    }

    /// <summary>The ends, the ends of panels of any width, and some between.</summary>
    private static IEnumerable<int> Sample(int vocabulary) =>
        Enumerable.Range(0, vocabulary).Where(token => token < 3 || token >= vocabulary - 3 || token % 8 is 0 or 7 && token % 37 < 19);
}
