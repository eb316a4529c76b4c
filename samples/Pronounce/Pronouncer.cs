using System;
using System.Collections.Generic;
using Specializer;

namespace Pronounce;

/// <summary>Pronounces one word after the other on one session of the model.</summary>
internal sealed class Pronouncer : IDisposable
{
    /// <summary>The most phonemes that are generated for a word; no listed pronunciation has more than 28.</summary>
    public const int MaximumPhonemes = 32;

    /// <summary>The longest word whose letters leave room for as many phonemes; the last phoneme is never fed back, so it takes no position.</summary>
    public const int MaximumLetters = PronunciationModel.ContextLength - 2 - (MaximumPhonemes - 1);

    private readonly Vocabulary _vocabulary;
    private readonly DecoderSession _session;
    private readonly SamplingOptions _sampling;
    private Sampler _sampler;

    /// <summary>Starts a session of a model.</summary>
    /// <param name="model">The model; it may serve other pronouncers at the same time.</param>
    /// <param name="vocabulary">The model's vocabulary.</param>
    /// <param name="sampling">How the next phoneme is chosen.</param>
    public Pronouncer(PronunciationModel model, Vocabulary vocabulary, SamplingOptions sampling)
    {
        _vocabulary = vocabulary;
        _sampling = sampling;
        _sampler = new Sampler(vocabulary.Size, sampling);
        _session = model.CreateSession();
    }

    /// <summary>Whether the last word was pronounced to its end, not cut off after <see cref="MaximumPhonemes"/>.</summary>
    public bool ReachedEnd { get; private set; }

    /// <summary>The tokens generated so far, the end of each word included.</summary>
    public long GeneratedTokens { get; private set; }

    /// <summary>Generates the phonemes of a word; each is handed out before the next one is computed.</summary>
    /// <param name="prompt">The word, as <see cref="Vocabulary.Prompt"/> writes it.</param>
    /// <returns>The phonemes in ARPAbet, vowels with their stress: K ER1 N AH0 L.</returns>
    public IEnumerable<string> Pronounce(int[] prompt)
    {
        _session.Reset();
        if (_sampling.Temperature > 0)
        {
            _sampler = new Sampler(_vocabulary.Size, _sampling with { Seed = SeedOf(prompt) });
        }

        ReachedEnd = false;
        int token = _sampler.Sample(_session.Prefill(prompt));
        for (int count = 1; ; count++)
        {
            GeneratedTokens++;
            ReachedEnd = token == _vocabulary.End;
            if (ReachedEnd)
            {
                yield break;
            }

            yield return _vocabulary[token];
            if (count == MaximumPhonemes)
            {
                yield break;
            }

            token = _sampler.Sample(_session.Decode(token));
        }
    }

    // Every word has random numbers of its own: it sounds the same whichever words come before it and whichever session
    // says it, and no two words share their luck. FNV-1a over the tokens, from the user's seed.
    private ulong SeedOf(int[] prompt)
    {
        ulong seed = _sampling.Seed ^ 14695981039346656037;
        foreach (int token in prompt)
        {
            seed = (seed ^ (ulong)token) * 1099511628211;
        }

        return seed;
    }

    /// <summary>Releases the session.</summary>
    public void Dispose() => _session.Dispose();
}
