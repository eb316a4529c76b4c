using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Specializer.Serving;
using Specializer.Text;

namespace Specializer.AspNetCore;

/// <summary>A request of /v1/chat/completions.</summary>
internal sealed record ChatFields(GenerationFields Generation, int[] Prompt, bool HasTools, bool StartsWithReasoning)
{
    public static ChatFields Read(JsonElement json, ModelRegistry models, OpenAIOptions limits)
    {
        GenerationEngine engine = models.Decoder(json.Text("model") ?? throw JsonRequest.Wrong("model", "the name of a model"));
        if (engine.Templates is null)
        {
            throw ApiException.Invalid("The model has no chat template; use /v1/completions.", "model");
        }

        int? alternatives = json.Flag("logprobs") ? (int)(json.Integer("top_logprobs", 0, limits.TopLogProbabilities) ?? 0) : null;
        if (alternatives is null && json.Field("top_logprobs") is not null)
        {
            throw ApiException.Invalid("'top_logprobs' requires 'logprobs'.", "top_logprobs");
        }

        var generation = GenerationFields.Read(json, engine, limits, alternatives);
        List<ChatMessage> messages = Messages(json, limits);
        (string Name, JsonElement Parameters, JsonElement Tool)[] tools = Tools(json, limits);
        (bool usesTools, OutputConstraint? call) = Choice(json, tools, models);
        OutputConstraint? format = Format(json, models);
        if (format is not null && usesTools)
        {
            throw ApiException.Unsupported("response_format", "tools and a response format exclude each other.");
        }

        var variables = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (json.Field("chat_template_kwargs") is { ValueKind: JsonValueKind.Object } given)
        {
            foreach (JsonProperty property in given.EnumerateObject())
            {
                variables[property.Name] =
                    property.Name == "chat_template"
                        ? throw ApiException.Unsupported("chat_template", "templates come from the model.")
                        : property.Value;
            }
        }

        RenderedChat rendered;
        try
        {
            rendered = engine.Templates.Render(
                messages,
                new ChatTemplateOptions
                {
                    AddGenerationPrompt = true,
                    Tools = usesTools ? [.. tools.Select(static tool => tool.Tool)] : null,
                    Variables = variables.Count > 0 ? variables : null,
                }
            );
        }
        catch (ChatTemplateException exception)
        {
            throw ApiException.Invalid($"The chat template refuses the messages: {exception.Reason}", "messages");
        }

        GenerationOptions options = generation.Options with { Constraint = call ?? format };
        return new ChatFields(
            generation with
            {
                Options = options,
            },
            engine.Tokenizer.EncodeChat(rendered),
            usesTools,
            rendered.Text.AsSpan().TrimEnd().EndsWith("<think>", StringComparison.Ordinal)
        );
    }

    private static List<ChatMessage> Messages(JsonElement json, OpenAIOptions limits)
    {
        if (json.Field("messages") is not { ValueKind: JsonValueKind.Array } array || array.GetArrayLength() is 0)
        {
            throw JsonRequest.Wrong("messages", "an array of messages");
        }

        if (array.GetArrayLength() > limits.Messages)
        {
            throw JsonRequest.Wrong("messages", $"at most {limits.Messages} messages");
        }

        return [.. array.EnumerateArray().Select(static (message, index) => Message(message, index))];
    }

    private static ChatMessage Message(JsonElement message, int index)
    {
        string place = $"messages[{index}]";
        if (message.ValueKind != JsonValueKind.Object)
        {
            throw JsonRequest.Wrong(place, "an object");
        }

        string role = message.Text("role") switch
        {
            "developer" => "system",
            "system" or "user" or "assistant" or "tool" => message.Text("role")!,
            _ => throw JsonRequest.Wrong(place + ".role", "system, developer, user, assistant or tool"),
        };
        return new ChatMessage(role, Content(message, place))
        {
            Name = message.Text("name"),
            ToolCallId = message.Text("tool_call_id"),
            Reasoning = message.Text("reasoning_content"),
            ToolCalls = Calls(message, place),
        };
    }

    private static string? Content(JsonElement message, string place)
    {
        switch (message.Field("content"))
        {
            case null:
                return null;
            case { ValueKind: JsonValueKind.String } text:
                return JsonRequest.Decode(text, place + ".content");
            case { ValueKind: JsonValueKind.Array } parts:
                return string.Concat(
                    parts
                        .EnumerateArray()
                        .Select(part =>
                            part.ValueKind == JsonValueKind.Object && part.Text("type") is "text"
                                ? part.Text("text") ?? ""
                                : throw ApiException.Unsupported(place + ".content", "the model reads parts of type text.")
                        )
                );
            default:
                throw JsonRequest.Wrong(place + ".content", "a string or an array of parts");
        }
    }

