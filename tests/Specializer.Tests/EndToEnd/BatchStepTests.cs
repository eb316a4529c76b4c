using System;
using System.Linq;
using Specializer.TestKit;
using Specializer.Tests.Execution;
using Specializer.Tests.Models;
using Xunit;

namespace Specializer.Tests.EndToEnd;

/// <summary>Steps whose sessions have different numbers of tokens, and copies of caches.</summary>
[Feature("batches")]
[Collection(SerialTests.Name)]
public sealed class BatchStepTests
{
    private const int Positions = 20;

    private static readonly DeclaredModel s_declared = DeclaredModels.LlamaGoldenShortChunk;

    /// <summary>The models whose context holds <see cref="Positions"/>, each on each instruction set of this process.</summary>
    public static TheoryData<string, InstructionSet> Cases => DeclaredModels.WithContext(Positions);

    public static TheoryData<InstructionSet> InstructionSetCases => DeclaredModels.InstructionSetsOfThisProcess;

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_slice_of_a_prompt_beside_decoding_sessions_gets_the_bits_that_it_gets_alone(string name, InstructionSet instructionSet)
    {
        DeclaredModel declared = DeclaredModels.Get(name);
        foreach (int threads in new[] { 1, 2 })
        {
            using IDecoderModel model = declared.LoadRandom(instructionSet, threads);
            AssertSameAsAlone(model, declared.RandomTokens(Positions));
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSetCases))]
    public void States_of_linear_attention_follow_a_slice(InstructionSet instructionSet)
    {
        DeclaredModel declared = new(typeof(LinearDecoder), LinearDecoder.Load);
        using IDecoderModel model = declared.LoadRandom(instructionSet, threads: 2);
        AssertSameAsAlone(model, declared.RandomTokens(Positions));
    }

    private static void AssertSameAsAlone(IDecoderModel model, int[] tokens)
    {
        using IDecoderSession alone = model.CreateSession();
        int vocabulary = model.Description.VocabularySize;
        float[] all = new float[Positions * vocabulary];
        alone.Prefill(tokens, all);
        using IDecoderSession decoding = model.CreateSession(),
            prompt = model.CreateSession(),
            copy = model.CreateSession();
        decoding.Prefill(tokens.AsSpan(0, 3));
        int rows = Math.Min(model.Description.ChunkLength, 8);
        if (rows < 3)
        {
            return;
        }

        DecoderBatch batch = model.CreateBatch(2);
        while (prompt.Position < Positions - 4)
        {
            int slice = Math.Min(rows - 1, Positions - 4 - prompt.Position);
            batch.Step([new BatchItem(prompt, tokens.AsMemory(prompt.Position, slice)), Next(decoding)]);
            Same(prompt, 0);
            Same(decoding, 1);
        }

        ((ICopyableSession)prompt).CopyTo(copy, prompt.Position);
        batch.Step([Next(prompt) with { NeedsLogits = false }, Next(copy)]);
        Same(copy, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.LogitsOf(0).Length);
        batch.Step([Next(prompt)]);
        Same(prompt, 0);
        int[] next = new int[2];
        ((ICopyableSession)copy).Trim();
        batch.DecodeGreedy([prompt, copy], [tokens[prompt.Position], tokens[copy.Position]], next);
        Same(copy, 1);
        Assert.Equal([batch.MostProbableOf(0), batch.MostProbableOf(1)], next);
        ReadOnlySpan<float> logits = batch.LogitsOf(1);
        int best = 0;
        for (int token = 1; token < logits.Length; token++)
        {
            best = logits[token] > logits[best] ? token : best;
        }

        Assert.Equal(best, next[1]);

        BatchItem Next(IDecoderSession session) => new(session, tokens.AsMemory(session.Position, 1));
        void Same(IDecoderSession session, int index) =>
            Bits.AssertSame(
                all.AsSpan((session.Position - 1) * vocabulary, vocabulary),
                batch.LogitsOf(index),
                FormattableString.Invariant($"logits of item {index} at position {session.Position - 1}")
            );
    }

    [Fact]
    public void A_step_that_cannot_be_computed_says_why_and_changes_nothing()
    {
        using IDecoderModel model = s_declared.LoadRandom(InstructionSets.Best, threads: 2);
        using IDecoderModel other = s_declared.LoadRandom();
        int[] tokens = s_declared.RandomTokens(s_declared.ContextLength);
        using IDecoderSession first = model.CreateSession(),
            second = model.CreateSession(),
            stranger = other.CreateSession();
        first.Prefill(tokens.AsSpan(0, 5));
        second.Prefill(tokens.AsSpan(1));
        DecoderBatch batch = model.CreateBatch(2);
        int rows = batch.RowCapacity;
        Assert.Equal(model.Description.ChunkLength, rows);

        Says<ArgumentException>("There are 0 items; the batch was created for 1 to 2", []);
        Says<ArgumentException>("Item 1 has no token", new BatchItem(first, tokens.AsMemory(0, 1)), new BatchItem(second, default));
        Says<ArgumentException>("Session 0 was not created by this", new BatchItem(stranger, tokens.AsMemory(0, 1)));
        Says<ArgumentException>(
            "Session 1 is there twice",
            new BatchItem(first, tokens.AsMemory(0, 1)),
            new BatchItem(first, tokens.AsMemory(0, 1))
        );
        Says<ArgumentException>(
            FormattableString.Invariant($"The items have {rows + 1} tokens; a step of "),
            new BatchItem(first, tokens.AsMemory(0, rows)),
            new BatchItem(second, tokens.AsMemory(0, 1))
        );
        Says<ArgumentException>(
            "2 more tokens do not fit into session 1",
            new BatchItem(first, tokens.AsMemory(0, 1)),
            new BatchItem(second, tokens.AsMemory(0, 2))
        );
        Says<ArgumentOutOfRangeException>("Token 1 is -1", new BatchItem(first, new[] { 1, -1 }));

        void Says<TException>(string message, params BatchItem[] items)
            where TException : Exception
        {
            Assert.Contains(message, Assert.Throws<TException>(() => batch.Step(items)).Message, StringComparison.Ordinal);
            Assert.Equal((5, tokens.Length - 1), (first.Position, second.Position));
            first.Truncate(first.Position);
        }
    }

    [Fact]
    public void A_copy_that_is_not_possible_is_refused()
    {
        using IDecoderModel model = s_declared.LoadRandom();
        using IDecoderModel other = s_declared.LoadRandom();
        using IDecoderSession first = model.CreateSession(),
            second = model.CreateSession(),
            stranger = other.CreateSession();
        first.Prefill([1, 2, 3]);
        var origin = (ICopyableSession)first;
        Assert.Contains(
            "this session itself",
            Assert.Throws<ArgumentException>(() => origin.CopyTo(first, 1)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "another model",
            Assert.Throws<ArgumentException>(() => origin.CopyTo(stranger, 1)).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => origin.CopyTo(second, 4));
        Assert.Throws<ArgumentNullException>(() => origin.CopyTo(null!, 1));
        second.Prefill([7, 8]);
        origin.CopyTo(second, 0);
        Assert.Equal(0, second.Position);
        origin.CopyTo(second, 2);
        Bits.AssertSame(first.Decode(9), Continued(second), "a copy of two of three positions");

        float[] Continued(IDecoderSession session)
        {
            session.Decode(3);
            return session.Decode(9).ToArray();
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSetCases))]
    public void A_step_allocates_nothing(InstructionSet instructionSet)
    {
        using IDecoderModel model = s_declared.LoadRandom(instructionSet, threads: 2);
        IDecoderSession[] sessions = [model.CreateSession(), model.CreateSession()];
        BatchItem[] items = [new(sessions[0], new[] { 1, 2, 3 }), new(sessions[1], new[] { 4 })];
        int[] next = new int[2];
        DecoderBatch batch = model.CreateBatch(2);
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 8 && least > 0; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            batch.Step(items);
            batch.DecodeGreedy(sessions, next, next);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            next.AsSpan().Clear();
            foreach (IDecoderSession session in sessions)
            {
                session.Reset();
            }
        }

        Assert.Equal(0, least);
    }
}
