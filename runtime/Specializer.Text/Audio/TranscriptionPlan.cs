using System;
using System.Collections.Generic;

namespace Specializer.Text.Audio;

/// <summary>The settings of one call of a transcriber: those of the model and of the call, with every limit checked.</summary>
internal sealed class TranscriptionPlan
{
    private readonly bool _translates;

    public TranscriptionPlan(TranscriptionSettings settings, TranscriberOptions options, ModelDescription model)
    {
        Settings = settings;
        HasTimestamps = options.Timestamps;
        VocabularySize = model.VocabularySize;
        _translates = options.Translate ?? settings.Translates;
        Language = options.Language ?? settings.Language;
        bool hasLanguages = settings.Languages.Count > 0;
        if (options.Language is not null && !settings.Languages.ContainsKey(options.Language))
        {
            throw new ArgumentException(
                hasLanguages
                    ? $"{nameof(options.Language)} is '{options.Language}'; {model.Name} supports {string.Join(", ", settings.Languages.Keys)}."
                    : $"{nameof(options.Language)} is '{options.Language}'; {model.Name} has one language, which is not selected."
            );
        }

        if (_translates && settings.TranslateToken is null)
        {
            throw new ArgumentException($"{nameof(options.Translate)} is true; {model.Name} does not translate.");
        }

        // The start token, the language, the task, and the token for no timestamps.
        int prompt = 1 + (hasLanguages ? 2 : 0) + (HasTimestamps ? 0 : 1);
        if (options.MaximumNewTokens is < 1)
        {
            throw new ArgumentException($"{nameof(options.MaximumNewTokens)} is {options.MaximumNewTokens}; expected at least 1.");
        }

        int limit = Math.Min(model.ContextLength, settings.MaximumLength ?? int.MaxValue) - prompt;
        MaximumNewTokens = Math.Min(limit, options.MaximumNewTokens ?? int.MaxValue);
        if (MaximumNewTokens < 1)
        {
            throw new ArgumentException(
                $"No positions remain for text after the {prompt} control tokens: {model.Name} has {model.ContextLength}, and max_length is {settings.MaximumLength}."
            );
        }
    }

    public TranscriptionSettings Settings { get; }

    public bool HasTimestamps { get; }

    public int VocabularySize { get; }

    public int MaximumNewTokens { get; }

    /// <summary>The language; null until it is detected, and if the model has one language.</summary>
    public string? Language { get; private set; }

    /// <summary>Whether the language is to be detected.</summary>
    public bool DetectsLanguage => Language is null && Settings.Languages.Count > 0;

    /// <summary>Returns the control tokens after the start token.</summary>
    public IEnumerable<int> Prompt()
    {
        if (Language is not null)
        {
            yield return Settings.Languages[Language];
            yield return _translates ? Settings.TranslateToken!.Value : Settings.TranscribeToken!.Value;
        }

        if (!HasTimestamps)
        {
            yield return Settings.NoTimestampsToken;
        }
    }

    /// <summary>Sets the language to the most probable one, the lowest id first.</summary>
    /// <param name="logits">The logits after the start token.</param>
    public void Detect(ReadOnlySpan<float> logits)
    {
        int best = -1;
        foreach ((string language, int token) in Settings.Languages)
        {
            if (best < 0 || logits[token] > logits[best] || (logits[token] == logits[best] && token < best))
            {
                best = token;
                Language = language;
            }
        }
    }
}
