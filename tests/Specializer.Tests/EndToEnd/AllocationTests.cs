using System;
using Specializer.TestKit;
using Specializer.Tests.Execution;
using Specializer.Tests.Models;
using Xunit;

namespace Specializer.Tests.EndToEnd;

/// <summary>Nothing is allocated per token or per prefill, on no thread. Nothing else may run meanwhile.</summary>
[Feature("allocations")]
[Collection(SerialTests.Name)]
public sealed class AllocationTests
{
    private const int Calls = 10;

    private static readonly DeclaredModel s_declared = DeclaredModels.LlamaGoldenShortChunk;

    /// <summary>A prompt of several chunks.</summary>
    private readonly int[] _tokens = s_declared.RandomTokens(7 * LlamaGoldenShortChunk.ChunkLength);

    public static TheoryData<InstructionSet, int> Cases
    {
        get
        {
            TheoryData<InstructionSet, int> cases = [];
            foreach (InstructionSet instructionSet in DeclaredModels.Supported)
            {
                cases.Add(instructionSet, 1);
                cases.Add(instructionSet, 2);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_caller_allocates_nothing(InstructionSet instructionSet, int threads)
    {
        float[] logits = new float[_tokens.Length * LlamaGoldenShortChunk.VocabularySize];
        using IDecoderModel model = s_declared.LoadRandom(instructionSet, threads);
        using IDecoderSession session = model.CreateSession();
        Assert.Equal(0, Allocated(() => session.Decode(_tokens[session.Position])));
        Assert.Equal(0, Allocated(() => session.DecodeGreedy(_tokens[session.Position])));
        Assert.Equal(0, Allocated(() => session.Prefill(_tokens)));
        Assert.Equal(0, Allocated(() => session.Prefill(_tokens, logits)));
        Assert.Equal(0, Allocated(() => session.Truncate(session.Position / 2)));
        long observed = 0;
        session.HiddenStates = (_, _, hiddenState) => observed += hiddenState.Length;
        Assert.Equal(0, Allocated(() => session.Prefill(_tokens.AsSpan(0, 3))));
        Assert.True(observed > 0);

        long Allocated(Action call)
        {
            // The first calls compile, and later compilation runs on other threads. A thread allocates once, when it first waits
            // for a core. An allocation per call would occur in every attempt.
            long least = long.MaxValue;
            Repeat(3, call);
            for (int attempt = 0; attempt < 3 && least > 0; attempt++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                Repeat(Calls, call);
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            return least;
        }

        void Repeat(int times, Action call)
        {
            for (int i = 0; i < times; i++)
            {
                session.Reset();
                call();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void No_worker_allocates_anything(InstructionSet instructionSet, int threads)
    {
        using IDecoderModel model = s_declared.LoadRandom(instructionSet, threads);
        using IDecoderSession session = model.CreateSession();
        AllocationCount count = new(threads);
        PrefillAndDecode(session);

        // A worker's thread allocates once, when it first waits for a core. An allocation per token would occur in every attempt.
        bool nothing = false;
        for (int attempt = 0; attempt < 10 && !nothing; attempt++)
        {
            Assert.Equal(threads > 1, ((TransformerModel)model).TryRunOnTeam(count));
            long[] before = count.OfWorkersButTheCaller;
            for (int i = 0; i < Calls; i++)
            {
                PrefillAndDecode(session);
            }

            Assert.Equal(threads > 1, ((TransformerModel)model).TryRunOnTeam(count));
            nothing = before.AsSpan().SequenceEqual(count.OfWorkersButTheCaller);
        }

        Assert.True(nothing);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_process_allocates_nothing(InstructionSet instructionSet, int threads)
    {
        using IDecoderModel model = s_declared.LoadRandom(instructionSet, threads);
        using IDecoderSession session = model.CreateSession();

        PrefillAndDecode(session);
        Assert.Equal(0, LeastAllocated(() => session.Prefill(_tokens.AsSpan(0, LlamaGoldenShortChunk.ChunkLength))));
        Assert.Equal(0, LeastAllocated(() => session.Decode(_tokens[0])));
        Assert.Equal(0, LeastAllocated(() => session.DecodeGreedy(_tokens[0])));

        // The test runner's own threads allocate now and then: an attempt is one call, shorter than the time between, and
        // what a call allocates shows in every attempt.
        long LeastAllocated(Action call)
        {
            long least = long.MaxValue;
            for (int attempt = 0; attempt < 300 && least > 0; attempt++)
            {
                session.Reset();
                long before = GC.GetTotalAllocatedBytes(precise: true);
                call();
                least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
            }

            return least;
        }
    }

    private void PrefillAndDecode(IDecoderSession session)
    {
        session.Reset();
        session.Prefill(_tokens);
        for (int i = 0; i < 10; i++)
        {
            session.Decode(_tokens[i]);
        }
    }
}
