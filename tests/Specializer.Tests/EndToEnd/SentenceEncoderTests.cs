using System;
using System.Linq;
using Specializer.Oracle;
using Specializer.TestKit;
using Specializer.Tests.Models;
using Specializer.Tests.Oracle;
using Xunit;

namespace Specializer.Tests.EndToEnd;

/// <summary>An encoder that attributes declare, against the formulas in float64.</summary>
[Feature("encoder")]
[Feature("mean-pooling")]
public sealed class SentenceEncoderTests
{
    private static readonly DecoderArchitecture s_architecture = new()
    {
        Layers = SentenceEncoder.Layers,
        Width = SentenceEncoder.DModel,
        Heads = 4,
        KeyValueHeads = 2,
        HeadDim = 20,
        FeedForwardWidth = 40,
        VocabularySize = SentenceEncoder.VocabularySize,
        Activation = OracleActivation.Gelu,
        Norm = OracleNorm.Layer,
        Rotary = new OracleRotary(10_000, OraclePairing.HalfSplit, 20),
        QueryBias = true,
        KeyBias = true,
        ValueBias = true,
        Causal = false,

        // An encoder has no logits, and the oracle then no matrix for them.
        TiedEmbeddings = true,
    };

    public static TheoryData<InstructionSet> Cases => DeclaredModels.InstructionSetsOfThisProcess;

    [Theory]
    [MemberData(nameof(Cases))]
    public void States_and_their_normalised_mean_are_the_formulas(InstructionSet instructionSet)
    {
        using RandomWeights weights = new(s_architecture, 1);
        ArchitectureOracle oracle = s_architecture.Oracle(OracleWeights.Read(weights));
        foreach (int threads in new[] { 1, 2 })
        {
            using SentenceEncoder model = SentenceEncoder.Load(
                weights,
                new ModelOptions { InstructionSet = instructionSet, Threads = threads }
            );
            using IEncoderSession<TokenInput> session = model.CreateSession();
            Assert.Equal(SentenceEncoder.SessionBytes, session.SessionBytes);

            // One token, a whole chunk and one more, and exactly the context, which is more than a block of keys.
            foreach (int length in new[] { 1, 5, 6, SentenceEncoder.ContextLength })
            {
                int[] tokens = Tokens(length);
                ObservedStates observed = new(session, length);
                float[] pooled = new float[SentenceEncoder.OutputWidth],
                    states = new float[length * SentenceEncoder.DModel];
                session.Encode(new TokenInput(tokens), pooled, states);
                OracleRun run = oracle.Run(tokens);
                double[][] expected = run.LastHidden;
                for (int layer = 0; layer <= SentenceEncoder.Layers; layer++)
                {
                    Tolerance.Default.AssertClose(
                        run.HiddenStates[layer],
                        observed.Layers[layer].AsSpan(),
                        $"hidden states of {length} tokens after layer {layer}"
                    );
                }

                Tolerance.Default.AssertClose(expected, states.AsSpan(), $"last hidden states of {length} tokens");
                double[] mean = [.. Enumerable.Range(0, SentenceEncoder.DModel).Select(i => expected.Average(row => row[i]))];
                double norm = Math.Sqrt(mean.Sum(value => value * value));
                Tolerance.Default.AssertClose(
                    [
                        [.. mean.Select(value => value / norm)],
                    ],
                    pooled.AsSpan(),
                    $"pooled state of {length} tokens"
                );
            }
        }
    }

