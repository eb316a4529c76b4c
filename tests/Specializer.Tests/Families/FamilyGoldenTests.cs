using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.TestKit;
using Specializer.Tests.EndToEnd;
using Xunit;

namespace Specializer.Tests.Families;

/// <summary>Every family's golden checkpoint, declared by its own config.json, on every instruction set of this process.</summary>
[Feature("decoder", "llama3")]
[Feature("head-dimension", "qwen3", "gemma3")]
[Feature("score-scale", "gemma2")]
[Feature("checkpoint-biases", "qwen2")]
[Feature("fused-projections", "phi3", "gpt2", "gpt_neox", "bloom")]
[Feature("causal-mask", "llama3")]
[Feature("sliding-window", "mistral")]
[Feature("rotary-llama3", "llama3", "gemma3")]
[Feature("alibi", "bloom", "mpt")]
[Feature("layer-norm-and-rms-norm", "gpt2", "mpt", "llama3", "gemma")]
[Feature("pre-norm-and-parallel", "llama3", "gptj", "gpt_neox", "falcon")]
[Feature("sandwich-norm", "gemma2")]
[Feature("embedding-norm", "bloom")]
[Feature("gated", "gemma", "llama3")]
[Feature("embedding-scale", "gemma")]
[Feature("layer-kinds", "gemma2", "gemma3")]
[Feature(
    "decoder-families",
    "gpt2",
    "gptj",
    "gpt_neox",
    "llama3",
    "mistral",
    "qwen2",
    "qwen3",
    "gemma",
    "gemma2",
    "gemma3",
    "phi",
    "phi3",
    "bloom",
    "mpt",
    "falcon"
)]
public sealed class FamilyGoldenTests
{
    public static TheoryData<string, InstructionSet, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, InstructionSet, int>();
            foreach (Family family in Family.All)
            {
                foreach (InstructionSet instructionSet in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
                {
                    // Threads beside each other change nothing but the order of work.
                    cases.Add(family.Name, instructionSet, 1 + (cases.Count() % 2));
                }
            }

            return cases;
        }
    }

    [SharedDataTheory]
    [MemberData(nameof(Cases))]
    public void Logits_and_hidden_states_are_the_golden_ones(string name, InstructionSet instructionSet, int threads)
    {
        using GoldenFile golden = GoldenFile.Open(SharedData.Path("goldens", name, "golden.safetensors"));
        using IDecoderModel model = Load(name, instructionSet, threads);
        foreach (int length in new[] { 1, 7, 37 })
        {
            int[] tokens = golden.Integers($"input_ids_T{length}");
            var hidden = new Dictionary<int, float[]>();
            using IDecoderSession session = model.CreateSession();
            session.HiddenStates = (layer, position, state) =>
            {
                hidden.TryAdd(layer, new float[length * state.Length]);
                state.CopyTo(hidden[layer].AsSpan(position * state.Length));
            };
            float[] logits = new float[length * model.Description.VocabularySize];
            session.Prefill(tokens, logits);

            Tolerance.Default.AssertClose(golden.Rows($"logits_T{length}"), logits.AsSpan(), $"{name} logits of {length} tokens");

            // The golden files hold hidden states of the longest input only.
            for (int layer = 0; length == 37 && layer <= model.Description.Layers; layer++)
            {
                Tolerance.Default.AssertClose(
                    golden.Rows($"hidden_T{length}_layer{layer}"),
                    hidden[layer].AsSpan(),
                    $"{name} hidden states of {length} tokens after layer {layer}"
                );
            }
        }
    }

    [SharedDataTheory]
    [MemberData(nameof(Cases))]
    public void Greedy_tokens_are_the_golden_ones(string name, InstructionSet instructionSet, int threads)
    {
        using GoldenFile golden = GoldenFile.Open(SharedData.Path("goldens", name, "golden.safetensors"));
        using IDecoderModel model = Load(name, instructionSet, threads);
        using IDecoderSession session = model.CreateSession();
        int[] expected = golden.Integers("greedy_T7");
        var sampler = new Sampler(model.Description.VocabularySize, new SamplingOptions());
        var actual = new List<int> { sampler.Sample(session.Prefill(golden.Integers("input_ids_T7"))) };
        while (actual.Count < expected.Length)
        {
            actual.Add(sampler.Sample(session.Decode(actual[^1])));
        }

        Assert.Equal(expected, actual);
    }

    [SharedDataTheory]
    [MemberData(nameof(Cases))]
    public void Chunks_and_single_tokens_give_the_same_bits(string name, InstructionSet instructionSet, int threads)
    {
        using GoldenFile golden = GoldenFile.Open(SharedData.Path("goldens", name, "golden.safetensors"));
        using IDecoderModel model = Load(name, instructionSet, threads);
        int[] tokens = golden.Integers("input_ids_T37");
        using IDecoderSession whole = model.CreateSession();
        float[] expected = whole.Prefill(tokens).ToArray();

        using IDecoderSession cut = model.CreateSession();
        cut.Prefill(tokens.AsSpan(0, 5));
        cut.Prefill(tokens.AsSpan(5, 20));
        Assert.Equal(expected, cut.Prefill(tokens.AsSpan(25)).ToArray());

        using IDecoderSession single = model.CreateSession();
        float[] last = [];
        foreach (int token in tokens)
        {
            last = single.Decode(token).ToArray();
        }

        Assert.Equal(expected, last);
    }

    [SharedDataTheory]
    [MemberData(nameof(Cases))]
    public void Sessions_decoded_together_get_the_bits_of_each_alone(string name, InstructionSet instructionSet, int threads)
    {
        using GoldenFile golden = GoldenFile.Open(SharedData.Path("goldens", name, "golden.safetensors"));
        using IDecoderModel model = Load(name, instructionSet, threads);
        BatchRun.AssertSameAsAlone(model, golden.Integers("input_ids_T37"), [7, 30, 0, 19]);
    }

    private static IDecoderModel Load(string name, InstructionSet instructionSet, int threads)
    {
        using SafetensorsFile file = SafetensorsFile.Open(SharedData.Path("goldens", name, "model.safetensors"));
        return Family.Named(name).Load(file, new ModelOptions { InstructionSet = instructionSet, Threads = threads });
    }
}
