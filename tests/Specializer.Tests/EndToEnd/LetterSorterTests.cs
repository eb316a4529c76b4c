using System;
using System.Linq;
using Specializer.TestKit;
using Specializer.Tests.Models;
using Xunit;

namespace Specializer.Tests.EndToEnd;

/// <summary>A trained checkpoint of no known family, loaded by names that its declaration gives: its published activations.</summary>
[Feature("letter-sorter")]
public sealed class LetterSorterTests
{
    public static TheoryData<InstructionSet> InstructionSetCases => DeclaredModels.InstructionSetsOfThisProcess;

    [SharedDataTheory]
    [MemberData(nameof(InstructionSetCases))]
    public void Every_blocks_output_and_the_logits_are_the_published_ones(InstructionSet instructionSet)
    {
        using SafetensorsFile weights = SafetensorsFile.Open(SharedData.Path("models", "gpt-nano-sort", "model.safetensors"));
        using SafetensorsFile published = SafetensorsFile.Open(SharedData.Path("models", "gpt-nano-sort", "partials.safetensors"));
        using LetterSorter model = LetterSorter.Load(weights, new ModelOptions { InstructionSet = instructionSet });
        const int Sequences = 3;
        int[] tokens = [.. Read(published, "idx").Select(static value => (int)value)];
        float[] logits = Read(published, "lm_head");
        for (int sequence = 0; sequence < Sequences; sequence++)
        {
            float[][] states =
            [
                .. Enumerable
                    .Range(0, LetterSorter.Layers + 1)
                    .Select(static _ => new float[LetterSorter.ContextLength * LetterSorter.DModel]),
            ];
            float[] found = new float[LetterSorter.ContextLength * LetterSorter.VocabularySize];
            using IDecoderSession session = model.CreateSession();
            session.HiddenStates = (layer, position, state) => state.CopyTo(states[layer].AsSpan(position * LetterSorter.DModel));
            session.Prefill(Part(tokens, sequence), found);

            AssertClose(Part(Read(published, "x"), sequence), states[0], LetterSorter.DModel, "embeddings with positions");
            for (int layer = 0; layer < LetterSorter.Layers; layer++)
            {
                AssertClose(
                    Part(Read(published, FormattableString.Invariant($"block{layer}")), sequence),
                    states[layer + 1],
                    LetterSorter.DModel,
                    FormattableString.Invariant($"output of block {layer}")
                );
            }

            AssertClose(Part(logits, sequence), found, LetterSorter.VocabularySize, "logits");
        }

        T[] Part<T>(T[] all, int sequence) => all[(sequence * all.Length / Sequences)..((sequence + 1) * all.Length / Sequences)];

        static void AssertClose(float[] expected, float[] actual, int columns, string what) =>
            Tolerance.Default.AssertClose<float, float>(expected, actual, columns, what);
    }

    private static float[] Read(SafetensorsFile file, string name)
    {
        Assert.True(file.TryGetTensor(name, out TensorView view), name);
        float[] values = new float[view.ElementCount];
        view.CopyTo(values);
        return values;
    }
}
