using System;
using System.Collections.Generic;
using System.IO;

namespace Specializer.Text;

/// <summary>
/// The generation settings of a model, from its <c>generation_config.json</c>. Absent fields have the defaults of transformers. A record, so
/// that single settings are changed by <c>with</c>.
/// </summary>
/// <remarks>Source: huggingface/transformers, src/transformers/generation/configuration_utils.py.</remarks>
public sealed record GenerationSettings
{
    /// <summary>The tokens of which each ends a text (<c>eos_token_id</c>); none by default.</summary>
    public IReadOnlyList<int> EndTokens { get; init; } = [];

    /// <summary>The texts that end a text and are no part of it (<c>stop_strings</c>).</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>How many tokens are generated at most (<c>max_new_tokens</c>); null for as many as fit.</summary>
    public int? MaximumNewTokens { get; init; }

    /// <summary>
    /// How many tokens prompt and generated text have at most together (<c>max_length</c>; in an encoder-decoder the start token counts as
    /// prompt). <see cref="MaximumNewTokens"/> goes before it. Null for the context's length: transformers' own 20 is for demonstrations.
    /// </summary>
    public int? MaximumLength { get; init; }

    /// <summary>How many tokens are generated before one may end the text (<c>min_new_tokens</c>).</summary>
    public int MinimumNewTokens { get; init; }

    /// <summary>How many tokens prompt and text have before one may end the text (<c>min_length</c>).</summary>
    public int MinimumLength { get; init; }

    /// <summary>
    /// How tokens are chosen: greedily without <c>do_sample</c>, else by <c>temperature</c> (1), <c>top_k</c> (50), <c>top_p</c> (1) and
    /// <c>min_p</c> (0); always with <c>repetition_penalty</c> (1).
    /// </summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>
    /// The number of beams of a beam search (<c>num_beams</c>); 1 for the most probable token of each step, or for sampling. With more,
    /// the text comes as a whole.
    /// </summary>
    public int Beams { get; init; } = 1;

    /// <summary>The exponent of the length in the score of a beam, as in <see cref="BeamSearchOptions.LengthPenalty"/> (<c>length_penalty</c>).</summary>
    public double LengthPenalty { get; init; } = 1;

    /// <summary>The condition that ends a beam search before the maximum length (<c>early_stopping</c>).</summary>
    public BeamStopping Stopping { get; init; }

    /// <summary>The number of tokens of a sequence that occurs at most once in prompt and text (<c>no_repeat_ngram_size</c>); 0 for no limit.</summary>
    public int NoRepeatNgramSize { get; init; }

    /// <summary>
    /// The sequences of tokens that are never generated (<c>bad_words_ids</c>): the last token of one is excluded after the others.
    /// A sequence that is only an end token has no effect.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<int>> BadWords { get; init; } = [];

    /// <summary>The tokens that are never generated (<c>suppress_tokens</c>).</summary>
    public IReadOnlyList<int> SuppressedTokens { get; init; } = [];

    /// <summary>The tokens that are not generated first (<c>begin_suppress_tokens</c>).</summary>
    public IReadOnlyList<int> FirstSuppressedTokens { get; init; } = [];

    /// <summary>The first token of a decoder's text, for a prompt that is empty (<c>bos_token_id</c>).</summary>
    public int? StartToken { get; init; }

    /// <summary>The token with which the decoder of an encoder-decoder begins (<c>decoder_start_token_id</c>).</summary>
    public int? DecoderStartToken { get; init; }

    /// <summary>The token that is generated first, such as the target language's (<c>forced_bos_token_id</c>).</summary>
    public int? ForcedFirstToken { get; init; }

    /// <summary>The token that is generated last where the maximal length is reached (<c>forced_eos_token_id</c>).</summary>
    public int? ForcedLastToken { get; init; }

    /// <summary>
    /// The settings of a model's folder: of <c>generation_config.json</c>, or where there is none the same fields of <c>config.json</c>, as
    /// transformers takes them.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="GenerationSettingsException">
    /// The file is malformed, or requests something that <see cref="TextGenerator"/> does not support, such as groups of beams.
    /// </exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static GenerationSettings Load(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (Reading.GgufTokenizerReader.IsGguf(folder))
        {
            return Reading.GgufGeneration.Read(folder);
        }

        foreach (string name in new[] { "generation_config.json", "config.json" })
        {
            string path = Path.Combine(folder, name);
            if (File.Exists(path))
            {
                return Reading.GenerationReader.Read(File.ReadAllBytes(path), name);
            }
        }

        return new GenerationSettings();
    }

    /// <summary>Returns the settings with the fields of a task in their place (<c>task_specific_params</c> of a config.json).</summary>
    internal GenerationSettings With(Reading.JsonPlace task) => Reading.GenerationReader.Override(this, task);

    /// <summary>Reads the content of a <c>generation_config.json</c>.</summary>
    /// <param name="json">The file's content, UTF-8.</param>
    /// <exception cref="GenerationSettingsException">As for <see cref="Load"/>.</exception>
    public static GenerationSettings Parse(ReadOnlyMemory<byte> json) => Reading.GenerationReader.Read(json, "generation_config.json");
}

/// <summary>A model's generation settings are malformed, or request something that is not supported.</summary>
public sealed class GenerationSettingsException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="place">The place in the file, such as <c>generation_config.json.top_p</c>.</param>
    /// <param name="message">The problem.</param>
    /// <param name="innerException">The cause, or null.</param>
    public GenerationSettingsException(string place, string message, Exception? innerException = null)
        : base($"{place}: {message}", innerException)
    {
        Place = place;
    }

    /// <summary>The place in the file, such as <c>generation_config.json.top_p</c>.</summary>
    public string Place { get; }
}
