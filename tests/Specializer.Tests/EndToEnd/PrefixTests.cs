using System;
using System.Linq;
using Specializer.Oracle;
using Specializer.TestKit;
using Specializer.Tests.Models;
using Specializer.Tests.Oracle;
using Xunit;

namespace Specializer.Tests.EndToEnd;

/// <summary>Sequences that begin with a prefix whose positions see each other both ways.</summary>
public sealed class PrefixTests
{
    private static readonly DeclaredModel s_declared = new(typeof(PrefixDecoder), PrefixDecoder.Load);

    private static readonly int[] s_tokens = s_declared.RandomTokens(PrefixDecoder.ContextLength);

    public static TheoryData<InstructionSet> Cases => DeclaredModels.InstructionSetsOfThisProcess;

    [Feature("prefix")]
    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_are_the_oracles_for_prefixes_of_any_length(InstructionSet instructionSet)
    {
        using RandomWeights weights = s_declared.RandomWeights();
        ArchitectureOracle oracle = (s_declared.Architecture with { Prefix = true }).Oracle(OracleWeights.Read(weights));
        int vocabulary = PrefixDecoder.VocabularySize;
        foreach (int threads in new[] { 1, 2 })
        {
            using PrefixDecoder model = PrefixDecoder.Load(
                weights,
                new ModelOptions { InstructionSet = instructionSet, Threads = threads }
            );
            using IPrefixSession<TokenInput> session = model.CreateSession();
            foreach (int prefix in new[] { PrefixDecoder.ChunkLength, 7, 1, 0 })
            {
                int[] tokens = s_tokens[..(prefix == 7 ? s_tokens.Length : 60)];
                double[][] expected = oracle.Run(tokens, new OracleInput(Prefix: prefix)).Logits;
                session.Reset();
                if (prefix > 0)
                {
                    Tolerance.Default.AssertClose(
                        [expected[prefix - 1]],
                        session.PrefillPrefix(tokens.AsSpan(0, prefix)),
                        $"logits behind a prefix of {prefix}"
                    );
                }

                float[] rest = new float[(tokens.Length - prefix) * vocabulary];
                session.Prefill(tokens.AsSpan(prefix), rest);
                Tolerance.Default.AssertClose(expected[prefix..], rest.AsSpan(), $"logits of what follows a prefix of {prefix}");

                // Processing the following tokens one by one gives the same bits.
                session.Truncate(prefix);
                for (int position = prefix; position < prefix + 5; position++)
                {
                    Bits.AssertSame(
                        rest.AsSpan((position - prefix) * vocabulary, vocabulary),
                        session.Decode(tokens[position]),
                        $"position {position}"
                    );
                }
            }
        }
    }

    [Fact]
    public void What_cannot_be_a_prefix_is_said()
    {
        using RandomWeights weights = s_declared.RandomWeights();
        using PrefixDecoder model = PrefixDecoder.Load(weights);
        using IPrefixSession<TokenInput> session = model.CreateSession();
        Assert.Contains(
            "The prefix has 41 tokens; PrefixDecoder computes a prefix in one chunk, of 40 positions. Declare a larger ChunkLength.",
            Assert
                .Throws<ArgumentException>(() =>
                {
                    session.PrefillPrefix(s_tokens.AsSpan(0, 41));
                })
                .Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() =>
        {
            session.PrefillPrefix([]);
        });
        Assert.Equal(0, session.Position);
        session.PrefillPrefix(s_tokens.AsSpan(0, 9));
        Assert.Contains(
            "A prefix is the beginning of a sequence, but 9 positions are taken. Call Reset first.",
            Assert
                .Throws<InvalidOperationException>(() =>
                {
                    session.PrefillPrefix(s_tokens.AsSpan(0, 2));
                })
                .Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "The first 9 positions are a prefix, which is processed as a whole. The session can be truncated to 0 or to 9 and more, not to 8.",
            Assert.Throws<InvalidOperationException>(() => session.Truncate(8)).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(9, session.Position);
    }
}
