using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.TestKit;
using Specializer.Tests.Models;
using Xunit;

namespace Specializer.Tests.EndToEnd;

/// <summary>The same tokens give the same bits, on any number of threads and for any division into calls.</summary>
[Feature("same-bits")]
[Feature("truncate")]
public sealed class SameBitsTests
{
    /// <summary>A few more than the keys of one block and the rows of the longest chunk.</summary>
    private const int MostPositions = 136;

    public static TheoryData<string, InstructionSet> Cases => DeclaredModels.OnEachInstructionSet;

    public static TheoryData<InstructionSet> InstructionSetCases => DeclaredModels.InstructionSetsOfThisProcess;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Any_number_of_threads_and_any_chunking_give_the_same_bits(string name, InstructionSet instructionSet)
    {
        DeclaredModel declared = DeclaredModels.Get(name);
        int[] tokens = declared.RandomTokens(Math.Min(MostPositions, declared.ContextLength));
        int vocabulary = declared.Architecture.VocabularySize;

        // The reference: one thread, token by token.
        using IDecoderModel single = declared.LoadRandom(instructionSet);
        float[] logits = new float[tokens.Length * vocabulary];
        IReadOnlyList<float[]> hiddenStates = Run(
            single,
            tokens,
            session =>
            {
                for (int i = 0; i < tokens.Length; i++)
                {
                    session.Decode(tokens[i]).CopyTo(logits.AsSpan(i * vocabulary, vocabulary));
                }
            }
        );

        foreach (int threads in new[] { 1, 2, 4 })
        {
            using IDecoderModel model = declared.LoadRandom(instructionSet, threads);
            string on = FormattableString.Invariant($" on {threads} threads");
            AssertSame(
                "token by token" + on,
                session =>
                {
                    for (int i = 0; i < tokens.Length; i++)
                    {
                        Bits.AssertSame(
                            logits.AsSpan(i * vocabulary, vocabulary),
                            session.Decode(tokens[i]),
                            FormattableString.Invariant($"logits of position {i}") + on
                        );
                    }
                }
            );
            AssertSame("in one call" + on, session => AssertLast(session.Prefill(tokens)));
            AssertSame(
                "in one call for all logits" + on,
                session =>
                {
                    float[] all = new float[logits.Length];
                    AssertLast(session.Prefill(tokens, all));
                    Bits.AssertSame(logits, all, "logits of all positions in one call" + on);
                }
            );
            Random random = new(threads);
            AssertSame(
                "in random calls" + on,
                session =>
                {
                    for (int start = 0; start < tokens.Length; )
                    {
                        int count = Math.Min(1 + random.Next(random.Next(2) == 0 ? 4 : 60), tokens.Length - start);
                        ReadOnlySpan<float> last =
                            random.Next(3) == 0
                                ? session.Prefill(tokens.AsSpan(start, count), new float[count * vocabulary])
                                : session.Prefill(tokens.AsSpan(start, count));
                        start += count;
                        Bits.AssertSame(
                            logits.AsSpan((start - 1) * vocabulary, vocabulary),
                            last,
                            FormattableString.Invariant($"logits after {start} tokens in random calls") + on
                        );
                    }
                }
            );

            void AssertSame(string what, Action<IDecoderSession> process)
            {
                IReadOnlyList<float[]> found = Run(model, tokens, process);
                for (int layer = 0; layer < hiddenStates.Count; layer++)
                {
                    Bits.AssertSame(
                        hiddenStates[layer],
                        found[layer],
                        FormattableString.Invariant($"hidden states after layer {layer}, {what}")
                    );
                }
            }

            void AssertLast(ReadOnlySpan<float> last) => Bits.AssertSame(logits.AsSpan()[^vocabulary..], last, "last logits" + on);
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSetCases))]
    public void The_declared_chunk_length_and_context_change_no_bit(InstructionSet instructionSet)
    {
        AssertSame(DeclaredModels.LlamaGolden, DeclaredModels.LlamaGoldenShortChunk);
        AssertSame(DeclaredModels.LongContext4096, DeclaredModels.LongContext8192);

        void AssertSame(DeclaredModel left, DeclaredModel right)
        {
            int[] tokens = left.RandomTokens(MostPositions);
            using IDecoderModel leftModel = left.LoadRandom(instructionSet);
            using IDecoderModel rightModel = right.LoadRandom(instructionSet, threads: 2);
            float[] expected = [];
            IReadOnlyList<float[]> leftStates = Run(leftModel, tokens, session => expected = session.Prefill(tokens).ToArray());
            IReadOnlyList<float[]> rightStates = Run(
                rightModel,
                tokens,
                session => Bits.AssertSame(expected, session.Prefill(tokens), right.Name + "'s logits")
            );
            foreach ((float[] leftLayer, float[] rightLayer) in leftStates.Zip(rightStates))
            {
                Bits.AssertSame(leftLayer, rightLayer, right.Name + "'s hidden states");
            }
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSetCases))]
    public void What_the_session_held_before_changes_no_bit(InstructionSet instructionSet)
    {
        DeclaredModel declared = DeclaredModels.BiasedReGlu;
        int[] tokens = declared.RandomTokens(declared.ContextLength);
        using IDecoderModel model = declared.LoadRandom(instructionSet, threads: 2);
        using IDecoderSession fresh = model.CreateSession();
        using IDecoderSession used = model.CreateSession();
        used.Prefill([.. tokens.Reverse()]);

        used.Reset();
        Bits.AssertSame(fresh.Prefill(tokens), used.Prefill(tokens), "logits after a reset");

        fresh.Reset();
        fresh.Prefill(tokens.AsSpan(0, 35));
        float[] continued = fresh.Prefill(tokens.AsSpan(40, 20)).ToArray();
        used.Truncate(35);
        Assert.Equal(35, used.Position);
        Bits.AssertSame(continued, used.Prefill(tokens.AsSpan(40, 20)), "logits of another continuation");
        Assert.Equal(55, used.Position);
    }

    private static IReadOnlyList<float[]> Run(IDecoderModel model, int[] tokens, Action<IDecoderSession> process)
    {
        using IDecoderSession session = model.CreateSession();
        ObservedRun run = ObservedRun.Of(model, session, tokens.Length);
        process(session);
        Assert.Equal(tokens.Length, session.Position);
        return run.HiddenStates;
    }
}
