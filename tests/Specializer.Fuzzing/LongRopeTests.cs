using System;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;
using Specializer.Generator.Planning;
using Specializer.Oracle;
using Specializer.TestKit;
using Xunit;
using static Specializer.Fuzzing.LongRopeModels;

namespace Specializer.Fuzzing;

/// <summary>
/// LongRoPE: at any time, a session computes the logits of its whole sequence in one call. It uses short factors up to the
/// original length and long ones beyond, independently of the preceding calls.
/// </summary>
[Feature("long-rope")]
public sealed class LongRopeTests
{
    private static readonly double[][]?[] s_oracle = new double[][]?[Longest + 1];

    public static TheoryData<InstructionSet, int> Cases
    {
        get
        {
            TheoryData<InstructionSet, int> cases = [];
            foreach (InstructionSet instructionSet in Comparison.InstructionSetsHere)
            {
                cases.Add(instructionSet, 1);
                cases.Add(instructionSet, 2);
            }

            return cases;
        }
    }

    [Fact]
    public void The_model_has_both_tables_and_keeps_its_tokens()
    {
        using IDecoderModel model = Load(0);
        Assert.Equal(Original, model.Description.OriginalContextLength);
        using IDecoderSession session = model.CreateSession();
        Assert.Equal(model.Description.SessionBytes, session.SessionBytes);
    }

