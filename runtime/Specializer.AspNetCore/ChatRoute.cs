using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Specializer.Serving;
using Specializer.Text;

namespace Specializer.AspNetCore;

/// <summary>POST /v1/chat/completions.</summary>
internal static class ChatRoute
{
    public static async Task HandleAsync(HttpContext context, ModelRegistry models, OpenAIOptions limits, string tenant)
    {
        using JsonDocument document = await JsonRequest.ReadAsync(context).ConfigureAwait(false);
        var fields = ChatFields.Read(document.RootElement, models, limits);
        string model = document.RootElement.GetProperty("model").GetString()!;
        var run = new ChatRun(fields, model);
        GenerationStream[] streams = Choices.Submit(fields.Generation, fields.Prompt, tenant, "chat", context.RequestAborted);
        try
        {
            if (fields.Generation.Streams)
            {
                await StreamAsync(context, run, streams, limits).ConfigureAwait(false);
            }
            else
            {
                await WriteWholeAsync(context, run, streams).ConfigureAwait(false);
            }
        }
        finally
        {
            Array.ForEach(streams, static stream => stream.Dispose());
        }
    }

    private static async Task WriteWholeAsync(HttpContext context, ChatRun run, GenerationStream[] streams)
    {
        GeneratedText[] texts = await Task.WhenAll(streams.Select(stream => stream.ReadAllAsync(context.RequestAborted)))
            .ConfigureAwait(false);
        await Responses
            .WriteJsonAsync(
                context,
                writer =>
                {
                    Answer.WriteHead(writer, run.Id, "chat.completion", run.Fields.Generation.Engine, run.Created, run.Model);
                    writer.WriteStartArray("choices");
                    for (int i = 0; i < texts.Length; i++)
                    {
                        run.WriteChoice(writer, i, texts[i]);
                    }

                    writer.WriteEndArray();
                    Answer.WriteUsage(writer, [.. texts.Select(static text => text.Usage)]);
                    writer.WriteEndObject();
                }
            )
            .ConfigureAwait(false);
    }

    private static async Task StreamAsync(HttpContext context, ChatRun run, GenerationStream[] streams, OpenAIOptions limits)
    {
        var usages = new List<GenerationUsage>();
        var events = new EventStream(context, limits.Heartbeat);
        await using (events.ConfigureAwait(false))
        {
            for (int i = 0; i < streams.Length; i++)
            {
                int choice = i;
                await events.WriteAsync(writer => run.WriteDelta(writer, choice, new ChatDelta { IsFirst = true })).ConfigureAwait(false);
            }

            await Choices
                .EachUpdateAsync(
                    context,
                    events,
                    streams,
                    async (choice, update) =>
                    {
                        foreach (ChatDelta delta in run.Deltas(choice, update))
                        {
                            await events.WriteAsync(writer => run.WriteDelta(writer, choice, delta)).ConfigureAwait(false);
                        }

                        if (update.Usage is { } usage)
                        {
                            usages.Add(usage);
                        }
                    }
                )
                .ConfigureAwait(false);
            if (run.Fields.Generation.IncludesUsage)
            {
                await events
                    .WriteAsync(writer =>
                    {
                        Answer.WriteHead(writer, run.Id, "chat.completion.chunk", run.Fields.Generation.Engine, run.Created, run.Model);
                        writer.WriteStartArray("choices");
                        writer.WriteEndArray();
                        Answer.WriteUsage(writer, usages);
                        writer.WriteEndObject();
                    })
                    .ConfigureAwait(false);
            }

            await events.WriteDoneAsync().ConfigureAwait(false);
        }
    }
}

/// <summary>A change of a choice.</summary>
internal readonly record struct ChatDelta
{
    public bool IsFirst { get; init; }

    public AnswerPart? Part { get; init; }

    public int CallIndex { get; init; }

    public IReadOnlyList<GeneratedToken> Tokens { get; init; }

    public FinishReason? Finish { get; init; }
}

/// <summary>The answers of a chat request.</summary>
internal sealed class ChatRun(ChatFields fields, string model)
{
    private readonly AnswerReader[] _readers =
    [
        .. Enumerable.Range(0, fields.Generation.Choices).Select(_ => new AnswerReader(fields.HasTools, fields.StartsWithReasoning)),
    ];

