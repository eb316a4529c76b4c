using System;
using System.Collections.Generic;

namespace Specializer.Text.Generation;

/// <summary>The settings of one generation: those of the model and of the call, with every limit checked.</summary>
internal sealed class GenerationPlan
{
    public GenerationPlan(
        GenerationSettings settings,
        GenerationOptions options,
        int[]? source,
        int[] prompt,
        int contextLength,
        int vocabularySize,
        TokenFilter? filter = null
    )
    {
        Settings = settings;
        Source = source;
        Prompt = prompt;
        VocabularySize = vocabularySize;
        Filter = filter;
        if (prompt.Length > contextLength)
        {
            throw new ArgumentException(
                $"The prompt has {prompt.Length} tokens; the model has positions for {contextLength}, those of the generated text included."
            );
        }

        if (options.MaximumNewTokens is < 1)
        {
            throw new ArgumentException(
                $"{nameof(GenerationOptions.MaximumNewTokens)} is {options.MaximumNewTokens}; expected at least 1."
            );
        }

        if (options.LogProbabilities is { } alternatives && (alternatives < 0 || alternatives > vocabularySize))
        {
            throw new ArgumentException(
                $"{nameof(GenerationOptions.LogProbabilities)} is {alternatives}; expected 0 to {vocabularySize}, the tokens of the model."
            );
        }

        MaximumNewTokens = Limit(settings, options, prompt.Length);
        MinimumNewTokens = Math.Max(settings.MinimumNewTokens, settings.MinimumLength - prompt.Length);
        StopStrings = [.. settings.StopStrings, .. options.StopStrings ?? []];
        foreach (string stop in StopStrings)
        {
            if (string.IsNullOrEmpty(stop))
            {
                throw new ArgumentException("A stop string is empty; every text would end at once.");
            }
        }

        ForcedFirstToken = options.ForcedFirstToken ?? settings.ForcedFirstToken;
        if (options.ForcedFirstToken is { } forced && (uint)forced >= (uint)vocabularySize)
        {
            throw new ArgumentException(
                $"{nameof(GenerationOptions.ForcedFirstToken)} is {forced}; the model has {vocabularySize} tokens, so token ids are 0 to {vocabularySize - 1}."
            );
        }

        Sampling = options.Sampling ?? settings.Sampling;
        Beams = options.Beams ?? settings.Beams;
        CheckBeams(options);
        if (Sampling.Temperature > 0)
        {
            Seed =
                options.Seed
                ?? (options.Sampling is null ? unchecked((ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue)) : Sampling.Seed);
            Sampling = Sampling with { Seed = Seed.Value };
        }

        Alternatives = options.LogProbabilities;
    }

    public GenerationSettings Settings { get; }

    /// <summary>The source's tokens of an encoder-decoder.</summary>
    public int[]? Source { get; }

    /// <summary>The first tokens of the decoder.</summary>
    public int[] Prompt { get; }

    public int VocabularySize { get; }

    /// <summary>The tokens that the constraint allows, or null.</summary>
    public TokenFilter? Filter { get; }

    public int MaximumNewTokens { get; }

    public int MinimumNewTokens { get; }

    public IReadOnlyList<string> StopStrings { get; }

    public SamplingOptions Sampling { get; }

    public ulong? Seed { get; }

    /// <summary>How many alternatives are reported with each token; null for no report.</summary>
    public int? Alternatives { get; }

    /// <summary>The token that is generated first, or null.</summary>
    public int? ForcedFirstToken { get; }

    public int Beams { get; }

    /// <summary>Whether some tokens are excluded at some step.</summary>
    public bool Masks =>
        Filter is not null
        || MinimumNewTokens > 0
        || Settings.SuppressedTokens.Count > 0
        || Settings.FirstSuppressedTokens.Count > 0
        || MasksSequences;

    /// <summary>Whether tokens are excluded that would complete some sequence.</summary>
    public bool MasksSequences => Settings.NoRepeatNgramSize > 0 || Settings.BadWords.Count > 0;

    /// <summary>Whether the session may choose: the most probable token, and nothing is asked of the logits.</summary>
    public bool IsPlainlyGreedy =>
        !Masks
        && Alternatives is null
        && Sampling.Temperature == 0
        && Sampling.RepetitionPenalty == 1
        && Sampling.FrequencyPenalty == 0
        && Sampling.PresencePenalty == 0
        && Sampling.LogitBias is null or { Count: 0 };

    private void CheckBeams(GenerationOptions options)
    {
        if (Beams < 1)
        {
            throw new ArgumentException($"{nameof(GenerationOptions.Beams)} is {Beams}; expected at least 1.");
        }

        string? other =
            Beams == 1 ? null
            : Sampling.Temperature > 0 ? "sampling"
            : Sampling.FrequencyPenalty != 0 || Sampling.PresencePenalty != 0 ? "a frequency or presence penalty"
            : Sampling.LogitBias is { Count: > 0 } ? "a logit bias"
            : StopStrings.Count > 0 ? "stop strings"
            : options.LogProbabilities is not null ? "log-probabilities"
            : Filter is not null ? "a constraint"
            : null;
        if (other is not null)
        {
            throw new ArgumentException(
                $"A beam search does not support {other}; set {nameof(GenerationOptions)}.{nameof(GenerationOptions.Beams)} to 1, or leave the other out."
            );
        }
    }

    private static int Limit(GenerationSettings settings, GenerationOptions options, int prompt)
    {
        if ((options.MaximumNewTokens ?? settings.MaximumNewTokens) is { } tokens)
        {
            return tokens;
        }

        if (settings.MaximumLength is not { } length)
        {
            return int.MaxValue;
        }

        return length > prompt
            ? length - prompt
            : throw new ArgumentException(
                $"The prompt has {prompt} tokens, and the model's generation settings allow {length} with the generated text. Give {nameof(GenerationOptions)}.{nameof(GenerationOptions.MaximumNewTokens)}."
            );
    }
}
