using System;
using System.Linq;
using System.Threading;
using Specializer.Oracle;
using Specializer.TestKit;
using Specializer.Tests.Models;
using Specializer.Tests.Oracle;
using Xunit;

namespace Specializer.Tests.EndToEnd;

/// <summary>Linear attention, causal as a running state and over a whole sequence, against its formula in float64.</summary>
public sealed class LinearAttentionTests
{
    private static readonly DeclaredModel s_declared = new(typeof(LinearDecoder), LinearDecoder.Load);

    private static readonly int[] s_tokens = s_declared.RandomTokens(LinearDecoder.ContextLength);

    private static readonly Lazy<OracleRun> s_causal = new(() => s_declared.Reference(s_tokens));

    public static TheoryData<InstructionSet> Cases => DeclaredModels.InstructionSetsOfThisProcess;

    [Feature("linear-attention-causal")]
    [Theory]
    [MemberData(nameof(Cases))]
    public void The_decoder_is_the_oracles_in_the_same_bits_however_it_is_cut(InstructionSet instructionSet)
    {
        using IDecoderModel model = s_declared.LoadRandom(instructionSet);
        using IDecoderSession session = model.CreateSession();
        float[] logits = new float[s_tokens.Length * LinearDecoder.VocabularySize];
        session.Prefill(s_tokens, logits);
        Tolerance.Default.AssertClose<float>(s_causal.Value.Logits, logits, "logits");

        using IDecoderModel threaded = s_declared.LoadRandom(instructionSet, threads: 2);
        using IDecoderSession cut = threaded.CreateSession();
        cut.Prefill(s_tokens.AsSpan(0, 37));
        Bits.AssertSame(
            logits.AsSpan(49 * LinearDecoder.VocabularySize, LinearDecoder.VocabularySize),
            cut.Prefill(s_tokens.AsSpan(37, 13)),
            "in two calls"
        );
        cut.Reset();
        for (int position = 0; position < 40; position++)
        {
            Bits.AssertSame(
                logits.AsSpan(position * LinearDecoder.VocabularySize, LinearDecoder.VocabularySize),
                cut.Decode(s_tokens[position]),
                "token by token"
            );
        }
    }

    [Feature("linear-attention-bidirectional")]
    [Theory]
    [MemberData(nameof(Cases))]
    public void The_encoder_is_the_oracles_in_the_same_bits_on_two_threads(InstructionSet instructionSet)
    {
        DecoderArchitecture architecture = s_declared.Architecture with { Causal = false };
        using RandomWeights weights = s_declared.RandomWeights();
        OracleRun expected = architecture.Oracle(OracleWeights.Read(weights)).Run(s_tokens);
        using WithoutLogits source = new(weights);
        float[][] outputs =
        [
            .. new[] { 1, 2 }.Select(threads =>
            {
                using LinearEncoder model = LinearEncoder.Load(
                    source,
                    new ModelOptions { InstructionSet = instructionSet, Threads = threads }
                );
                using IEncoderSession<TokenInput> session = model.CreateSession();
                float[] output = new float[s_tokens.Length * LinearEncoder.DModel];
                session.Encode(s_tokens.AsSpan(0, 3), new float[3 * LinearEncoder.DModel]);
                session.Encode(s_tokens, output);
                return output;
            }),
        ];
        Tolerance.Default.AssertClose<float>(expected.LastHidden, outputs[0], "last hidden states");
        Bits.AssertSame(outputs[0], outputs[1], "on two threads");
    }

    [Fact]
    public void A_cancelled_call_leaves_the_state_as_it_was_and_positions_cannot_be_taken_out()
    {
        using IDecoderModel model = s_declared.LoadRandom();
        using IDecoderSession untouched = model.CreateSession(),
            session = model.CreateSession();
        untouched.Prefill(s_tokens.AsSpan(0, 12));
        session.Prefill(s_tokens.AsSpan(0, 12));
        using CancellationTokenSource cancellation = new();
        session.HiddenStates = (_, position, _) =>
        {
            if (position == 40)
            {
                cancellation.Cancel();
            }
        };
        Assert.Throws<OperationCanceledException>(() =>
        {
            session.Prefill(s_tokens.AsSpan(12, 100), cancellation.Token);
        });
        session.HiddenStates = null;
        Assert.Equal(12, session.Position);
        Bits.AssertSame(untouched.Decode(7), session.Decode(7), "the next logits");

        Assert.False(session is ITruncatableSession);
        Assert.Null(session.GetType().GetMethod(nameof(ITruncatableSession.Truncate)));
        session.Reset();
        untouched.Reset();
        Bits.AssertSame(untouched.Prefill(s_tokens), session.Prefill(s_tokens), "logits after a new beginning");
    }

    /// <summary>A decoder's weights without those that an encoder does not have.</summary>
    private sealed class WithoutLogits(WeightsSource all) : WeightsSource
    {
        public override string Description => all.Description;

        public override System.Collections.Generic.IReadOnlyCollection<string> Names =>
            [.. all.Names.Where(static name => name != OracleNames.Logits + OracleNames.Weight)];

        public override bool TryGetTensor(string name, out TensorView view) => all.TryGetTensor(name, out view);
    }
}
