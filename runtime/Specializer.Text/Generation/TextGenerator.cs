using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Specializer.Text.Generation;

namespace Specializer.Text;

/// <summary>
/// Continues texts and answers conversations with a decoder, or rewrites a text with an encoder-decoder, with the model's own tokenizer, chat
/// template and generation settings.
/// </summary>
/// <remarks>
/// All members are thread-safe: every call has its own session. Sessions are kept, so that the next message of a chat
/// computes only its new tokens. Tokens are computed on the thread pool.
/// </remarks>
/// <example>
/// <code>
/// using var model = SmolLM.Load("models/smollm/model.safetensors");
/// using TextGenerator generator = TextGenerator.Load(model, "models/smollm");
/// await foreach (TextUpdate update in generator.StreamAsync([new ChatMessage("user", "Who are you?")]))
/// {
///     Console.Write(update.Text);
/// }
/// </code>
/// </example>
public sealed class TextGenerator : IDisposable
{
    private readonly TransformerModel _model;
    private readonly bool _takesSource;
    private readonly int _vocabularySize;
    private readonly SessionPool _sessions;

    /// <summary>Creates a generator.</summary>
    /// <param name="model">The model, which is not disposed with the generator.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="settings">The generation settings of the model; null for greedy generation up to the context length.</param>
    /// <param name="templates">The model's chat templates; null where it has none.</param>
    /// <param name="keptSessions">How many sessions are kept while they are not in use; each takes the memory of a context.</param>
    /// <exception cref="TokenizerException">The tokenizer has tokens beyond the vocabulary of the model.</exception>
    /// <exception cref="ArgumentException">A token of the settings is not in the model's vocabulary, or the decoder's start token is missing.</exception>
    /// <exception cref="NotSupportedException">The model's source is no text.</exception>
    public TextGenerator(
        TransformerModel model,
        Tokenizer tokenizer,
        GenerationSettings? settings = null,
        ChatTemplateSet? templates = null,
        int keptSessions = 1
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentOutOfRangeException.ThrowIfNegative(keptSessions);
        _model = model;
        _vocabularySize = SessionAdapter.VocabularySize(model);
        _takesSource = SessionAdapter.TakesSource(model);
        tokenizer.CheckVocabulary(_vocabularySize, SessionAdapter.Name(model));
        Tokenizer = tokenizer;
        Settings = settings ?? new GenerationSettings();
        Templates = templates;
        CheckTokens(Settings);
        _sessions = new SessionPool(model, keptSessions);
    }

    /// <summary>The model's tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>The generation settings of the model.</summary>
    public GenerationSettings Settings { get; }

    /// <summary>The model's chat templates; null where it has none.</summary>
    public ChatTemplateSet? Templates { get; }