    private static List<ChatToolCall>? Calls(JsonElement message, string place)
    {
        if (message.Field("tool_calls") is not { } calls)
        {
            return null;
        }

        if (calls.ValueKind != JsonValueKind.Array)
        {
            throw JsonRequest.Wrong(place + ".tool_calls", "an array");
        }

        var result = new List<ChatToolCall>();
        foreach (JsonElement call in calls.EnumerateArray())
        {
            if (
                call.ValueKind != JsonValueKind.Object
                || call.Field("function") is not { ValueKind: JsonValueKind.Object } function
                || function.Text("name") is not { } name
            )
            {
                throw JsonRequest.Wrong(place + ".tool_calls", "calls with a function and its name");
            }

            result.Add(new ChatToolCall(name, Arguments(function, place), call.Text("id")));
        }

        return result.Count > 0 ? result : null;
    }

    private static JsonElement Arguments(JsonElement function, string place)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(function.Text("arguments") is { Length: > 0 } text ? text : "{}");
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw JsonRequest.Wrong(place + ".tool_calls", "arguments that are JSON");
        }
    }

    private static (string Name, JsonElement Parameters, JsonElement Tool)[] Tools(JsonElement json, OpenAIOptions limits)
    {
        if (json.Field("tools") is not { } tools)
        {
            return [];
        }

        if (tools.ValueKind != JsonValueKind.Array || tools.GetArrayLength() > limits.Tools)
        {
            throw JsonRequest.Wrong("tools", $"an array of at most {limits.Tools} tools");
        }

        return
        [
            .. tools
                .EnumerateArray()
                .Select(static tool =>
                    tool.ValueKind == JsonValueKind.Object
                    && tool.Text("type") is "function"
                    && tool.Field("function") is { ValueKind: JsonValueKind.Object } function
                    && function.Text("name") is { Length: > 0 } name
                        ? (name, function.Field("parameters") ?? default, tool)
                        : throw JsonRequest.Wrong("tools", "tools of type function with a name")
                ),
        ];
    }

    private static (bool UsesTools, OutputConstraint? Call) Choice(
        JsonElement json,
        (string Name, JsonElement Parameters, JsonElement Tool)[] tools,
        ModelRegistry models
    )
    {
        string? named = null;
        string choice = json.Field("tool_choice") switch
        {
            null => tools.Length > 0 ? "auto" : "none",
            { ValueKind: JsonValueKind.String } value => JsonRequest.Decode(value, "tool_choice"),
            { ValueKind: JsonValueKind.Object } value
                when value.Field("function") is { ValueKind: JsonValueKind.Object } function && function.Text("name") is { } name => Named(
                name,
                out named
            ),
            _ => throw JsonRequest.Wrong("tool_choice", "none, auto, required or a function"),
        };
        switch (choice)
        {
            case "none":
                return (false, null);
            case "auto" when tools.Length > 0:
                return (true, null);
            case "required" when tools.Length > 0:
                var allowed = tools
                    .Where(tool => named is null || tool.Name == named)
                    .Select(static tool => (tool.Name, tool.Parameters))
                    .ToArray();
                return allowed.Length > 0
                    ? (true, Constrain("tools", () => models.Constraints.CallOf(allowed)))
                    : throw JsonRequest.Wrong("tool_choice", "one of the tools");
            default:
                throw JsonRequest.Wrong("tool_choice", "none, or with tools auto, required or a function");
        }

        static string Named(string name, out string? named)
        {
            named = name;
            return "required";
        }
    }

    private static OutputConstraint? Format(JsonElement json, ModelRegistry models)
    {
        if (json.Field("response_format") is not { } format)
        {
            return null;
        }

        if (format.ValueKind != JsonValueKind.Object)
        {
            throw JsonRequest.Wrong("response_format", "an object");
        }

        return format.Text("type") switch
        {
            "text" => null,
            "json_object" => models.Constraints.JsonObject,
            "json_schema"
                when format.Field("json_schema") is { ValueKind: JsonValueKind.Object } wrapped && wrapped.Field("schema") is { } schema =>
                Constrain("response_format", () => models.Constraints.JsonSchema(schema.GetRawText())),
            _ => throw JsonRequest.Wrong("response_format", "the type text, json_object, or json_schema with a schema"),
        };
    }

    private static OutputConstraint Constrain(string field, Func<OutputConstraint> make)
    {
        try
        {
            return make();
        }
        catch (Exception exception) when (exception is ConstraintException or ArgumentException)
        {
            throw ApiException.Invalid($"The schema is not supported: {exception.Message}", field, "invalid_schema");
        }
    }
}