    private readonly int[] _calls = new int[fields.Generation.Choices];

    public ChatFields Fields => fields;

    public string Model => model;

    public string Id { get; } = Answer.NewId("chatcmpl-");

    public long Created { get; } = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    private bool HasLogProbabilities => fields.Generation.Options.LogProbabilities is not null;

    /// <summary>Writes a whole choice.</summary>
    public void WriteChoice(Utf8JsonWriter writer, int choice, GeneratedText text)
    {
        AnswerReader reader = _readers[choice];
        AnswerPart[] parts = [.. reader.Append(text.Text), .. reader.Complete()];
        ToolCall[] calls = [.. parts.Where(static part => part.Call is not null).Select(static part => part.Call!)];
        string content = string.Concat(parts.Where(static part => !part.IsReasoning).Select(static part => part.Text)),
            reasoning = string.Concat(parts.Where(static part => part.IsReasoning).Select(static part => part.Text));
        writer.WriteStartObject();
        writer.WriteNumber("index", choice);
        writer.WriteStartObject("message");
        writer.WriteString("role", "assistant");
        if (content.Length == 0 && calls.Length > 0)
        {
            writer.WriteNull("content");
        }
        else
        {
            writer.WriteString("content", content);
        }

        writer.WriteNull("refusal");
        if (reasoning.Length > 0)
        {
            writer.WriteString("reasoning_content", reasoning);
        }

        if (calls.Length > 0)
        {
            writer.WriteStartArray("tool_calls");
            for (int i = 0; i < calls.Length; i++)
            {
                Answer.WriteCall(writer, calls[i], CallId(choice, i), null);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        Answer.WriteLogProbabilities(writer, text.Tokens, fields.Generation.Engine.Tokenizer, HasLogProbabilities);
        Answer.WriteFinish(writer, text.Finish, calls.Length > 0);
        writer.WriteEndObject();
    }

    /// <summary>Returns the changes of an update; the last one has the reason of the end and no text.</summary>
    public List<ChatDelta> Deltas(int choice, TextUpdate update)
    {
        AnswerReader reader = _readers[choice];
        var deltas = new List<ChatDelta>();
        var parts = new List<AnswerPart>(reader.Append(update.Text));
        if (update.Finish is not null)
        {
            parts.AddRange(reader.Complete());
        }

        foreach (AnswerPart part in parts)
        {
            deltas.Add(new ChatDelta { Part = part, CallIndex = part.Call is null ? 0 : _calls[choice]++ });
        }

        if (update.Tokens.Count > 0)
        {
            deltas.Add(new ChatDelta { Tokens = update.Tokens });
        }

        if (update.Finish is { } finish)
        {
            deltas.Add(new ChatDelta { Finish = finish });
        }

        return deltas;
    }

    /// <summary>Writes a chunk.</summary>
    public void WriteDelta(Utf8JsonWriter writer, int choice, ChatDelta delta)
    {
        Answer.WriteHead(writer, Id, "chat.completion.chunk", fields.Generation.Engine, Created, model);
        writer.WriteStartArray("choices");
        writer.WriteStartObject();
        writer.WriteNumber("index", choice);
        writer.WriteStartObject("delta");
        if (delta.IsFirst)
        {
            writer.WriteString("role", "assistant");
            writer.WriteString("content", "");
        }
        else if (delta.Part is { Call: { } call })
        {
            writer.WriteStartArray("tool_calls");
            Answer.WriteCall(writer, call, CallId(choice, delta.CallIndex), delta.CallIndex);
            writer.WriteEndArray();
        }
        else if (delta.Part is { } part)
        {
            writer.WriteString(part.IsReasoning ? "reasoning_content" : "content", part.Text);
        }

        writer.WriteEndObject();
        Answer.WriteLogProbabilities(writer, delta.Tokens ?? [], fields.Generation.Engine.Tokenizer, delta.Tokens is { Count: > 0 });
        Answer.WriteFinish(writer, delta.Finish, _readers[choice].HasCalls);
        writer.WriteEndObject();
        writer.WriteEndArray();
        if (fields.Generation.IncludesUsage)
        {
            writer.WriteNull("usage");
        }

        writer.WriteEndObject();
    }

    private string CallId(int choice, int index) => string.Create(CultureInfo.InvariantCulture, $"call_{Id[^12..]}_{choice}_{index}");
}
