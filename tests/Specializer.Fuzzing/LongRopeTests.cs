using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;
using Specializer.Generator.Planning;
using Specializer.Tests.Goldens;
using Xunit;

namespace Specializer.Fuzzing;

using AttentionMask = Specializer.Generator.Architecture.AttentionMask;

/// <summary>
/// LongRoPE: at any moment a session gives the logits of its whole sequence in one call, with short factors up to the original
/// length and long ones past it, however it got there.
/// </summary>
public sealed class LongRopeTests
{
    internal const string AssemblyName = "longrope";

    private const int Original = 21;
    private const int Longest = 64;

    /// <summary>Of the model with a window, whose caches are rings of 128 positions.</summary>
    private const int LongestOfWindow = 200;
    private const int Vocabulary = 37;

    private const string Configuration = """
        {
          "model_type": "phi3", "architectures": ["Phi3ForCausalLM"], "hidden_size": 48, "intermediate_size": 40, "num_hidden_layers": 2,
          "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 37, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, WINDOW
          "max_position_embeddings": 64, "original_max_position_embeddings": 21, "tie_word_embeddings": true, "hidden_act": "silu",
          "rope_scaling": {
            "type": "longrope", "short_factor": [1.0, 1.1, 1.2, 1.4, 1.5, 1.7], "long_factor": [1.0, 1.5, 2.0, 3.5, 6.0, 11.0]
          }
        }
        """;

    private static readonly Lazy<FuzzAssembly> s_assembly = new(static () => new FuzzAssembly(AssemblyName, Architectures));
    private static readonly int[] s_tokens = [.. Enumerable.Range(0, LongestOfWindow).Select(static position => ((position * position) + (5 * position)) % Vocabulary)];
    private static readonly double[][]?[] s_oracle = new double[][]?[Longest + 1];

