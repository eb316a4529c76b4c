using System;
using System.Collections.Generic;
using System.Threading;

namespace Specializer;

/// <summary>
/// Searches for the most probable continuation of a prompt. In every step each open beam is continued with every token, and the
/// best continuations become the beams of the next step.
/// </summary>
/// <remarks>
/// <para>
/// The search is the <c>beam_search</c> of Hugging Face Transformers (4.52 and later). Each step considers the 2 ·
/// <see cref="BeamSearchOptions.Beams"/> best continuations (with n end tokens, (1 + n) · <see cref="BeamSearchOptions.Beams"/>,
/// so that enough of them do not end). Those that end become hypotheses if they are among the first
/// <see cref="BeamSearchOptions.Beams"/>; the others become beams. At the maximum length, all continuations end. The score of a
/// hypothesis is the sum of its log-probabilities divided by its length to the power of
/// <see cref="BeamSearchOptions.LengthPenalty"/>.
/// </para>
/// <para>
/// A search is not thread-safe. It allocates when it is created and for its results, but not per token. All beams of a step are
/// computed together, so weights are read once for all of them.
/// </para>
/// <code>
/// using var session = model.CreateSession(sequences: 4);
/// session.Encode(source);
/// var search = new BeamSearch(session, new BeamSearchOptions { Beams = 4, EndToken = 2 });
/// IReadOnlyList&lt;int&gt; tokens = search.Run([start])[0].Tokens;
/// </code>
/// </remarks>
public sealed class BeamSearch
{
    private readonly ISequenceToSequenceSession _session;
    private readonly BeamSearchOptions _options;
    private readonly int _vocabularySize;
    private readonly bool[] _isSuppressed;
    private readonly bool[] _isEnd;
    private readonly LogProbabilities _logProbabilities;
    private readonly BeamCandidates _candidates;
    private readonly BeamHypotheses _hypotheses;
    private readonly int[] _parents; // [Beams] the beam of the previous step that each beam continues
    private readonly int[] _tokens; // [Beams] the token that continues it
    private readonly double[] _scores; // [Beams] sums of log-probabilities
    private readonly int[] _historyParents; // [step][Beams]
    private readonly int[] _historyTokens; // [step][Beams]
    private readonly float[] _ruled; // [VocabularySize] log-probabilities that a rule changes
    private int[] _sequence = []; // the prompt and the tokens of a beam

    /// <summary>Creates a search for a session.</summary>
    /// <param name="session">The session, created for at least as many sequences as beams.</param>
    /// <param name="options">The search options.</param>
    /// <exception cref="ArgumentException">
    /// The session has fewer sequences than beams, there are more hypotheses than beams, no end token is set, or every token is
    /// suppressed.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">An end token or a suppressed token is not in the vocabulary.</exception>
    public BeamSearch(ISequenceToSequenceSession session, BeamSearchOptions options)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(options);
        _session = session;
        _options = options;
        _vocabularySize = session.VocabularySize;
        if (session.Sequences < options.Beams)
        {
            throw new ArgumentException(
                $"The session was created for {session.Sequences} sequences; {options.Beams} beams require as many. Create it with CreateSession(sequences: {options.Beams}).",
                nameof(session)
            );
        }

        if (options.Hypotheses > options.Beams)
        {
            throw new ArgumentException(
                $"{nameof(options.Hypotheses)} is {options.Hypotheses}, but a search with {options.Beams} beams returns at most {options.Beams}.",
                nameof(options)
            );
        }

        if (!options.HasEnd)
        {
            throw new ArgumentException(
                $"{nameof(BeamSearchOptions)} has neither {nameof(options.EndToken)} nor {nameof(options.EndTokens)}; set the checkpoint's eos_token_id, or {nameof(options.EndToken)} = -1 if no token ends a hypothesis.",
                nameof(options)
            );
        }

