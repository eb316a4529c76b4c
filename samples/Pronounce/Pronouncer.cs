using System;
using System.Collections.Generic;
using Specializer;

namespace Pronounce;

/// <summary>Pronounces words one after another with one session of the model.</summary>
internal sealed class Pronouncer : IDisposable
{
    /// <summary>The maximum number of phonemes of a word; no listed pronunciation has more than 28.</summary>
    public const int MaximumPhonemes = 32;

    /// <summary>
    /// The maximum number of letters that leaves positions for the maximum number of phonemes. The last phoneme is not fed back,
    /// so it needs no position.
    /// </summary>
    public const int MaximumLetters = PronunciationModel.ContextLength - 2 - (MaximumPhonemes - 1);

    private readonly Vocabulary _vocabulary;
    private readonly IDecoderSession _session;
    private readonly SamplingOptions _sampling;
    private Sampler _sampler;

    /// <summary>Creates a session of a model.</summary>
    /// <param name="model">The model; other pronouncers can use it at the same time.</param>
    /// <param name="vocabulary">The vocabulary of the model.</param>
    /// <param name="sampling">The sampling options.</param>
    public Pronouncer(PronunciationModel model, Vocabulary vocabulary, SamplingOptions sampling)
    {
        _vocabulary = vocabulary;
        _sampling = sampling;
        _sampler = new Sampler(vocabulary.Size, sampling);
        _session = model.CreateSession();
    }

    /// <summary>
    /// Whether the last word was pronounced completely, instead of being cut off after <see cref="MaximumPhonemes"/>.
    /// </summary>
    public bool ReachedEnd { get; private set; }

    /// <summary>The number of generated tokens, including the end of each word.</summary>
    public long GeneratedTokens { get; private set; }

    /// <summary>Generates the phonemes of a word and returns each before the next one is computed.</summary>
    /// <param name="prompt">The prompt of the word from <see cref="Vocabulary.Prompt"/>.</param>
    /// <returns>The phonemes in ARPAbet; vowels have their stress: K ER1 N AH0 L.</returns>
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

    // Every word has a seed of its own, so its pronunciation depends neither on the words before it nor on the session. The seed
    // is FNV-1a over the tokens, starting with the user's seed.
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
