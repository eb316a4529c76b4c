using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.GenericEngine;
using Specializer.Oracle;
using Specializer.TestKit;
using Specializer.Tests.Execution;
using Specializer.Tests.Models;
using Specializer.Tests.Oracle;
using Xunit;

namespace Specializer.Tests.EndToEnd;

/// <summary>Several sessions of one model decoded in one step.</summary>
[Feature("batches")]
[Collection(SerialTests.Name)]
public sealed class DecoderBatchTests
{
    private static readonly DeclaredModel s_declared = DeclaredModels.LlamaGoldenShortChunk;

    private const int Positions = 20;

    /// <summary>The models whose context holds <see cref="Positions"/>, each on each instruction set of this process.</summary>
    public static TheoryData<string, InstructionSet> Cases => DeclaredModels.WithContext(Positions);

    public static TheoryData<InstructionSet> InstructionSetCases => DeclaredModels.InstructionSetsOfThisProcess;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_session_gets_the_bits_that_it_gets_alone(string name, InstructionSet instructionSet)
    {
        DeclaredModel declared = DeclaredModels.Get(name);
        foreach (int threads in new[] { 1, 2 })
        {
            using IDecoderModel model = declared.LoadRandom(instructionSet, threads);
            BatchRun.AssertSameAsAlone(model, declared.RandomTokens(Positions), [3, 0, 11, 1, 7]);
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSetCases))]
    public void States_of_linear_attention_are_each_sessions_own(InstructionSet instructionSet)
    {
        DeclaredModel declared = new(typeof(LinearDecoder), LinearDecoder.Load);
        using IDecoderModel model = declared.LoadRandom(instructionSet, threads: 2);
        BatchRun.AssertSameAsAlone(model, declared.RandomTokens(20), [3, 0, 11, 7]);
    }

    [Theory]
    [MemberData(nameof(InstructionSetCases))]
    public void Prefixes_are_each_sessions_own(InstructionSet instructionSet)
    {
        DeclaredModel declared = new(typeof(PrefixDecoder), PrefixDecoder.Load);
        int[] tokens = declared.RandomTokens(12);
        using RandomWeights weights = declared.RandomWeights();
        using PrefixDecoder model = PrefixDecoder.Load(weights, new ModelOptions { InstructionSet = instructionSet });
        IPrefixSession<TokenInput>[] together = [model.CreateSession(), model.CreateSession()];
        IPrefixSession<TokenInput>[] alone = [model.CreateSession(), model.CreateSession()];
        foreach (IPrefixSession<TokenInput>[] sessions in new[] { together, alone })
        {
            sessions[0].PrefillPrefix(tokens.AsSpan(0, 5));
            sessions[1].Prefill(tokens.AsSpan(0, 7));
        }

        DecoderBatch batch = model.CreateBatch(2);
        batch.Decode(together, [tokens[8], tokens[9]]);
        Bits.AssertSame(alone[0].Decode(tokens[8]), batch.LogitsOf(0), "behind a prefix");
        Bits.AssertSame(alone[1].Decode(tokens[9]), batch.LogitsOf(1), "without one");
    }

    [Fact]
    public void The_generic_engine_decodes_together_too()
    {
        DeclaredModel declared = DeclaredModels.LlamaGolden;
        using RandomWeights weights = declared.RandomWeights();
        DecoderArchitecture a = declared.Architecture;
        using GenericDecoder model = GenericDecoder.Load(
            weights,
            new GenericDecoderConfiguration
            {
                Layers = a.Layers,
                Width = a.Width,
                Heads = a.Heads,
                KeyValueHeads = a.KeyValueHeads,
                HeadDim = a.HeadDim,
                FeedForwardWidth = a.FeedForwardWidth,
                VocabularySize = a.VocabularySize,
                ContextLength = 64,
            },
            new ModelOptions { Threads = 2 }
        );
        BatchRun.AssertSameAsAlone(model, declared.RandomTokens(20), [3, 0, 11, 7]);
        Assert.Null(model.GetType().GetMethod(nameof(IModel<BiasedReGlu>.SavePacked)));
    }

    [Fact]
    public void Observers_are_told_the_states_of_their_own_session()
    {
        using IDecoderModel model = s_declared.LoadRandom();
        int[] tokens = s_declared.RandomTokens(6);
        IDecoderSession[] together = [model.CreateSession(), model.CreateSession()];
        using IDecoderSession alone = model.CreateSession();
        together[1].Prefill(tokens.AsSpan(0, 3));
        alone.Prefill(tokens.AsSpan(0, 3));
        var seen = new List<(int Layer, int Position, float[] State)>();
        var expected = new List<(int Layer, int Position, float[] State)>();
        together[1].HiddenStates = (layer, position, state) => seen.Add((layer, position, state.ToArray()));
        alone.HiddenStates = (layer, position, state) => expected.Add((layer, position, state.ToArray()));
        model.CreateBatch(2).Decode(together, [tokens[4], tokens[5]]);
        alone.Decode(tokens[5]);
        Assert.Equal(expected.Select(state => (state.Layer, state.Position)), seen.Select(state => (state.Layer, state.Position)));
        Assert.All(expected.Zip(seen), pair => Bits.AssertSame(pair.First.State, pair.Second.State, "hidden state"));
    }

    [Fact]
    public void What_cannot_be_decoded_is_said_and_every_session_stays_as_it_was()
    {
        using IDecoderModel model = s_declared.LoadRandom(InstructionSets.Best, threads: 2);
        using IDecoderModel other = s_declared.LoadRandom();
        int[] tokens = s_declared.RandomTokens(s_declared.ContextLength);
        using IDecoderSession first = model.CreateSession();
        using IDecoderSession second = model.CreateSession();
        using IDecoderSession full = model.CreateSession();
        using IDecoderSession stranger = other.CreateSession();
        IDecoderSession disposed = model.CreateSession();
        disposed.Dispose();
        first.Prefill(tokens.AsSpan(0, 5));
        full.Prefill(tokens);
        DecoderBatch batch = model.CreateBatch(3);

        Says<ArgumentException>("There are 0 sessions; the batch was created for 1 to 3", [], []);
        Says<ArgumentException>("There are 4 sessions", [first, second, full, stranger], [1, 2, 3, 4]);
        Says<ArgumentException>("There are 1 tokens for 2 sessions", [first, second], [1]);
        Says<ArgumentException>("Session 1 was not created by this", [first, stranger], [1, 2]);
        Says<ArgumentException>("Session 1 is there twice", [first, first], [1, 2]);
        Says<ArgumentException>("One more token does not fit into session 1", [first, full], [1, 2]);
        Says<ArgumentOutOfRangeException>("Token 1 is 509", [first, second], [1, 509]);
        Says<ObjectDisposedException>("", [first, disposed], [1, 2]);
        Assert.Throws<ArgumentNullException>(() => batch.Decode([first, null!], [1, 2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.LogitsOf(0).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.CreateBatch(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.CreateBatch(model.Description.ChunkLength + 1));

        batch.Decode([first, second], [1, 2]);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.LogitsOf(2).Length);
        model.Dispose();
        Says<ObjectDisposedException>("", [second], [1]);
        Assert.Throws<ObjectDisposedException>(() => model.CreateBatch(1));

        void Says<TException>(string message, IDecoderSession[] sessions, int[] next)
            where TException : Exception
        {
            int[] positions = [.. sessions.Select(session => session.Position)];
            Assert.Contains(message, Assert.Throws<TException>(() => batch.Decode(sessions, next)).Message, StringComparison.Ordinal);
            Assert.Equal(positions, sessions.Select(session => session.Position));

            // None of them is still taken.
            Assert.All(sessions.Where(session => session != disposed), session => session.Truncate(session.Position));
        }
    }

    [Fact]
    public void A_session_that_is_in_use_is_not_decoded()
    {
        using IDecoderModel model = s_declared.LoadRandom();
        using IDecoderSession first = model.CreateSession();
        using IDecoderSession second = model.CreateSession();
        DecoderBatch batch = model.CreateBatch(2);
        DecoderBatch another = model.CreateBatch(2);
        int refused = 0;
        first.HiddenStates = (layer, _, _) =>
        {
            Assert.Throws<InvalidOperationException>(() => another.Decode([second], [1]));
            Assert.Throws<InvalidOperationException>(() => batch.Decode([second], [1]));
            Assert.Throws<InvalidOperationException>(() => second.Decode(1).Length);
            Assert.Throws<InvalidOperationException>(second.Dispose);
            refused++;
        };
        batch.Decode([first, second], [1, 2]);
        Assert.True(refused > 0);
        Assert.Equal(1, second.Position);
    }

    [Fact]
    public void A_step_that_fails_leaves_the_state_of_linear_attention_as_it_was()
    {
        DeclaredModel declared = new(typeof(LinearDecoder), LinearDecoder.Load);
        using IDecoderModel model = declared.LoadRandom();
        int[] tokens = declared.RandomTokens(20);
        using IDecoderSession first = model.CreateSession();
        using IDecoderSession second = model.CreateSession();
        using IDecoderSession alone = model.CreateSession();
        first.Prefill(tokens.AsSpan(0, 4));
        second.Prefill(tokens.AsSpan(0, 9));
        alone.Prefill(tokens.AsSpan(0, 9));
        DecoderBatch batch = model.CreateBatch(2);
        first.HiddenStates = static (layer, _, _) =>
        {
            if (layer == 2)
            {
                throw new TimeoutException();
            }
        };
        Assert.ThrowsAny<Exception>(() => batch.Decode([first, second], [1, 2]));
        first.HiddenStates = null;
        Assert.Equal((4, 9), (first.Position, second.Position));
        batch.Decode([first, second], [tokens[4], tokens[9]]);
        Bits.AssertSame(alone.Decode(tokens[9]), batch.LogitsOf(1), "after a step that failed");
    }

    [Theory]
    [MemberData(nameof(InstructionSetCases))]
    public void A_step_allocates_nothing(InstructionSet instructionSet)
    {
        using IDecoderModel model = s_declared.LoadRandom(instructionSet, threads: 2);
        IDecoderSession[] sessions = [model.CreateSession(), model.CreateSession(), model.CreateSession()];
        int[] tokens = [1, 2, 3];
        DecoderBatch batch = model.CreateBatch(3);
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 10 && least > 0; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            batch.Decode(sessions, tokens);
            batch.Decode(sessions.AsSpan(1), tokens.AsSpan(1));
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }
}
