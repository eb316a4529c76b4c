using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.TestKit;
using Specializer.Tests.EndToEnd;
using Xunit;

namespace Specializer.Tests.Families;

/// <summary>Every encoder family's golden checkpoint, declared by its own config.json, on every instruction set of this process.</summary>
[Feature("encoder", "bert")]
[Feature("band-and-global-tokens", "longformer")]
[Feature("learned-positions", "roberta")]
[Feature("post-norm", "bert")]
[Feature("token-types", "bert")]
[Feature("pooler", "bert")]
[Feature("masked-language-model", "bert_mlm")]
[Feature("encoder-families", "bert", "roberta", "distilbert", "albert", "longformer")]
public sealed class EncoderGoldenTests
{
    public static TheoryData<string, InstructionSet, int> Cases => EncoderFamily.Cases;

    [SharedDataTheory]
    [MemberData(nameof(Cases))]
    public void Outputs_and_hidden_states_are_the_golden_ones(string name, InstructionSet instructionSet, int threads)
    {
        EncoderFamily family = EncoderFamily.Named(name);
        using GoldenFile golden = GoldenFile.Open(family.GoldenPath);
        using IEncoderModel<TokenInput> model = family.Load(instructionSet, threads);
        using IEncoderSession<TokenInput> session = model.CreateSession();
        foreach (int length in new[] { 1, 7, 37 })
        {
            var hidden = new Dictionary<int, float[]>();
            session.HiddenStates = (layer, position, state) =>
            {
                hidden.TryAdd(layer, new float[length * state.Length]);
                state.CopyTo(hidden[layer].AsSpan(position * state.Length));
            };
            Result result = Result.For(model, 1, length);
            session.Encode(Input(golden, $"T{length}"), result.Output, result.HiddenStates);

            Tolerance.Default.AssertClose(
                golden.Rows($"last_hidden_T{length}"),
                result.HiddenStates.AsSpan(),
                $"{name} last hidden states of {length} tokens"
            );
            Tolerance.Default.AssertClose(
                golden.Rows($"{family.Output}_T{length}"),
                result.Output.AsSpan(),
                $"{name} output of {length} tokens"
            );

            // The golden files hold the layers' hidden states of the longest input only.
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

    [Feature("padding")]
    [SharedDataTheory]
    [MemberData(nameof(Cases))]
    public void A_padded_batch_is_the_golden_one(string name, InstructionSet instructionSet, int threads)
    {
        EncoderFamily family = EncoderFamily.Named(name);
        using GoldenFile golden = GoldenFile.Open(family.GoldenPath);
        using IEncoderModel<TokenInput> model = family.Load(instructionSet, threads);
        using IEncoderSession<TokenInput> session = model.CreateSession();
        int[] lengths = Lengths(golden);
        Result result = Result.For(model, lengths.Length, golden.Shape("input_ids_B3")[1]);
        Array.Fill(result.Output, float.NaN);
        Array.Fill(result.HiddenStates, float.NaN);
        session.Encode(Input(golden, "B3", lengths), result.Output, result.HiddenStates);

        // Both contain zeros for padding.
        Tolerance.Default.AssertClose(
            golden.Rows("last_hidden_B3"),
            result.HiddenStates.AsSpan(),
            $"{name} last hidden states of the batch"
        );
        Tolerance.Default.AssertClose(golden.Rows($"{family.Output}_B3"), result.Output.AsSpan(), $"{name} output of the batch");

        // By the mask instead of the lengths it is the same.
        Result masked = Result.For(model, lengths.Length, golden.Shape("input_ids_B3")[1]);
        session.Encode(
            new TokenInput(golden.Integers("input_ids_B3"))
            {
                TokenTypes = Types(golden, "B3"),
                GlobalTokens = Globals(golden, "B3"),
                AttentionMask = golden.Integers("attention_mask_B3"),
                Sequences = lengths.Length,
            },
            masked.Output,
            masked.HiddenStates
        );
        Bits.AssertSame(result.Output, masked.Output, "output of the batch by its mask");
        Bits.AssertSame(result.HiddenStates, masked.HiddenStates, "hidden states of the batch by its mask");
    }

    [SharedDataTheory]
    [MemberData(nameof(Cases))]
    public void Alone_and_in_a_batch_give_the_same_bits_on_any_number_of_threads(string name, InstructionSet instructionSet, int threads)
    {
        EncoderFamily family = EncoderFamily.Named(name);
        using GoldenFile golden = GoldenFile.Open(family.GoldenPath);
        using IEncoderModel<TokenInput> model = family.Load(instructionSet, threads);
        using IEncoderModel<TokenInput> single = family.Load(instructionSet, 1);
        using IEncoderSession<TokenInput> session = model.CreateSession();
        using IEncoderSession<TokenInput> alone = single.CreateSession();
        int[] lengths = Lengths(golden),
            tokens = golden.Integers("input_ids_B3"),
            types = Types(golden, "B3");
        int longest = tokens.Length / lengths.Length;
        Result batch = Result.For(model, lengths.Length, longest);

        // The values of padding are not read, not even to check that they are tokens.
        int[] spoiled = [.. tokens.Select((token, i) => i % longest < lengths[i / longest] ? token : -1)];
        int[] globals = Globals(golden, "B3");
        session.Encode(
            new TokenInput(spoiled)
            {
                TokenTypes = types,
                GlobalTokens = globals,
                Lengths = lengths,
            },
            batch.Output,
            batch.HiddenStates
        );
        for (int sequence = 0; sequence < lengths.Length; sequence++)
        {
            int length = lengths[sequence];
            Range part = (sequence * longest)..((sequence * longest) + length);
            Result one = Result.For(single, 1, length);
            alone.Encode(
                new TokenInput(tokens[part])
                {
                    TokenTypes = types.Length == 0 ? [] : types[part],
                    GlobalTokens = globals.Length == 0 ? [] : globals[part],
                },
                one.Output,
                one.HiddenStates
            );
            Bits.AssertSame(
                one.HiddenStates,
                batch.HiddenStates.AsSpan(sequence * longest * model.Description.DModel, one.HiddenStates.Length),
                $"hidden states of sequence {sequence}"
            );
            int rows = model.Description.OutputPerToken ? longest : 1;
            Bits.AssertSame(
                one.Output,
                batch.Output.AsSpan(sequence * rows * model.Description.OutputWidth, one.Output.Length),
                $"output of sequence {sequence}"
            );
        }
    }

    /// <summary>The golden batch's lengths, from its mask.</summary>
    private static int[] Lengths(GoldenFile golden) =>
        [.. golden.Integers("attention_mask_B3").Chunk(golden.Shape("attention_mask_B3")[1]).Select(row => row.Sum())];

    private static int[] Types(GoldenFile golden, string of) =>
        golden.Names.Contains("token_type_ids_" + of) ? golden.Integers("token_type_ids_" + of) : [];

    private static int[] Globals(GoldenFile golden, string of) =>
        golden.Names.Contains("global_attention_mask_" + of) ? golden.Integers("global_attention_mask_" + of) : [];

    private static TokenInput Input(GoldenFile golden, string of, int[]? lengths = null) =>
        new(golden.Integers("input_ids_" + of))
        {
            TokenTypes = Types(golden, of),
            GlobalTokens = Globals(golden, of),
            Lengths = lengths,
        };

    /// <summary>The outputs of a call.</summary>
    private sealed record Result(float[] Output, float[] HiddenStates)
    {
        public static Result For(IEncoderModel<TokenInput> model, int sequences, int longest) =>
            new(
                new float[sequences * (model.Description.OutputPerToken ? longest : 1) * model.Description.OutputWidth],
                new float[sequences * longest * model.Description.DModel]
            );
    }
}