    [Fact]
    public void What_a_call_is_given_wrong_is_said_and_leaves_the_session_as_it_was()
    {
        using RandomWeights weights = new(s_architecture, 1);
        using SentenceEncoder model = SentenceEncoder.Load(weights, new ModelOptions { Threads = 1 });
        using IEncoderSession<TokenInput> session = model.CreateSession();
        float[] output = new float[SentenceEncoder.OutputWidth],
            expected = new float[SentenceEncoder.OutputWidth];
        session.Encode([3, 1, 4], expected);

        AssertRefused<ArgumentException>("There are no tokens", () => session.Encode([], output));
        AssertRefused<ArgumentException>(
            "151 tokens do not fit: SentenceEncoder has a context of 150 positions",
            () => session.Encode(Tokens(151), output)
        );
        AssertRefused<ArgumentOutOfRangeException>(
            "Token 1 is 117; SentenceEncoder has a vocabulary of 117, so token ids are 0 to 116.",
            () => session.Encode([3, 117], output)
        );
        AssertRefused<ArgumentOutOfRangeException>("Token 0 is -1;", () => session.Encode([-1], output));
        AssertRefused<ArgumentException>(
            "SentenceEncoder has no token types; leave them out.",
            () => session.Encode(new TokenInput([3]) { TokenTypes = [0] }, output)
        );
        AssertRefused<ArgumentException>(
            "The span for the output has 99 elements; 1 sequences with 100 each need 100.",
            () => session.Encode([3], output.AsSpan(1))
        );
        AssertRefused<ArgumentException>("The span for the output is empty", () => session.Encode([3], []));
        AssertRefused<ArgumentException>(
            "The span for the hidden states has 100 elements; 1 sequences of 2 tokens, 100 wide, need 200.",
            () => session.Encode([3, 4], output, new float[100])
        );
        AssertRefused<ArgumentException>(
            "5 tokens are no whole number of rows for 2 sequences",
            () => session.EncodeBatch([1, 2, 3, 4, 5], [1, 1], output)
        );
        AssertRefused<ArgumentOutOfRangeException>(
            "Sequence 1 has the length 0; its row holds 2 tokens, so a length is 1 to 2.",
            () => session.EncodeBatch([1, 2, 3, 4], [1, 0], output)
        );
        AssertRefused<ArgumentOutOfRangeException>("Sequence 0 has the length 3;", () => session.EncodeBatch([1, 2, 3, 4], [3, 1], output));

        session.Encode([3, 1, 4], output);
        Bits.AssertSame(expected, output, "the output after all refusals");

        // A row may be longer than the context if its sequence is not.
        session.EncodeBatch([3, 1, 4, .. Tokens(200)], [3], output);
        Bits.AssertSame(expected, output, "the output of a sequence with a long filling");
    }

    [Fact]
    public void A_session_serves_one_caller_and_ends_with_its_model()
    {
        using RandomWeights weights = new(s_architecture, 1);
        SentenceEncoder model = SentenceEncoder.Load(weights, new ModelOptions { Threads = 1 });
        IEncoderSession<TokenInput> session = model.CreateSession();
        float[] output = new float[SentenceEncoder.OutputWidth];
        string? refusal = null;
        session.HiddenStates = (_, _, _) => refusal ??= Assert.Throws<InvalidOperationException>(() => session.Encode([1], output)).Message;
        session.Encode([3, 1, 4], output);
        Assert.Contains("Another call on this session is running", refusal, StringComparison.Ordinal);

        session.HiddenStates = null;
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Encode([1], output));
        Assert.Throws<ObjectDisposedException>(() => model.CreateSession());
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Encode([1], output));
    }

    [Fact]
    public void Nothing_is_allocated_by_a_call()
    {
        using RandomWeights weights = new(s_architecture, 1);
        using SentenceEncoder model = SentenceEncoder.Load(weights, new ModelOptions { Threads = 2 });
        using IEncoderSession<TokenInput> session = model.CreateSession();
        int[] tokens = Tokens(20),
            lengths = [7, 10];
        float[] output = new float[2 * SentenceEncoder.OutputWidth];

        // Other threads of the process may allocate in the meantime on their own account only; the first calls compile.
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 20 && least > 0; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            session.EncodeBatch(tokens, lengths, output);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    private static int[] Tokens(int count) =>
        [.. Enumerable.Range(0, count).Select(position => (position * 31) % SentenceEncoder.VocabularySize)];

    /// <summary>The states that the observer receives.</summary>
    private sealed class ObservedStates
    {
        public ObservedStates(IEncoderSession<TokenInput> session, int length)
        {
            Layers = [.. Enumerable.Range(0, SentenceEncoder.Layers + 1).Select(_ => new float[length * SentenceEncoder.DModel])];
            session.HiddenStates = (layer, position, state) => state.CopyTo(Layers[layer].AsSpan(position * SentenceEncoder.DModel));
        }

        public float[][] Layers { get; }
    }

    private static void AssertRefused<TException>(string message, Action call)
        where TException : Exception => Assert.Contains(message, Assert.Throws<TException>(call).Message, StringComparison.Ordinal);
}
