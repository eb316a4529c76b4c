using System;
using System.Collections.Generic;
using System.IO;
using Specializer.Text.Audio;
using Specializer.Text.Reading;

namespace Specializer.Text;

/// <summary>The tokens that control a model of speech, from its <c>generation_config.json</c>.</summary>
/// <remarks>Source: huggingface/transformers, src/transformers/models/whisper/generation_whisper.py.</remarks>
public sealed record TranscriptionSettings
{
    /// <summary>The first token (<c>decoder_start_token_id</c>, &lt;|startoftranscript|&gt;).</summary>
    public required int StartToken { get; init; }

    /// <summary>The token that ends the text of a window (<c>eos_token_id</c>, &lt;|endoftext|&gt;). Tokens with lower ids are text.</summary>
    public required int EndToken { get; init; }

    /// <summary>
    /// The token that requests text without timestamps (<c>no_timestamps_token_id</c>). The tokens after it are timestamps in steps of
    /// two frames.
    /// </summary>
    public required int NoTimestampsToken { get; init; }

    /// <summary>The token of each language by its code, such as <c>en</c> (<c>lang_to_id</c>); empty for a model of one language.</summary>
    public IReadOnlyDictionary<string, int> Languages { get; init; } = new Dictionary<string, int>();

    /// <summary>The token that requests a transcript (<c>task_to_id.transcribe</c>); null for a model of one language.</summary>
    public int? TranscribeToken { get; init; }

    /// <summary>The token that requests an English translation (<c>task_to_id.translate</c>); null if the model does not translate.</summary>
    public int? TranslateToken { get; init; }

    /// <summary>The language that is used by default (<c>forced_decoder_ids</c>); null for the most probable one.</summary>
    public string? Language { get; init; }

    /// <summary>Whether the default task is translation (<c>forced_decoder_ids</c>).</summary>
    public bool Translates { get; init; }

    /// <summary>The tokens that are never generated (<c>suppress_tokens</c>).</summary>
    public IReadOnlyList<int> SuppressedTokens { get; init; } = [];

    /// <summary>The tokens that are not generated first (<c>begin_suppress_tokens</c>).</summary>
    public IReadOnlyList<int> FirstSuppressedTokens { get; init; } = [];

    /// <summary>The latest first timestamp, in steps (<c>max_initial_timestamp_index</c>); null for any.</summary>
    public int? MaximumInitialTimestamp { get; init; }

    /// <summary>
    /// The maximum number of tokens of a window, including the control tokens (<c>max_length</c>); null for the model's context.
    /// </summary>
    public int? MaximumLength { get; init; }

    /// <summary>Reads the settings from a model's folder: from <c>generation_config.json</c>, otherwise from <c>config.json</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="tokenizer">The model's tokenizer, which contains the control tokens that old files do not name.</param>
    /// <exception cref="PipelineException">There is no file, it is malformed, or it requests something that is not supported.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TranscriptionSettings Load(string folder, Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(tokenizer);
        foreach (string name in new[] { "generation_config.json", "config.json" })
        {
            if (FolderReader.TryRead(folder, name) is { } json)
            {
                return SettingsFile.Parse(name, json, root => TranscriptionReader.Read(root, tokenizer));
            }
        }

        throw new PipelineException("generation_config.json", $"the file does not exist in the folder '{folder}'.");
    }

    /// <summary>Throws for a token that is not in the vocabulary of a model.</summary>
    internal void Check(int vocabularySize, string model)
    {
        Check("decoder_start_token_id", [StartToken], vocabularySize, model);
        Check("eos_token_id", [EndToken], vocabularySize, model);
        Check("no_timestamps_token_id", [NoTimestampsToken], vocabularySize - 1, model);
        Check("lang_to_id", Languages.Values, vocabularySize, model);
        Check("task_to_id", [TranscribeToken ?? 0, TranslateToken ?? 0], vocabularySize, model);
        Check("suppress_tokens", SuppressedTokens, vocabularySize, model);
        Check("begin_suppress_tokens", FirstSuppressedTokens, vocabularySize, model);
        if (Language is not null && !Languages.ContainsKey(Language))
        {
            throw new ArgumentException($"The language '{Language}' is not among those of the settings.");
        }

        if (Languages.Count > 0 && TranscribeToken is null)
        {
            throw new ArgumentException("task_to_id: a model of several languages needs the token of the task 'transcribe'.");
        }
    }

    private static void Check(string field, IEnumerable<int> tokens, int limit, string model)
    {
        foreach (int token in tokens)
        {
            if ((uint)token >= (uint)limit)
            {
                throw new ArgumentException($"{field} contains {token}; expected ids from 0 to {limit - 1} in the vocabulary of {model}.");
            }
        }
    }
}