    internal static IReadOnlyList<TransformerArchitecture> Architectures =>
    [
        Parse(""),
        Parse("\"sliding_window\": 5,", LongestOfWindow),
        Parse("") with { LayerKinds = new EquatableArray<LayerKind>(Parse("").LayerKinds.Select(static kind => kind with { Mask = AttentionMask.Prefix })) },
    ];

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
    public void TheModelHasBothTablesAndKeepsItsTokens()
    {
        using DecoderModel model = Load(0);
        Assert.Equal(Original, model.Description.OriginalContextLength);
        using DecoderSession session = model.CreateSession();
        Assert.Equal(model.Description.SessionBytes, session.SessionBytes);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryLengthHasTheLogitsOfTheWholeSequence(InstructionSet instructionSet, int threads)
    {
        using DecoderModel model = Load(0, instructionSet, threads);
        using DecoderSession session = model.CreateSession();
        for (int length = 1; length <= Longest; length++)
        {
            // A new session and one that decodes token by token past the original length.
            float[] whole = Fresh(model, length);
            Tolerance.Default.AssertClose([Oracle(length)[^1]], whole.AsSpan(), FormattableString.Invariant($"logits after {length} tokens"));
            Comparison.AssertSame(whole, session.Decode(s_tokens[length - 1]), "token by token", length - 1);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ACallAcrossTheOriginalLengthHasLongFactorsAtAllItsPositions(InstructionSet instructionSet, int threads)
    {
        using DecoderModel model = Load(0, instructionSet, threads);
        foreach (int before in new[] { 1, 7, 8, 9, Original - 1, Original, Original + 1 })
        {
            using DecoderSession session = model.CreateSession();
            session.Prefill(s_tokens.AsSpan(0, before));
            float[] rest = new float[(Longest - before) * Vocabulary];
            session.Prefill(s_tokens.AsSpan(before, Longest - before), rest);
            Tolerance.Default.AssertClose(Oracle(Longest)[before..], rest.AsSpan(), FormattableString.Invariant($"logits after {before} tokens of a call before"));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryCutGivesTheSameBits(InstructionSet instructionSet, int threads)
    {
        using DecoderModel model = Load(0, instructionSet, threads);
        float[] expected = Fresh(model, Longest);
        Random random = new(3);
        for (int attempt = 0; attempt < 12; attempt++)
        {
            using DecoderSession session = model.CreateSession();
            float[] last = [];
            while (session.Position < Longest)
            {
                int count = Math.Min(1 + random.Next(14), Longest - session.Position);
                last = session.Prefill(s_tokens.AsSpan(session.Position, count)).ToArray();
            }

            Comparison.AssertSame(expected, last, "in random calls", Longest - 1);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void GreedyTokensAreThoseOfTheWholeSequence(InstructionSet instructionSet, int threads)
    {
        using DecoderModel model = Load(0, instructionSet, threads);
        using DecoderSession session = model.CreateSession();
        Comparison.AssertMostProbable(Fresh(model, Original - 1), session.PrefillGreedy(s_tokens.AsSpan(0, Original - 1)), Original - 2);
        for (int length = Original; length < Original + 4; length++)
        {
            Comparison.AssertMostProbable(Fresh(model, length), session.DecodeGreedy(s_tokens[length - 1]), length - 1);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ABatchTakesSessionsOnBothSidesOfTheLimit(InstructionSet instructionSet, int threads)
    {
        using DecoderModel model = Load(0, instructionSet, threads);
        DecoderSession[] sessions = [.. new[] { Original - 3, 4, Original, Original + 5, Original - 1 }.Select(length => Prefilled(model, length))];
        DecoderBatch batch = model.CreateBatch(sessions.Length);
        for (int step = 0; step < 6; step++)
        {
            batch.Decode(sessions, [.. sessions.Select(static session => s_tokens[session.Position])]);
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
    public void TruncateAndResetReturnToTheShortFactors(int number)
    {
        using DecoderModel model = Load(number);
        int longest = model.Description.ContextLength;
        foreach (int kept in new[] { Original + 3, Original, Original - 6, 2 })
        {
            // The next call ends on either side of the original length.
            foreach (int end in new[] { kept + 1, Original, Original + 1, longest }.Where(end => end > kept))
            {
                using DecoderSession session = Prefilled(model, longest);
                session.Truncate(kept + 1);
                session.Truncate(kept);
                Assert.Equal(kept, session.Position);
                Comparison.AssertSame(Fresh(model, end), session.Prefill(s_tokens.AsSpan(kept, end - kept)), "after a truncation", end - 1);
                session.Reset();
                Comparison.AssertSame(Fresh(model, 9), session.Prefill(s_tokens.AsSpan(0, 9)), "after a reset", 8);
            }
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(1, 1)]
    public void ACancelledCrossingLeavesTheSessionAsItWas(int number, int threads)
    {
        using DecoderModel model = Load(number, threads: threads);
        const int Before = Original - 2;
        int longest = model.Description.ContextLength;
        foreach (int cancelAt in new[] { 0, 9, Before, longest - 9 })
        {
            foreach (int next in new[] { Before + 1, Original, Original + 1, longest })
            {
                using DecoderSession session = Prefilled(model, Before);
                Cancel(session, cancelAt, longest);
                Assert.Equal(Before, session.Position);
                float[] last = session.Prefill(s_tokens.AsSpan(Before, next - Before)).ToArray();
                Comparison.AssertSame(Fresh(model, next), last, "after a cancelled call", next - 1);
            }
        }
    }

    [Fact]
    public void ACrossingThatFailsLeavesTheSessionAsItWas()
    {
        using DecoderModel model = Load(0);
        DecoderSession[] sessions = [Prefilled(model, 4), Prefilled(model, Original), Prefilled(model, Original + 2)];
        sessions[1].HiddenStates = static (layer, position, _) =>
        {
            if (layer == 1 && position == 12)
            {
                throw new TimeoutException();
            }
        };
        DecoderBatch batch = model.CreateBatch(3);
        int[] tokens = [.. sessions.Select(static session => s_tokens[session.Position])];
        Assert.Throws<TimeoutException>(() => batch.Decode(sessions, tokens));
        Assert.Throws<TimeoutException>(() => { sessions[1].Decode(0); });
        Assert.Equal([4, Original, Original + 2], sessions.Select(static session => session.Position));
        sessions[1].HiddenStates = null;
        batch.Decode(sessions, tokens);
        for (int i = 0; i < sessions.Length; i++)
        {
            Comparison.AssertSame(Fresh(model, sessions[i].Position), batch.LogitsOf(i), "in a batch after one that failed", sessions[i].Position - 1);
            sessions[i].Dispose();
        }
    }

    [Fact]
    public void WhatIsWrongIsSaidBeforeAnythingIsRecomputed()
    {
        using DecoderModel model = Load(0);
        using DecoderSession session = Prefilled(model, Original);
        session.HiddenStates = static (_, _, _) => Assert.Fail("something is computed");
        Assert.Throws<ArgumentOutOfRangeException>(() => { session.Decode(Vocabulary); });
        Assert.Throws<ArgumentException>(() => { session.Prefill(new int[Longest]); });
        session.HiddenStates = null;
        Comparison.AssertSame(Fresh(model, Original + 1), session.Decode(s_tokens[Original]), "after calls that were refused", Original);
    }

    [Fact]
    public void ByOptionACrossingThrowsBeforeAnythingIsComputed()
    {
        using DecoderModel model = Load(0, crossing: OriginalLengthCrossing.Throw);
        using DecoderSession session = Prefilled(model, 6);
        session.HiddenStates = static (_, _, _) => Assert.Fail("something is computed");
        string message = Assert.Throws<OriginalLengthException>(() => { session.Prefill(s_tokens.AsSpan(6, Original - 5)); }).Message;
        Assert.Equal(
            "To add 16 to the 6 positions of the session, Model0 must recompute its cache: 22 positions are more than the original length of 21 and need the long rotary factors, " +
            "but the 6 positions in the cache have the short ones. ModelOptions.OriginalLengthCrossing is Throw, so nothing was computed. " +
            "Call Reset and prefill the whole sequence, or set the option to Recompute.",
            message);
        session.HiddenStates = null;
        Comparison.AssertSame(Fresh(model, Original), session.Prefill(s_tokens.AsSpan(6, Original - 6)), "up to the original length", Original - 1);
        Assert.Throws<OriginalLengthException>(() => { session.Decode(0); });
        Assert.Throws<OriginalLengthException>(() => session.DecodeGreedy(0));

        // A prompt that is long from the start crosses nothing; what is kept of it has the long factors.
        using DecoderSession prompted = Prefilled(model, Original + 1);
        Comparison.AssertSame(Fresh(model, Original + 2), prompted.Decode(s_tokens[Original + 1]), "after a long prompt", Original + 1);
        prompted.Truncate(5);
        Assert.Contains(
            "6 positions are at most the original length of 21 and need the short rotary factors, but the 5 positions in the cache have the long ones",
            Assert.Throws<OriginalLengthException>(() => { prompted.Decode(s_tokens[5]); }).Message,
            StringComparison.Ordinal);
        Comparison.AssertSame(Fresh(model, Longest), prompted.Prefill(s_tokens.AsSpan(5, Longest - 5)), "after what was kept of a long prompt", Longest - 1);

        DecoderBatch batch = model.CreateBatch(2);
        using DecoderSession other = Prefilled(model, 3);
        DecoderSession[] both = [other, session];
        Assert.StartsWith(
            "To add 1 to the 21 positions of session 1 of the step, Model0 must recompute its cache",
            Assert.Throws<OriginalLengthException>(() => batch.Decode(both, [s_tokens[3], 0])).Message,
            StringComparison.Ordinal);
        Assert.Equal([3, Original], both.Select(static member => member.Position));
        Comparison.AssertSame(Fresh(model, 4), other.Decode(s_tokens[3]), "after a step that was refused", 3);
    }

    [Fact]
    public void AWindowsSessionThatThrowsRecomputesNothing()
    {
        using DecoderModel model = Load(1, crossing: OriginalLengthCrossing.Throw);
        using DecoderSession session = Prefilled(model, LongestOfWindow);
        Assert.Throws<InvalidOperationException>(() => session.Truncate(3));
        session.Reset();
        session.Prefill(s_tokens.AsSpan(0, Original + 1));
        Cancel(session, LongestOfWindow - 9, LongestOfWindow);
        Assert.Equal(0, session.Position);
    }

    [Fact]
    public void APrefixIsRecomputedAsAPrefix()
    {
        using var model = (PrefixDecoderModel)Load(2);
        using CheckpointTensors tensors = new(Architectures[2], 1);
        ArchitectureOracle oracle = new(Architectures[2], tensors);
        foreach (int prefix in new[] { 1, 5, 8 })
        {
            using PrefixDecoderSession session = model.CreateSession();
            session.PrefillPrefix(s_tokens.AsSpan(0, prefix));
            foreach (int length in new[] { prefix + 1, Original, Original + 1, Longest })
            {
                double[][] expected = oracle.Run(s_tokens[..length], new OracleInput(Prefix: prefix)).Logits;
                ReadOnlySpan<float> logits = session.Prefill(s_tokens.AsSpan(session.Position, length - session.Position));
                Tolerance.Default.AssertClose([expected[^1]], logits, FormattableString.Invariant($"logits after {length} tokens, {prefix} of them a prefix"));
            }
        }
    }

    [Fact]
    public void TheObserverGetsRecomputedStatesAgain()
    {
        using DecoderModel model = Load(0);
        Dictionary<(int Layer, int Position), (float[] State, int Times)> whole = [], grown = [];
        using DecoderSession one = model.CreateSession();
        one.HiddenStates = (layer, position, state) => whole.Add((layer, position), (state.ToArray(), 1));
        one.Prefill(s_tokens.AsSpan(0, Original + 2));
        using DecoderSession other = model.CreateSession();
        other.HiddenStates = (layer, position, state) => grown[(layer, position)] = (state.ToArray(), grown.GetValueOrDefault((layer, position)).Times + 1);
        other.Prefill(s_tokens.AsSpan(0, Original));
        other.Decode(s_tokens[Original]);
        other.Decode(s_tokens[Original + 1]);
        Assert.Equal(whole.Count, grown.Count);
        foreach (((int layer, int position), (float[] state, int times)) in grown)
        {
            Assert.Equal(position < Original ? 2 : 1, times);
            Comparison.AssertSame(whole[(layer, position)].State, state, FormattableString.Invariant($"states of layer {layer}"), position);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void ACrossingAllocatesNothing(int threads)
    {
        using DecoderModel model = Load(0, threads: threads);
        using DecoderSession session = model.CreateSession();

        // The caller's thread alone: other tests allocate meanwhile, and workers run the same steps as without a crossing.
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 6 && least > 0; attempt++)
        {
            session.Reset();
            session.Prefill(s_tokens.AsSpan(0, Original));
            long before = GC.GetAllocatedBytesForCurrentThread();
            session.Decode(s_tokens[Original]);
            session.Truncate(Original - 1);
            session.DecodeGreedy(s_tokens[Original - 1]);
            session.Prefill(s_tokens.AsSpan(Original, 12));
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    [Fact]
    public void AShortContextHasTheShortFactorsAlone()
    {
        TransformerArchitecture declared = Parse("", contextLength: Original);
        var scaling = (LongScaling)((RotaryPositions)declared.LayerKinds[0].Positions).Scaling;
        Assert.Equal([1.0, 1.1, 1.2, 1.4, 1.5, 1.7], scaling.Factors);
        Assert.Equal(0, declared.OriginalContextLength);
        Assert.Equal(Original, Parse("", contextLength: Original + 1).OriginalContextLength);
        Assert.Equal(Original, Parse("", contextLength: 0).OriginalContextLength);
    }

    [Fact]
    public void LengthsThatASessionCannotFollowAreRefused()
    {
        TransformerArchitecture one = Parse("");
        LayerKind kind = one.LayerKinds[0];
        var rotary = (RotaryPositions)kind.Positions;
        LayerKind other = kind with { Name = "Other", Positions = rotary with { Scaling = (LongScaling)rotary.Scaling with { OriginalContextLength = 30 } } };
        TransformerArchitecture two = one with { LayerKinds = new EquatableArray<LayerKind>([kind, other]), LayerPattern = new EquatableArray<int>([0, 1]) };
        Assert.Contains("21, 30", Assert.Throws<NotSupportedException>(() => Planner.Plan(two)).Message, StringComparison.Ordinal);
        TransformerArchitecture attending = new FuzzCase { Stack = Generator.Architecture.Stack.EncoderDecoder }.ToArchitecture() with { LayerKinds = one.LayerKinds };
        Assert.Contains("attends to an encoder", Assert.Throws<NotSupportedException>(() => Planner.Plan(attending)).Message, StringComparison.Ordinal);
    }

    private static TransformerArchitecture Parse(string window, int contextLength = Longest)
    {
        var file = new ConfigurationFile("config.json", Configuration.Replace("WINDOW", window, StringComparison.Ordinal));
        ConfigurationReading reading = file.Parse(new ConfigurationReference("config.json", contextLength, ChunkLength: 8));
        Assert.Empty(reading.Problems);
        return reading.Architecture!;
    }

    private static DecoderModel Load(
        int number, InstructionSet? instructionSet = null, int threads = 1, OriginalLengthCrossing crossing = OriginalLengthCrossing.Recompute)
    {
        using CheckpointTensors tensors = new(Architectures[number], 1);
        return (DecoderModel)s_assembly.Value.Load(number, tensors, new ModelOptions { InstructionSet = instructionSet, Threads = threads, OriginalLengthCrossing = crossing });
    }

    /// <summary>The logits after the first tokens, of a new session that gets them in one call.</summary>
    private static float[] Fresh(DecoderModel model, int length)
    {
        using DecoderSession session = model.CreateSession();
        return session.Prefill(s_tokens.AsSpan(0, length)).ToArray();
    }

    private static DecoderSession Prefilled(DecoderModel model, int length)
    {
        DecoderSession session = model.CreateSession();
        session.Prefill(s_tokens.AsSpan(0, length));
        return session;
    }

    /// <summary>The oracle's logits of the first tokens as a sequence of their own.</summary>
    private static double[][] Oracle(int length)
    {
        using CheckpointTensors tensors = new(Architectures[0], 1);
        return s_oracle[length] ??= new ArchitectureOracle(Architectures[0], tensors).Run(s_tokens[..length]).Logits;
    }

    /// <summary>Prefills up to a length, and cancels as soon as the states of a position are told.</summary>
    private static void Cancel(DecoderSession session, int position, int length)
    {
        using CancellationTokenSource source = new();
        session.HiddenStates = (_, at, _) =>
        {
            if (at == position)
            {
                source.Cancel();
            }
        };
        Assert.Throws<OperationCanceledException>(() => { session.Prefill(s_tokens.AsSpan(session.Position, length - session.Position), source.Token); });
        session.HiddenStates = null;
    }
}
