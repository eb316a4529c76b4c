using System.Collections.Generic;
using System.Text.Json;

namespace Specializer.Text.Templates;

/// <summary>Counts the values and characters of a conversation, which determine the budget of a rendering.</summary>
internal sealed class InputSize
{
    public long Values { get; private set; }

    public long Characters { get; private set; }

    public void Add(string? text)
    {
        Values++;
        Characters += text?.Length ?? 0;
    }

    public void Add(ChatMessage message)
    {
        Add(message.Role);
        Add(message.Content);
        Add(message.Reasoning);
        Add(message.Name);
        Add(message.ToolCallId);
        foreach (ChatContentPart part in message.Parts ?? [])
        {
            Add(part.Type);
            Add(part.Text);
            Add(part.Fields);
        }

        foreach (ChatToolCall call in message.ToolCalls ?? [])
        {
            Add(call.Name);
            Add(call.Id);
            Add(call.Arguments);
        }

        Add(message.Fields);
    }

    public void Add(IReadOnlyDictionary<string, JsonElement>? fields)
    {
        foreach ((string name, JsonElement value) in fields ?? new Dictionary<string, JsonElement>())
        {
            Add(name);
            Add(value);
        }
    }

    public void Add(IReadOnlyList<JsonElement>? elements)
    {
        foreach (JsonElement element in elements ?? [])
        {
            Add(element);
        }
    }

    // JsonDocument limits the depth, but an element can be wrapped by hand, so levels are counted.
    private void Add(JsonElement element, int depth = 0)
    {
        Values++;
        switch (element.ValueKind)
        {
            case JsonValueKind.Object when depth <= 128:
                Characters += depth == 0 ? element.GetRawText().Length : 0;
                foreach (JsonProperty field in element.EnumerateObject())
                {
                    Values++;
                    Add(field.Value, depth + 1);
                }

                break;
            case JsonValueKind.Array when depth <= 128:
                foreach (JsonElement item in element.EnumerateArray())
                {
                    Add(item, depth + 1);
                }

                break;
            case JsonValueKind.String or JsonValueKind.Number:
                Characters += element.GetRawText().Length;
                break;
        }
    }
}
