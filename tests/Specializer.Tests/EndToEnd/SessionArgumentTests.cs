using System;
using Specializer.TestKit;
using Specializer.Tests.Models;
using Xunit;

namespace Specializer.Tests.EndToEnd;

/// <summary>Arguments that a session rejects, without a change of its state.</summary>
[Feature("argument-checks")]
public sealed class SessionArgumentTests : IDisposable
{
    private static readonly DeclaredModel s_declared = DeclaredModels.BiasedReGlu;

    private readonly IDecoderModel _model = s_declared.LoadRandom();
    private readonly IDecoderSession _session;
    private readonly int[] _tokens = s_declared.RandomTokens(BiasedReGlu.ContextLength + 1);

    public SessionArgumentTests() => _session = _model.CreateSession();

    public void Dispose()
    {
        _session.Dispose();
        _model.Dispose();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(BiasedReGlu.VocabularySize)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void A_token_outside_the_vocabulary_is_refused_before_anything_is_computed(int token)
    {
        AssertUnchangedBy(() =>
        {
            ArgumentOutOfRangeException decoded = Assert.Throws<ArgumentOutOfRangeException>(() =>
            {
                _session.Decode(token);
            });
            ArgumentOutOfRangeException prefilled = Assert.Throws<ArgumentOutOfRangeException>(() =>
            {
                _session.Prefill([3, 4, token, 5]);
            });
            ArgumentOutOfRangeException withLogits = Assert.Throws<ArgumentOutOfRangeException>(() =>
            {
                _session.Prefill([token], new float[BiasedReGlu.VocabularySize]);
            });

            Assert.Equal(token, decoded.ActualValue);
            Assert.Contains(
                FormattableString.Invariant($"Token 0 is {token}; BiasedReGlu has a vocabulary of 509, so token ids are 0 to 508."),
                decoded.Message,
                StringComparison.Ordinal
            );
            Assert.Contains(FormattableString.Invariant($"Token 2 is {token};"), prefilled.Message, StringComparison.Ordinal);
            Assert.Contains(FormattableString.Invariant($"Token 0 is {token};"), withLogits.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void The_first_and_the_last_token_of_the_vocabulary_are_taken()
    {
        _session.Prefill([0, BiasedReGlu.VocabularySize - 1]);
        _session.Decode(0);
        _session.Decode(BiasedReGlu.VocabularySize - 1);
        Assert.Equal(4, _session.Position);
    }

    [Fact]
    public void An_empty_prompt_is_refused() =>
        AssertUnchangedBy(() =>
        {
            Assert.Contains(
                "There are no tokens",
                Assert
                    .Throws<ArgumentException>(() =>
                    {
                        _session.Prefill([]);
                    })
                    .Message,
                StringComparison.Ordinal
            );
            Assert.Contains(
                "There are no tokens",
                Assert
                    .Throws<ArgumentException>(() =>
                    {
                        _session.Prefill([], []);
                    })
                    .Message,
                StringComparison.Ordinal
            );
        });

    [Fact]
    public void A_prompt_longer_than_the_free_context_is_refused() =>
        AssertUnchangedBy(() =>
        {
            int position = _session.Position;
            ArgumentException exception = Assert.Throws<ArgumentException>(() =>
            {
                _session.Prefill(_tokens);
            });
            Assert.Contains(
                FormattableString.Invariant(
                    $"91 more tokens do not fit: BiasedReGlu has a context of 90 positions, of which {position} are taken and {90 - position} are free."
                ),
                exception.Message,
                StringComparison.Ordinal
            );
            Assert.Throws<ArgumentException>(() =>
            {
                _session.Prefill(_tokens.AsSpan(0, BiasedReGlu.ContextLength - position + 1));
            });
        });

    [Fact]
    public void The_context_can_be_filled_to_its_end_and_no_further()
    {
        Assert.Equal(BiasedReGlu.ContextLength, _session.ContextLength);
        float[] expected = _session.Prefill(_tokens.AsSpan(0, BiasedReGlu.ContextLength)).ToArray();
        Assert.Equal(BiasedReGlu.ContextLength, _session.Position);
        Assert.Contains(
            "90 are taken and 0 are free",
            Assert
                .Throws<ArgumentException>(() =>
                {
                    _session.Decode(1);
                })
                .Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() =>
        {
            _session.Prefill([1]);
        });
        Assert.Equal(BiasedReGlu.ContextLength, _session.Position);

        // One step back allows exactly one more token.
        _session.Truncate(BiasedReGlu.ContextLength - 1);
        Bits.AssertSame(expected, _session.Decode(_tokens[BiasedReGlu.ContextLength - 1]), "logits at the last position");
        Assert.Throws<ArgumentException>(() =>
        {
            _session.Decode(1);
        });
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_span_for_logits_of_another_length_is_refused(int difference) =>
        AssertUnchangedBy(() =>
        {
            ArgumentException exception = Assert.Throws<ArgumentException>(() =>
            {
                _session.Prefill([1, 2], new float[(2 * BiasedReGlu.VocabularySize) + difference]);
            });
            Assert.Equal("allLogits", exception.ParamName);
            Assert.Contains(
                FormattableString.Invariant($"has {1018 + difference} elements; 2 tokens and a vocabulary of 509 need 1018."),
                exception.Message,
                StringComparison.Ordinal
            );
        });

    [Fact]
    public void Only_positions_that_the_session_holds_can_be_kept() =>
        AssertUnchangedBy(() =>
        {
            int position = _session.Position;
            Assert.Contains(
                FormattableString.Invariant($"The session holds {position} positions"),
                Assert.Throws<ArgumentOutOfRangeException>(() => _session.Truncate(position + 1)).Message,
                StringComparison.Ordinal
            );
            Assert.Throws<ArgumentOutOfRangeException>(() => _session.Truncate(-1));
            Assert.Throws<ArgumentOutOfRangeException>(() => _session.Truncate(int.MinValue));
            _session.Truncate(position);
        });

    /// <summary>Neither the position nor any later result may differ from those of a session that never met the refused calls.</summary>
    private void AssertUnchangedBy(Action refused)
    {
        using IDecoderSession other = _model.CreateSession();
        other.Prefill(_tokens.AsSpan(0, 20));
        _session.Prefill(_tokens.AsSpan(0, 20));
        refused();
        Assert.Equal(20, _session.Position);
        Bits.AssertSame(other.Prefill(_tokens.AsSpan(20, 10)), _session.Prefill(_tokens.AsSpan(20, 10)), "logits after refused calls");
    }
}