    /// <summary>Loads tokenizer, chat templates and generation settings from a model's folder, as Hugging Face publishes it.</summary>
    /// <param name="model">The model of the folder, which is not disposed with the generator.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="keptSessions">How many sessions are kept while they are not in use.</param>
    /// <exception cref="TokenizerException">There is no tokenizer, it is malformed, or it has tokens beyond the vocabulary of the model.</exception>
    /// <exception cref="ChatTemplateException">A chat template does not parse.</exception>
    /// <exception cref="GenerationSettingsException">The generation settings are malformed or request something that is not supported.</exception>
    /// <exception cref="System.IO.IOException">A file cannot be read.</exception>
    public static TextGenerator Load(TransformerModel model, string folder, int keptSessions = 1)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return new TextGenerator(
            model,
            Tokenizer.Load(folder),
            GenerationSettings.Load(folder),
            ChatTemplateSet.TryLoad(folder),
            keptSessions
        );
    }

    /// <summary>Continues a text; an encoder-decoder rewrites it.</summary>
    /// <param name="prompt">The text, to which the tokenizer adds the special tokens that the model expects.</param>
    /// <param name="options">The settings of this call; null for those of the model.</param>
    /// <param name="cancellationToken">Cancels before the next token; the session stays usable.</param>
    /// <returns>The text as it comes; the last update has the reason why it ended.</returns>
    /// <exception cref="ArgumentException">The prompt is empty, too long for the model, or has a lone surrogate; or an option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public IAsyncEnumerable<TextUpdate> StreamAsync(
        string prompt,
        GenerationOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(prompt);
        int[] tokens = Tokenizer.EncodeToIds(prompt, EncodeOptions.Default with { TruncateAndPad = false });
        return StreamTokensAsync(tokens, options, cancellationToken);
    }

    /// <summary>Answers a conversation by the model's chat template.</summary>
    /// <param name="messages">The messages, oldest first.</param>
    /// <param name="chat">Tools and variables of the template; null for none. The beginning of the answer is always added.</param>
    /// <param name="options">The settings of this call; null for those of the model.</param>
    /// <param name="cancellationToken">Cancels before the next token; the session stays usable.</param>
    /// <returns>The answer as it comes; the last update has the reason why it ended.</returns>
    /// <exception cref="InvalidOperationException">The model has no chat template.</exception>
    /// <exception cref="ChatTemplateException">The template refuses the conversation or fails on it.</exception>
    /// <inheritdoc cref="StreamAsync(string, GenerationOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TextUpdate> StreamAsync(
        IReadOnlyList<ChatMessage> messages,
        ChatTemplateOptions? chat = null,
        GenerationOptions? options = null,
        CancellationToken cancellationToken = default
    ) => StreamTokensAsync(EncodeChat(messages, chat), options, cancellationToken);

    /// <summary>Continues tokens.</summary>
    /// <param name="tokens">The tokens of the prompt; of an encoder-decoder those of the source.</param>
    /// <param name="options">The settings of this call; null for those of the model.</param>
    /// <param name="cancellationToken">Cancels before the next token; the session stays usable.</param>
    /// <inheritdoc cref="StreamAsync(string, GenerationOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TextUpdate> StreamTokensAsync(
        ReadOnlyMemory<int> tokens,
        GenerationOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        int[] prompt = tokens.Length > 0 || Settings.StartToken is not { } start || _takesSource ? tokens.ToArray() : [start];
        if (prompt.Length == 0)
        {
            throw new ArgumentException("The prompt has no tokens; give at least one, or settings with a start token.", nameof(tokens));
        }

        var plan = new GenerationPlan(
            Settings,
            options ?? new GenerationOptions(),
            _takesSource ? prompt : null,
            _takesSource ? [Settings.DecoderStartToken!.Value] : prompt,
            SessionAdapter.ContextLengthOf(_model),
            _vocabularySize,
            options?.Constraint?.CreateFilter(Tokenizer)
        );
        return RunAsync(plan, cancellationToken);
    }

    /// <summary>Continues a text and waits for the whole; an encoder-decoder rewrites it.</summary>
    /// <inheritdoc cref="StreamAsync(string, GenerationOptions?, CancellationToken)"/>
    /// <returns>The generated text.</returns>
    public Task<GeneratedText> GenerateAsync(
        string prompt,
        GenerationOptions? options = null,
        CancellationToken cancellationToken = default
    ) => CollectAsync(StreamAsync(prompt, options, cancellationToken));

    /// <summary>Continues tokens and waits for the whole; an encoder-decoder rewrites them.</summary>
    /// <inheritdoc cref="StreamTokensAsync(ReadOnlyMemory{int}, GenerationOptions?, CancellationToken)"/>
    /// <returns>The generated text.</returns>
    public Task<GeneratedText> GenerateTokensAsync(
        ReadOnlyMemory<int> tokens,
        GenerationOptions? options = null,
        CancellationToken cancellationToken = default
    ) => CollectAsync(StreamTokensAsync(tokens, options, cancellationToken));

    /// <summary>Continues several texts, one after the other; an encoder-decoder rewrites them.</summary>
    /// <param name="prompts">The texts.</param>
    /// <param name="options">The settings of this call; null for those of the model.</param>
    /// <param name="progress">Receives the number of texts after each text; null for none.</param>
    /// <param name="cancellationToken">Cancels before the next token; the sessions stay usable.</param>
    /// <returns>The generated texts in the order of the prompts.</returns>
    /// <inheritdoc cref="StreamAsync(string, GenerationOptions?, CancellationToken)"/>
    public async Task<GeneratedText[]> GenerateAsync(
        IReadOnlyList<string> prompts,
        GenerationOptions? options = null,
        IProgress<PipelineProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(prompts);
        var result = new GeneratedText[prompts.Count];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = await GenerateAsync(prompts[i], options, cancellationToken).ConfigureAwait(false);
            progress?.Report(new PipelineProgress(i + 1, result.Length));
        }

        return result;
    }

    /// <summary>Answers a conversation by the model's chat template and waits for the whole answer.</summary>
    /// <inheritdoc cref="StreamAsync(IReadOnlyList{ChatMessage}, ChatTemplateOptions?, GenerationOptions?, CancellationToken)"/>
    /// <returns>The answer.</returns>
    public Task<GeneratedText> GenerateAsync(
        IReadOnlyList<ChatMessage> messages,
        ChatTemplateOptions? chat = null,
        GenerationOptions? options = null,
        CancellationToken cancellationToken = default
    ) => CollectAsync(StreamAsync(messages, chat, options, cancellationToken));

    /// <summary>The tokens of a conversation, as the model's chat template writes it.</summary>
    /// <param name="messages">The messages, oldest first.</param>
    /// <param name="chat">Tools and variables of the template; null for none. The beginning of the answer is always added.</param>
    /// <exception cref="InvalidOperationException">The model has no chat template.</exception>
    /// <exception cref="ChatTemplateException">The template refuses the conversation or fails on it.</exception>
    public int[] EncodeChat(IReadOnlyList<ChatMessage> messages, ChatTemplateOptions? chat = null)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (Templates is null)
        {
            throw new InvalidOperationException(
                $"{SessionAdapter.Name(_model)} has no chat template; continue a text instead, or give the generator templates."
            );
        }

        return Tokenizer.EncodeChat(Templates.Render(messages, (chat ?? new ChatTemplateOptions()) with { AddGenerationPrompt = true }));
    }

    /// <summary>Releases the kept sessions. Calls that run keep theirs until they end.</summary>
    public void Dispose() => _sessions.Dispose();

    private async IAsyncEnumerable<TextUpdate> RunAsync(GenerationPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (plan.Beams > 1)
        {
            yield return await Task.Run(() => BeamRun.Execute(_model, plan, Tokenizer, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
            yield break;
        }

        SessionAdapter session = _sessions.Rent(plan.Prompt);
        try
        {
            var run = new GenerationRun(plan, session, Tokenizer.CreateStreamingDecoder());
            TextUpdate update;
            do
            {
                update = await Task.Run(() => run.Step(cancellationToken), cancellationToken).ConfigureAwait(false);
                if (update.Text.Length > 0 || update.Tokens.Count > 0 || update.Finish is not null)
                {
                    yield return update;
                }
            } while (update.Finish is null);
        }
        finally
        {
            _sessions.Return(session);
        }
    }

    private static async Task<GeneratedText> CollectAsync(IAsyncEnumerable<TextUpdate> updates)
    {
        var text = new StringBuilder();
        var tokens = new List<GeneratedToken>();
        TextUpdate? last = null;
        await foreach (TextUpdate update in updates.ConfigureAwait(false))
        {
            text.Append(update.Text);
            tokens.AddRange(update.Tokens);
            last = update;
        }

        return new GeneratedText(text.ToString(), last!.Finish!.Value, last.Usage!) { Tokens = tokens, Seed = last.Seed };
    }

    private void CheckTokens(GenerationSettings settings)
    {
        if (_takesSource && settings.DecoderStartToken is null)
        {
            throw new ArgumentException(
                $"{SessionAdapter.Name(_model)} is an encoder-decoder; its settings need the token with which the decoder begins (decoder_start_token_id).",
                nameof(settings)
            );
        }

        Check("eos_token_id", [.. settings.EndTokens]);
        Check("bad_words_ids", [.. settings.BadWords.SelectMany(static words => words)]);
        Check("suppress_tokens", [.. settings.SuppressedTokens]);
        Check("begin_suppress_tokens", [.. settings.FirstSuppressedTokens]);
        Check("bos_token_id", settings.StartToken);
        Check("decoder_start_token_id", settings.DecoderStartToken);
        Check("forced_bos_token_id", settings.ForcedFirstToken);
        Check("forced_eos_token_id", settings.ForcedLastToken);
    }

    private void Check(string field, params ReadOnlySpan<int?> tokens)
    {
        foreach (int? token in tokens)
        {
            if (token is { } id && (uint)id >= (uint)_vocabularySize)
            {
                throw new ArgumentException(
                    $"{field} is {id}; {SessionAdapter.Name(_model)} has a vocabulary of {_vocabularySize}, so token ids are 0 to {_vocabularySize - 1}."
                );
            }
        }
    }
}