        _isEnd = new bool[_vocabularySize];
        IReadOnlyList<int> endTokens = options.EndTokens;
        foreach (int token in endTokens)
        {
            if ((uint)token >= (uint)_vocabularySize)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(options),
                    token,
                    $"An end token is {token}; the vocabulary has {_vocabularySize} tokens, so token ids are 0 to {_vocabularySize - 1}."
                );
            }

            _isEnd[token] = true;
        }

        _isSuppressed = new bool[_vocabularySize];
        foreach (int token in options.SuppressedTokens)
        {
            if ((uint)token >= (uint)_vocabularySize)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(options),
                    token,
                    $"A suppressed token is {token}; the vocabulary has {_vocabularySize} tokens, so token ids are 0 to {_vocabularySize - 1}."
                );
            }

            _isSuppressed[token] = true;
        }

        if (Array.TrueForAll(_isSuppressed, static suppressed => suppressed))
        {
            throw new ArgumentException($"All {_vocabularySize} tokens are suppressed; leave at least one.", nameof(options));
        }

        int beams = options.Beams;
        int longest = options.MaximumTokens == 0 ? session.ContextLength : Math.Min(options.MaximumTokens, session.ContextLength);
        _logProbabilities = new LogProbabilities(_vocabularySize);
        _candidates = new BeamCandidates(Math.Max(2, 1 + endTokens.Count) * beams);
        _hypotheses = new BeamHypotheses(beams);
        _parents = new int[beams];
        _tokens = new int[beams];
        _scores = new double[beams];
        _historyParents = new int[longest * beams];
        _historyTokens = new int[longest * beams];
        _ruled = options.Rule is null ? [] : new float[_vocabularySize];
    }

    /// <summary>Searches for continuations of a prompt. Positions that the session already contains are part of the context.</summary>
    /// <param name="prompt">The first tokens of the decoder, usually only its start token.</param>
    /// <param name="cancellationToken">
    /// Checked before each step. A canceled search leaves at least the prompt in the session; reset or truncate it.
    /// </param>
    /// <returns>The best hypotheses, best first, at most <see cref="BeamSearchOptions.Hypotheses"/>.</returns>
    /// <exception cref="InvalidOperationException">
    /// The session has no source, or another call on it is running; or the logits are not finite.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// As for <see cref="IDecoderSession.Prefill(ReadOnlySpan{int}, CancellationToken)"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException">The search was canceled.</exception>
    public IReadOnlyList<GeneratedSequence> Run(ReadOnlySpan<int> prompt, CancellationToken cancellationToken = default)
    {
        // The last token of a hypothesis is not processed, so a hypothesis can have one token more than the free positions.
        _session.Prefill(prompt, cancellationToken);
        int longest = Math.Min(_historyTokens.Length / _options.Beams, _session.ContextLength - _session.Position + 1);
        if (_options.Rule is not null && _sequence.Length < prompt.Length + longest)
        {
            _sequence = new int[prompt.Length + longest];
        }

        _hypotheses.Clear();
        _scores[0] = 0;
        int open = 1;
        for (int length = 1; open > 0; length++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            FindCandidates(prompt, length, open);
            Finish(length, isLast: length == longest);
            open = length == longest ? 0 : Continue();
            if (open > 0 && IsDone(length, longest))
            {
                break;
            }

            if (open > 0)
            {
                Remember(length, open);
                _session.Branch(_parents.AsSpan(0, open));
                _session.DecodeEach(_tokens.AsSpan(0, open));
            }
        }

        return Best();
    }

    /// <summary>Finds the best continuations of all open beams.</summary>
    private void FindCandidates(ReadOnlySpan<int> prompt, int length, int open)
    {
        _candidates.Clear();
        for (int beam = 0; beam < open; beam++)
        {
            ReadOnlySpan<float> logits = _session.LogitsOf(beam);
            double normalizer = _logProbabilities.Normalizer(logits);
            double offset = _scores[beam] - normalizer;
            if (_options.Rule is { } rule)
            {
                for (int token = 0; token < logits.Length; token++)
                {
                    _ruled[token] = (float)(logits[token] - normalizer);
                }

                rule(TokensOf(prompt, length, beam), _ruled);
                logits = _ruled;
                offset = _scores[beam];
            }

            double threshold = _candidates.Threshold;
            for (int token = 0; token < logits.Length; token++)
            {
                double score = offset + logits[token];
                if (score > threshold && !_isSuppressed[token])
                {
                    _candidates.Add(new BeamCandidate(beam, token, score));
                    threshold = _candidates.Threshold;
                }
            }
        }
    }

    /// <summary>Returns the prompt and the tokens of a beam.</summary>
    private ReadOnlySpan<int> TokensOf(ReadOnlySpan<int> prompt, int length, int beam)
    {
        Span<int> tokens = _sequence.AsSpan(0, prompt.Length + length - 1);
        prompt.CopyTo(tokens);
        CopyHistory(tokens[prompt.Length..], beam);
        return tokens;
    }

    /// <summary>Converts candidates that end to hypotheses if they are among the best ones; at the maximum length, all end.</summary>
    private void Finish(int length, bool isLast)
    {
        for (int rank = 0; rank < _candidates.Count && rank < _options.Beams; rank++)
        {
            BeamCandidate candidate = _candidates[rank];
            if (isLast || _isEnd[candidate.Token])
            {
                _hypotheses.Add(
                    new BeamHypothesis(
                        candidate.Beam,
                        candidate.Token,
                        length,
                        candidate.LogProbability,
                        candidate.LogProbability / Math.Pow(length, _options.LengthPenalty)
                    )
                );
            }
        }
    }

    /// <summary>Converts the best candidates that do not end to beams.</summary>
    /// <returns>The number of beams.</returns>
    private int Continue()
    {
        int open = 0;
        for (int rank = 0; rank < _candidates.Count && open < _options.Beams; rank++)
        {
            BeamCandidate candidate = _candidates[rank];
            if (!_isEnd[candidate.Token])
            {
                _parents[open] = candidate.Beam;
                _tokens[open] = candidate.Token;
                _scores[open] = candidate.LogProbability;
                open++;
            }
        }

        return open;
    }

    /// <summary>Returns whether the search ends: no open beam can become one of the hypotheses.</summary>
    private bool IsDone(int length, int longest)
    {
        if (_hypotheses.Count < _options.Beams)
        {
            return false;
        }

        int attainable = _options.Stopping == BeamStopping.Never && _options.LengthPenalty > 0 ? longest : length;
        return _options.Stopping == BeamStopping.WhenFilled
            || !(_scores[0] / Math.Pow(attainable, _options.LengthPenalty) > _hypotheses.Worst);
    }

    private void Remember(int length, int open)
    {
        int row = (length - 1) * _options.Beams;
        Array.Copy(_parents, 0, _historyParents, row, open);
        Array.Copy(_tokens, 0, _historyTokens, row, open);
    }

    private GeneratedSequence[] Best()
    {
        var sequences = new GeneratedSequence[Math.Min(_options.Hypotheses, _hypotheses.Count)];
        for (int rank = 0; rank < sequences.Length; rank++)
        {
            BeamHypothesis hypothesis = _hypotheses[rank];
            int[] tokens = new int[hypothesis.Length];
            tokens[^1] = hypothesis.LastToken;
            CopyHistory(tokens.AsSpan(0, tokens.Length - 1), hypothesis.Beam);
            sequences[rank] = new GeneratedSequence(tokens, hypothesis.LogProbability, hypothesis.Score);
        }

        return sequences;
    }

    /// <summary>Copies the tokens of a beam, last to first.</summary>
    private void CopyHistory(Span<int> tokens, int beam)
    {
        for (int i = tokens.Length - 1; i >= 0; i--)
        {
            tokens[i] = _historyTokens[(i * _options.Beams) + beam];
            beam = _historyParents[(i * _options.Beams) + beam];
        }
    }
}
