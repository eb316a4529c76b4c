using System;
using System.Collections.Generic;
using System.Threading;
using Specializer.Oracle;
using Specializer.TestKit;
using Specializer.Tests.Models;
using Specializer.Tests.Oracle;
using Xunit;

namespace Specializer.Tests.EndToEnd;

/// <summary>The most probable token, found while logits are computed, is the arg-max of the logits.</summary>
[Feature("greedy")]
public sealed class GreedyTests
{
    public static TheoryData<string, InstructionSet> Cases => DeclaredModels.OnEachInstructionSet;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Greedy_steps_give_the_tokens_with_the_highest_logits(string name, InstructionSet instructionSet)
    {
        DeclaredModel declared = DeclaredModels.Get(name);
        int[] prompt = declared.RandomTokens(Math.Min(20, (declared.ContextLength + 1) / 2));

        // The last token that is found need not fit into the context.
        int count = Math.Min(30, declared.ContextLength - prompt.Length + 1);
        foreach (int threads in new[] { 1, 2, 3 })
        {
            using IDecoderModel model = declared.LoadRandom(instructionSet, threads);
            using IDecoderSession session = model.CreateSession();
            int[] expected = Greedy.Continue(session, prompt, count);

            session.Reset();
            List<int> found = [session.PrefillGreedy(prompt)];
            while (found.Count < expected.Length)
            {
                found.Add(session.DecodeGreedy(found[^1]));
            }

            Assert.Equal(expected, found);

            session.Reset();
            int[] generated = new int[expected.Length];
            Assert.Equal(generated.Length, GreedySearch.Generate(session, prompt, generated));
            Assert.Equal(expected, generated);

            // The logits of later calls are as if nothing had been sought.
            session.Reset();
            float[] before = session.Prefill(prompt).ToArray();
            session.Reset();
            session.PrefillGreedy(prompt);
            session.Reset();
            Bits.AssertSame(before, session.Prefill(prompt), "logits after a greedy step");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_logit_that_is_no_number_is_named_and_leaves_the_session_as_it_was(int threads)
    {
        DeclaredModel declared = DeclaredModels.LlamaGolden;
        using RandomWeights random = declared.RandomWeights();
        using NotANumber weights = new(random, OracleNames.Logits + OracleNames.Weight, declared.Architecture.VocabularySize - 2);
        using IDecoderModel model = declared.Load(weights, new ModelOptions { Threads = threads });
        using IDecoderSession session = model.CreateSession();
        session.Prefill([1, 2, 3]);
        foreach (
            Action step in new Action[]
            {
                () => session.DecodeGreedy(4),
                () => session.PrefillGreedy([4, 5]),
                () => GreedySearch.Generate(session, [4], new int[2]),
            }
        )
        {
            string message = Assert.Throws<InvalidOperationException>(step).Message;
            Assert.Contains(
                FormattableString.Invariant(
                    $"token {declared.Architecture.VocabularySize - 2} of {declared.Architecture.VocabularySize} is NaN"
                ),
                message,
                StringComparison.Ordinal
            );
            Assert.Equal(3, session.Position);
        }
    }

    [Fact]
    public void What_is_refused_is_refused_as_by_prefill()
    {
        DeclaredModel declared = DeclaredModels.BiasedReGlu;
        using IDecoderModel model = declared.LoadRandom();
        IDecoderSession session = model.CreateSession();
        Assert.Throws<ArgumentException>(() => session.PrefillGreedy([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.DecodeGreedy(BiasedReGlu.VocabularySize));
        Assert.Throws<ArgumentException>(() => session.PrefillGreedy(new int[BiasedReGlu.ContextLength + 1]));
        Assert.Throws<OperationCanceledException>(() => session.PrefillGreedy([1], new CancellationToken(canceled: true)));
        Assert.Equal(0, session.Position);
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.DecodeGreedy(1));
    }

    /// <summary>Weights of which one element of one matrix is no number.</summary>
    private sealed unsafe class NotANumber(WeightsSource original, string matrix, int row) : WeightsSource
    {
        public override string Description => "weights with a NaN";

        public override IReadOnlyCollection<string> Names => original.Names;

        public override bool TryGetTensor(string name, out TensorView view)
        {
            bool found = original.TryGetTensor(name, out view);
            if (found && name == matrix)
            {
                ((float*)view.Data)[row * view.RowLength] = float.NaN;
            }

            return found;
        }
    }
}
