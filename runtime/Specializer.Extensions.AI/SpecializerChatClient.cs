using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.AI;
using Specializer.Serving;
using Specializer.Text;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Specializer.Extensions.AI;

/// <summary>A chat client over a <see cref="GenerationEngine"/>. Concurrent calls are batched.</summary>
/// <remarks>
/// All members are thread-safe. The client is stateless: a call contains the whole conversation, and the engine reuses the cache
/// of the longest equal beginning. Options that cannot be honoured are errors.
/// </remarks>
public sealed class SpecializerChatClient : IChatClient
{
    private readonly GenerationEngine _engine;
    private readonly string _tenant;
    private readonly ChatClientMetadata _metadata;
    private readonly AnswerConstraints _constraints = new();

    /// <summary>Creates a client.</summary>
    /// <param name="engine">The engine, which is not disposed with the client.</param>
    /// <param name="tenant">The tenant within which caches are reused and to which the queue is fair.</param>
    /// <exception cref="ArgumentException">The model has no chat template.</exception>
    public SpecializerChatClient(GenerationEngine engine, string tenant = "")
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(tenant);
        if (engine.Templates is null)
        {
            throw new ArgumentException($"{engine.ModelName} has no chat template; a chat client needs one.", nameof(engine));
        }

        _engine = engine;
        _tenant = tenant;
        _metadata = new ChatClientMetadata("specializer", null, engine.ModelName);
    }

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    ) => await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(messages);
        var call = ChatCall.Create(messages, options, this, _engine, _constraints);
        return StreamAsync(call, cancellationToken);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : serviceType.IsInstanceOfType(_engine) ? _engine
            : serviceType.IsInstanceOfType(_engine.Tokenizer) ? _engine.Tokenizer
            : null;
    }

    /// <summary>Does nothing; the engine belongs to its creator.</summary>
    public void Dispose() { }

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(
        ChatCall call,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        string id = "chatcmpl-" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
        DateTimeOffset created = DateTimeOffset.UtcNow;
        var reader = new AnswerReader(call.HasTools, call.StartsWithReasoning);
        int calls = 0;
        GenerationStream stream = _engine.Submit(
            new GenerationRequest
            {
                Prompt = call.Prompt,
                Options = call.Options,
                Tenant = _tenant,
            },
            cancellationToken
        );
        using (stream)
        {
            await foreach (TextUpdate update in stream.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                var parts = new List<AnswerPart>(reader.Append(update.Text));
                if (update.Finish is not null)
                {
                    parts.AddRange(reader.Complete());
                }

                foreach (AnswerPart part in parts)
                {
                    if (ContentOf(part, call, id, ref calls) is { } content)
                    {
                        yield return Update(content);
                    }
                }

                if (update is { Finish: { } finish, Usage: { } usage })
                {
                    ChatResponseUpdate last = Update(
                        new UsageContent(
                            new UsageDetails
                            {
                                InputTokenCount = usage.PromptTokens,
                                OutputTokenCount = usage.GeneratedTokens,
                                TotalTokenCount = usage.PromptTokens + usage.GeneratedTokens,
                                CachedInputTokenCount = usage.ReusedTokens,
                            }
                        )
                    );
                    last.FinishReason =
                        reader.HasCalls ? ChatFinishReason.ToolCalls
                        : finish is FinishReason.MaximumTokens or FinishReason.ContextFull ? ChatFinishReason.Length
                        : ChatFinishReason.Stop;
                    if (update.Seed is { } seed)
                    {
                        last.AdditionalProperties = new AdditionalPropertiesDictionary { ["seed"] = seed };
                    }

                    yield return last;
                }
            }
        }

        ChatResponseUpdate Update(AIContent content) =>
            new(ChatRole.Assistant, [content])
            {
                ResponseId = id,
                MessageId = id,
                ModelId = _engine.ModelName,
                CreatedAt = created,
            };
    }

    private static AIContent? ContentOf(AnswerPart part, ChatCall call, string id, ref int calls) =>
        part.Call is { } made
            ? new FunctionCallContent(
                string.Create(CultureInfo.InvariantCulture, $"call_{id[^8..]}_{calls++}"),
                made.Name,
                Arguments(made.Arguments)
            )
        : part.IsReasoning ? (call.DropsReasoning ? null : new TextReasoningContent(part.Text))
        : new TextContent(part.Text);

    private static Dictionary<string, object?> Arguments(JsonElement arguments)
    {
        var result = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (JsonProperty property in arguments.EnumerateObject())
        {
            result[property.Name] = property.Value;
        }

        return result;
    }
}
