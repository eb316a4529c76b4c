using System;
using System.Collections.Generic;
using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Specializer.Text.Templates;

/// <summary>
/// Creates the values of a conversation. Texts are content; names of fields have the origin of the template. A role that is a
/// plain word has it, too, because some templates write control tokens around it.
/// </summary>
internal sealed class Conversion(RenderContext context)
{
    public Value Messages(IEnumerable<ChatMessage> messages)
    {
        List<Value> values = [];
        foreach (ChatMessage message in messages)
        {
            values.Add(Message(message));
        }

        return new ListValue(values);
    }

    public Value List(IReadOnlyList<JsonElement> elements)
    {
        List<Value> values = [];
        foreach (JsonElement element in elements)
        {
            values.Add(Json(element, 0));
        }

        return new ListValue(values);
    }

    /// <summary>
    /// Converts a JSON value. The order of an object's fields is kept; if a name occurs twice, the last field counts.
    /// </summary>
    public Value Json(JsonElement element, int depth)
    {
        if (depth > 128)
        {
            throw TemplateFault.Limit("A value of the conversation is nested deeper than 128 levels.");
        }

        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                DictValue dictionary = new(context.Comparer);
                foreach (JsonProperty field in element.EnumerateObject())
                {
                    dictionary.Set(Content(Name(field)), Json(field.Value, depth + 1));
                }

                return dictionary;
            case JsonValueKind.Array:
                List<Value> items = [];
                foreach (JsonElement item in element.EnumerateArray())
                {
                    items.Add(Json(item, depth + 1));
                }

                return new ListValue(items);
            case JsonValueKind.String:
                return Content(Text(element));
            case JsonValueKind.Number:
                return Number(element.GetRawText());
            case JsonValueKind.True or JsonValueKind.False:
                return BoolValue.Of(element.ValueKind == JsonValueKind.True);
            default:
                return NoneValue.Instance;
        }
    }

    private static string Text(JsonElement element)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw TemplateFault.Runtime("A text of the conversation contains a lone surrogate.");
        }
    }

    private static string Name(JsonProperty field)
    {
        try
        {
            return field.Name;
        }
        catch (InvalidOperationException)
        {
            throw TemplateFault.Runtime("The name of a field in the conversation contains a lone surrogate.");
        }
    }

    private static Value Number(string text)
    {
        if (text.AsSpan().IndexOfAny('.', 'e', 'E') >= 0)
        {
            return new FloatValue(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));
        }

        return text.Length <= 4300
            ? IntValue.Of(BigInteger.Parse(text, CultureInfo.InvariantCulture))
            : throw TemplateFault.Limit("A number of the conversation has more than 4,300 digits.");
    }

    private static TextValue Content(string text) => new(text, Origin.Content);

    private static TextValue Role(string role)
    {
        bool isWord = role.Length <= 64;
        foreach (char character in role)
        {
            isWord &= char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.';
        }

        return new TextValue(role, isWord ? Origin.Template : Origin.Content);
    }

    private static void Set(DictValue dictionary, string name, Value? value)
    {
        if (value is not null)
        {
            dictionary.Set(new TextValue(name), value);
        }
    }

    private DictValue Message(ChatMessage message)
    {
        DictValue dictionary = new(context.Comparer);
        Set(dictionary, "role", Role(message.Role));
        Set(
            dictionary,
            "content",
            message.Parts is not null ? Parts(message.Parts)
                : message.Content is null ? NoneValue.Instance
                : Content(message.Content)
        );
        Value? reasoning = message.Reasoning is null ? null : Content(message.Reasoning);
        Set(dictionary, "reasoning_content", reasoning);
        Set(dictionary, "thinking", reasoning);
        Set(dictionary, "name", message.Name is null ? null : Content(message.Name));
        Set(dictionary, "tool_call_id", message.ToolCallId is null ? null : Content(message.ToolCallId));
        Set(dictionary, "tool_calls", message.ToolCalls is null ? null : ToolCalls(message.ToolCalls));
        SetFields(dictionary, message.Fields);
        return dictionary;
    }

    private ListValue Parts(IReadOnlyList<ChatContentPart> parts)
    {
        List<Value> values = [];
        foreach (ChatContentPart part in parts)
        {
            DictValue dictionary = new(context.Comparer);
            Set(dictionary, "type", Role(part.Type));
            Set(dictionary, "text", part.Text is null ? null : Content(part.Text));
            SetFields(dictionary, part.Fields);
            values.Add(dictionary);
        }

        return new ListValue(values);
    }

    private ListValue ToolCalls(IReadOnlyList<ChatToolCall> calls)
    {
        List<Value> values = [];
        foreach (ChatToolCall call in calls)
        {
            DictValue function = new(context.Comparer);
            Set(function, "name", Content(call.Name));
            Set(function, "arguments", Json(call.Arguments, 0));
            DictValue dictionary = new(context.Comparer);
            Set(dictionary, "type", new TextValue("function"));
            Set(dictionary, "id", call.Id is null ? null : Content(call.Id));
            Set(dictionary, "function", function);
            values.Add(dictionary);
        }

        return new ListValue(values);
    }

    private void SetFields(DictValue dictionary, IReadOnlyDictionary<string, JsonElement>? fields)
    {
        foreach ((string name, JsonElement value) in fields ?? new Dictionary<string, JsonElement>())
        {
            Set(dictionary, name, Json(value, 0));
        }
    }
}
