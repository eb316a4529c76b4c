using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Specializer.Text;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Specializer.Extensions.AI;

/// <summary>Converts messages to those of chat templates.</summary>
internal static class ChatMessages
{
    public static List<Specializer.Text.ChatMessage> Convert(IEnumerable<ChatMessage> messages, string? instructions)
    {
        var result = new List<Specializer.Text.ChatMessage>();
        if (!string.IsNullOrEmpty(instructions))
        {
            result.Add(new Specializer.Text.ChatMessage("system", instructions));
        }

        int index = 0;
        foreach (ChatMessage message in messages)
        {
            Convert(message ?? throw new ArgumentException($"Message {index} is null."), index++, result);
        }

        return result.Count > 0 ? result : throw new ArgumentException("There are no messages.");
    }

    private static void Convert(ChatMessage message, int index, List<Specializer.Text.ChatMessage> result)
    {
        var text = new List<string>();
        var reasoning = new List<string>();
        var calls = new List<ChatToolCall>();
        foreach (AIContent content in message.Contents)
        {
            switch (content)
            {
                case TextContent plain:
                    text.Add(plain.Text);
                    break;
                case TextReasoningContent thought:
                    reasoning.Add(thought.Text);
                    break;
                case FunctionCallContent call:
                    calls.Add(new ChatToolCall(call.Name, Arguments(call), call.CallId));
                    break;
                case FunctionResultContent answer:
                    result.Add(new Specializer.Text.ChatMessage("tool", Text(answer)) { ToolCallId = answer.CallId });
                    break;
                case UsageContent:
                    break;
                default:
                    throw new NotSupportedException(
                        $"Message {index} has a {content.GetType().Name}; the model reads text, reasoning, calls of functions and their results."
                    );
            }
        }

        bool isResult = message.Contents.Count > 0 && message.Contents.All(static content => content is FunctionResultContent);
        if (!isResult)
        {
            result.Add(
                new Specializer.Text.ChatMessage(message.Role.Value, calls.Count > 0 && text.Count == 0 ? null : string.Concat(text))
                {
                    Reasoning = reasoning.Count > 0 ? string.Concat(reasoning) : null,
                    ToolCalls = calls.Count > 0 ? calls : null,
                    Name = message.AuthorName,
                }
            );
        }
    }

    private static JsonElement Arguments(FunctionCallContent call) =>
        JsonSerializer.SerializeToElement(
            call.Arguments ?? new Dictionary<string, object?>(),
            AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(IDictionary<string, object?>))
        );

    private static string Text(FunctionResultContent answer) =>
        answer.Result switch
        {
            null when answer.Exception is { } exception => "Error: " + exception.Message,
            null => "",
            string text => text,
            JsonElement { ValueKind: JsonValueKind.String } json => json.GetString()!,
            JsonElement json => json.GetRawText(),
            var value => JsonSerializer.Serialize(value, AIJsonUtilities.DefaultOptions.GetTypeInfo(value.GetType())),
        };
}