    [Feature("long-rope-lengths")]
    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_length_has_the_logits_of_the_whole_sequence(InstructionSet instructionSet, int threads)
    {
        using IDecoderModel model = Load(0, instructionSet, threads);
        using IDecoderSession session = model.CreateSession();
        for (int length = 1; length <= Longest; length++)
        {
            // A new session and one that decodes token by token past the original length.
            float[] whole = Fresh(model, length);
            string what = FormattableString.Invariant($"logits after {length} tokens");
            Tolerance.Default.AssertClose([Oracle(length)[^1]], whole.AsSpan(), what);
            Comparison.AssertSame(whole, session.Decode(Tokens[length - 1]), "token by token", length - 1);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_call_across_the_original_length_has_long_factors_at_all_its_positions(InstructionSet instructionSet, int threads)
    {
        using IDecoderModel model = Load(0, instructionSet, threads);
        foreach (int before in new[] { 1, 7, 8, 9, Original - 1, Original, Original + 1 })
        {
            using IDecoderSession session = model.CreateSession();
            session.Prefill(Tokens.AsSpan(0, before));
            float[] rest = new float[(Longest - before) * Vocabulary];
            session.Prefill(Tokens.AsSpan(before, Longest - before), rest);
            string what = FormattableString.Invariant($"logits after {before} tokens of a call before");
            Tolerance.Default.AssertClose(Oracle(Longest)[before..], rest.AsSpan(), what);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_cut_gives_the_same_bits(InstructionSet instructionSet, int threads)
    {
        using IDecoderModel model = Load(0, instructionSet, threads);
        float[] expected = Fresh(model, Longest);
        Random random = new(3);
        for (int attempt = 0; attempt < 12; attempt++)
        {
            using IDecoderSession session = model.CreateSession();
            float[] last = [];
            while (session.Position < Longest)
            {
                int count = Math.Min(1 + random.Next(14), Longest - session.Position);
                last = session.Prefill(Tokens.AsSpan(session.Position, count)).ToArray();
            }

            Comparison.AssertSame(expected, last, "in random calls", Longest - 1);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Greedy_tokens_are_those_of_the_whole_sequence(InstructionSet instructionSet, int threads)
    {
        using IDecoderModel model = Load(0, instructionSet, threads);
        using IDecoderSession session = model.CreateSession();
        Comparison.AssertMostProbable(Fresh(model, Original - 1), session.PrefillGreedy(Tokens.AsSpan(0, Original - 1)), Original - 2);
        for (int length = Original; length < Original + 4; length++)
        {
            Comparison.AssertMostProbable(Fresh(model, length), session.DecodeGreedy(Tokens[length - 1]), length - 1);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_batch_takes_sessions_on_both_sides_of_the_limit(InstructionSet instructionSet, int threads)
    {
        using IDecoderModel model = Load(0, instructionSet, threads);
        int[] lengths = [Original - 3, 4, Original, Original + 5, Original - 1];
        IDecoderSession[] sessions = [.. lengths.Select(length => Prefilled(model, length))];
        DecoderBatch batch = model.CreateBatch(sessions.Length);
        for (int step = 0; step < 6; step++)
        {
            batch.Decode(sessions, [.. sessions.Select(static session => Tokens[session.Position])]);
            for (int i = 0; i < sessions.Length; i++)
            {
                Comparison.AssertSame(Fresh(model, sessions[i].Position), batch.LogitsOf(i), "in a batch", sessions[i].Position - 1);
            }
        }

        Array.ForEach(sessions, static session => session.Dispose());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Truncate_and_reset_return_to_the_short_factors(int number)
    {
        using IDecoderModel model = Load(number);
        int longest = model.Description.ContextLength;
        foreach (int kept in new[] { Original + 3, Original, Original - 6, 2 })
        {
            // The next call ends on either side of the original length.
            foreach (int end in new[] { kept + 1, Original, Original + 1, longest }.Where(end => end > kept))
            {
                using IDecoderSession session = Prefilled(model, longest);
                session.Truncate(kept + 1);
                session.Truncate(kept);
                Assert.Equal(kept, session.Position);
                Comparison.AssertSame(Fresh(model, end), session.Prefill(Tokens.AsSpan(kept, end - kept)), "after a truncation", end - 1);
                session.Reset();
                Comparison.AssertSame(Fresh(model, 9), session.Prefill(Tokens.AsSpan(0, 9)), "after a reset", 8);
            }
        }
    }

    [Fact]
    public void A_prefix_is_recomputed_as_a_prefix()
    {
        using var model = (IDecoderModel)Load(2);
        using CheckpointTensors tensors = new(Architectures[2], 1);
        ArchitectureOracle oracle = new(Architectures[2], OracleWeights.Read(tensors));
        foreach (int prefix in new[] { 1, 5, 8 })
        {
            using IPrefixSession<TokenInput> session = (IPrefixSession<TokenInput>)model.CreateSession();
            session.PrefillPrefix(Tokens.AsSpan(0, prefix));
            foreach (int length in new[] { prefix + 1, Original, Original + 1, Longest })
            {
                double[][] expected = oracle.Run(Tokens[..length], new OracleInput(Prefix: prefix)).Logits;
                ReadOnlySpan<float> logits = session.Prefill(Tokens.AsSpan(session.Position, length - session.Position));
                string what = FormattableString.Invariant($"logits after {length} tokens, {prefix} of them a prefix");
                Tolerance.Default.AssertClose([expected[^1]], logits, what);
            }
        }
    }

    [Fact]
    public void A_short_context_has_the_short_factors_alone()
    {
        TransformerArchitecture declared = Parse("", contextLength: Original);
        var scaling = (LongScaling)((RotaryPositions)declared.LayerKinds[0].Attention.Positions).Scaling;
        Assert.Equal([1.0, 1.1, 1.2, 1.4, 1.5, 1.7], scaling.Factors);
        Assert.Equal(0, declared.OriginalContextLength);
        Assert.Equal(Original, Parse("", contextLength: Original + 1).OriginalContextLength);
        Assert.Equal(Original, Parse("", contextLength: 0).OriginalContextLength);
    }

    [Fact]
    public void Different_original_lengths_are_a_problem_of_the_file()
    {
        const string Two = """
            {
              "model_type": "gemma3_text", "architectures": ["Gemma3ForCausalLM"], "hidden_size": 32, "intermediate_size": 24,
              "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 4, "vocab_size": 17,
              "max_position_embeddings": 64, "sliding_window": 8, "layer_types": ["sliding_attention", "full_attention"],
              "rope_parameters": {
                "sliding_attention": LONGROPE 16 },
                "full_attention": LONGROPE 32 }
              }
            }
            """;
        const string Section = """
            { "rope_type": "longrope", "rope_theta": 10000.0, "short_factor": [1, 2], "long_factor": [3, 4],
              "original_max_position_embeddings":
            """;
        var file = new ConfigurationFile("config.json", Two.Replace("LONGROPE", Section, StringComparison.Ordinal));
        Assert.Contains(
            "the longrope factors of its layer kinds change at different lengths, 16 and 32: set ContextLength to at most 16",
            Assert.Single(file.Parse(new ConfigurationReference("config.json", 0, 0)).Problems).Message,
            StringComparison.Ordinal
        );
        Assert.NotEmpty(file.Parse(new ConfigurationReference("config.json", 17, 0)).Architecture!.OriginalContextLengths);
        Assert.Empty(file.Parse(new ConfigurationReference("config.json", 17, 0)).Problems);
        Assert.Empty(file.Parse(new ConfigurationReference("config.json", 16, 0)).Architecture!.OriginalContextLengths);
    }

    [Fact]
    public void A_decoder_that_attends_to_an_encoder_is_refused()
    {
        TransformerArchitecture attending = new FuzzCase { Stack = Generator.Architecture.Stack.EncoderDecoder }.ToArchitecture();
        Assert.Contains(
            "attends to an encoder",
            Assert.Throws<NotSupportedException>(() => Planner.Plan(attending with { LayerKinds = Parse("").LayerKinds })).Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>The oracle's logits of the first tokens as a sequence of their own.</summary>
    private static double[][] Oracle(int length)
    {
        using CheckpointTensors tensors = new(Architectures[0], 1);
        return s_oracle[length] ??= new ArchitectureOracle(Architectures[0], OracleWeights.Read(tensors)).Run(Tokens[..length]).Logits;
    }
}
