using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Runtime.InteropServices;

namespace Specializer.Text.Generation;

/// <summary>Chooses tokens by a plan: forced tokens, masks, the sampler, and the reported probabilities.</summary>
internal sealed class TokenChooser
{
    private readonly GenerationPlan _plan;
    private readonly Sampler? _sampler;
    private readonly TokenLogProbabilities? _probabilities;
    private readonly TokenLogProbability[] _top;
    private readonly ulong[] _allowed;
    private readonly TokenBans _bans;
    private readonly List<int> _tokens;
    private readonly List<GeneratedToken> _reported = [];

    public TokenChooser(GenerationPlan plan)
    {
        _plan = plan;
        _bans = new TokenBans(plan);
        _tokens = [.. plan.Prompt];
        _allowed = plan.Masks ? new ulong[(plan.VocabularySize + 63) / 64] : [];
        _top = new TokenLogProbability[plan.Alternatives ?? 0];
        _probabilities = plan.Alternatives is null ? null : new TokenLogProbabilities(plan.VocabularySize);
        if (!plan.IsPlainlyGreedy)
        {
            _sampler = new Sampler(plan.VocabularySize, plan.Sampling);
            _sampler.AcceptPrompt(plan.Prompt);
        }
    }

    /// <summary>Whether the most probable token of each step is taken and nothing else of its logits is used.</summary>
    public bool IsGreedy => _sampler is null;

    /// <summary>The next token.</summary>
    /// <param name="session">The session; the tokens are computed by it.</param>
    /// <param name="tokens">The tokens that follow those of the session.</param>
    /// <param name="index">How many tokens were generated before.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public int Next(SessionAdapter session, ReadOnlySpan<int> tokens, int index, System.Threading.CancellationToken cancellationToken) =>
        IsGreedy
            ? Choose(session.PrefillGreedy(tokens, cancellationToken), index)
            : Choose(session.Prefill(tokens, cancellationToken), index);

    /// <summary>The next token of a greedy plan: the most probable one, unless another one is forced.</summary>
    public int Choose(int mostProbable, int index) => _bans.Forced(index) ?? mostProbable;

    /// <summary>The next token of a plan that is not greedy.</summary>
    /// <param name="logits">The logits after the tokens so far.</param>
    /// <param name="index">How many tokens were generated before.</param>
    public int Choose(ReadOnlySpan<float> logits, int index)
    {
        int? forced = _bans.Forced(index);
        _probabilities?.Take(logits);
        int token = forced ?? (UpdateMask(index) ? _sampler!.Sample(logits, _allowed) : _sampler!.Sample(logits));
        _sampler!.Accept(token);
        _tokens.Add(token);
        if (_plan.Filter is { } filter && forced is null && !filter.TryAccept(token))
        {
            // Only an end token is allowed beside the tokens of the filter.
            Debug.Assert(_plan.Settings.EndTokens.Contains(token));
        }

        if (_probabilities is not null)
        {
            int count = _probabilities.WriteTop(_top);
            _reported.Add(new GeneratedToken(token, _probabilities.Of(token), _top[..count]));
        }

        return token;
    }

    /// <summary>Returns the tokens that were reported since the last call.</summary>
    public IReadOnlyList<GeneratedToken> TakeReported()
    {
        if (_reported.Count == 0)
        {
            return [];
        }

        GeneratedToken[] result = [.. _reported];
        _reported.Clear();
        return result;
    }

    // The mask changes after the first token and where the text is long enough to end; with rules for sequences, at every token.
    private bool UpdateMask(int index)
    {
        if (_allowed.Length == 0)
        {
            return false;
        }

        if (_plan.Filter is { } filter)
        {
            WriteFilter(filter);
        }
        else if (index <= 2 || index == _plan.MinimumNewTokens || _plan.MasksSequences)
        {
            _allowed.AsSpan().Fill(ulong.MaxValue);
            _bans.Exclude(CollectionsMarshal.AsSpan(_tokens), _allowed);
        }

        return true;
    }

    // The tokens of the constraint, without those that the settings exclude.
    private void WriteFilter(TokenFilter filter)
    {
        filter.WriteMask(_allowed);
        if (filter.CanEnd)
        {
            foreach (int token in _plan.Settings.EndTokens)
            {
                _allowed[token / 64] |= 1UL << (token % 64);
            }
        }

        _bans.Exclude(CollectionsMarshal.AsSpan(_tokens), _allowed);
        if (!_allowed.AsSpan().ContainsAnyExcept(0UL))
        {
            throw new InvalidOperationException(
                $"No token can follow the {_tokens.Count - _plan.Prompt.Length} generated ones: the generation settings exclude, or the vocabulary lacks, "
                    + "all that the constraint allows."
            );
        }
    }
}
