using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Specializer.Serving;
using Specializer.Text;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Specializer.Extensions.AI;

/// <summary>A call, from the messages and options of Microsoft.Extensions.AI. No option is kept that a caller could change.</summary>
/// <param name="Prompt">The tokens of the conversation.</param>
/// <param name="Options">The settings of the generation.</param>
/// <param name="HasTools">Whether the answer can contain calls.</param>
/// <param name="DropsReasoning">Whether reasoning is not returned.</param>
/// <param name="StartsWithReasoning">Whether the prompt ends with the start of reasoning.</param>
internal sealed record ChatCall(int[] Prompt, GenerationOptions Options, bool HasTools, bool DropsReasoning, bool StartsWithReasoning)
{
    public static ChatCall Create(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options,
        IChatClient client,
        GenerationEngine engine,
        AnswerConstraints constraints
    )
    {
        options ??= new ChatOptions();
        if (options.ConversationId is { } conversation)
        {
            throw new NotSupportedException(
                $"{nameof(ChatOptions.ConversationId)} is '{conversation}'; the client is stateless. Pass the whole conversation: caches of equal beginnings are reused."
            );
        }

        if (options.ModelId is { } model && model != engine.ModelName)
        {
            throw new ArgumentException($"{nameof(ChatOptions.ModelId)} is '{model}'; this client serves '{engine.ModelName}'.");
        }

        AIFunctionDeclaration[] tools = Tools(options);
        JsonElement[] described = [.. tools.Select(Describe)];
        var variables = new Dictionary<string, JsonElement>(AdditionalOptions.TemplateVariables(options.AdditionalProperties));
        if (options.Reasoning?.Effort is { } effort)
        {
            variables["enable_thinking"] = JsonSerializer.SerializeToElement(effort != ReasoningEffort.None, ChatJson.Default.Boolean);
        }

        List<Specializer.Text.ChatMessage> converted = ChatMessages.Convert(messages, options.Instructions);
        RenderedChat rendered = engine.Templates!.Render(
            converted,
            new ChatTemplateOptions
            {
                AddGenerationPrompt = true,
                Tools = described.Length > 0 ? described : null,
                Variables = variables.Count > 0 ? variables : null,
            }
        );
        return new ChatCall(
            engine.Tokenizer.EncodeChat(rendered),
            Generation(options, client, engine, constraints, tools),
            tools.Length > 0,
            options.Reasoning?.Output == ReasoningOutput.None,
            rendered.Text.AsSpan().TrimEnd().EndsWith("<think>", StringComparison.Ordinal)
        );
    }

    private static AIFunctionDeclaration[] Tools(ChatOptions options)
    {
        if (options.Tools is not { Count: > 0 } tools || options.ToolMode is NoneChatToolMode)
        {
            return options.ToolMode is RequiredChatToolMode
                ? throw new ArgumentException($"{nameof(ChatOptions.ToolMode)} requires a call, but there are no tools.")
                : [];
        }

        return
        [
            .. tools.Select(static tool =>
                tool as AIFunctionDeclaration
                ?? throw new NotSupportedException(
                    $"The tool '{tool.Name}' is a {tool.GetType().Name}; only functions ({nameof(AIFunctionDeclaration)}) are supported."
                )
            ),
        ];
    }

    private static JsonElement Describe(AIFunctionDeclaration tool)
    {
        using var stream = new System.IO.MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("type", "function");
            writer.WriteStartObject("function");
            writer.WriteString("name", tool.Name);
            writer.WriteString("description", tool.Description);
            writer.WritePropertyName("parameters");
            tool.JsonSchema.WriteTo(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        using JsonDocument document = JsonDocument.Parse(stream.ToArray());
        return document.RootElement.Clone();
    }

    private static GenerationOptions Generation(
        ChatOptions options,
        IChatClient client,
        GenerationEngine engine,
        AnswerConstraints constraints,
        AIFunctionDeclaration[] tools
    )
    {
        GenerationOptions generation = options.RawRepresentationFactory?.Invoke(client) switch
        {
            null => new GenerationOptions(),
            GenerationOptions own => own,
            var other => throw new NotSupportedException(
                $"{nameof(ChatOptions.RawRepresentationFactory)} returned a {other.GetType().Name}; expected {nameof(GenerationOptions)}."
            ),
        };
        SamplingOptions sampling = generation.Sampling ?? engine.Settings.Sampling;
        SamplingOptions changed = AdditionalOptions.Apply(
            sampling with
            {
                Temperature = options.Temperature ?? sampling.Temperature,
                TopP = options.TopP ?? sampling.TopP,
                TopK = options.TopK ?? sampling.TopK,
                FrequencyPenalty = options.FrequencyPenalty ?? sampling.FrequencyPenalty,
                PresencePenalty = options.PresencePenalty ?? sampling.PresencePenalty,
            },
            options.AdditionalProperties
        );
        ulong? seed = options.Seed is { } fixedSeed ? unchecked((ulong)fixedSeed) : generation.Seed;
        if (changed.Temperature > 0 && seed is null && generation.Sampling is null)
        {
            seed = unchecked((ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue));
        }

        return generation with
        {
            Sampling = changed,
            Seed = seed,
            MaximumNewTokens = options.MaxOutputTokens ?? generation.MaximumNewTokens,
            StopStrings = options.StopSequences is { Count: > 0 } stops
                ? [.. generation.StopStrings ?? [], .. stops]
                : generation.StopStrings,
            Constraint = Constraint(options, constraints, tools) ?? generation.Constraint,
        };
    }

    private static OutputConstraint? Constraint(ChatOptions options, AnswerConstraints constraints, AIFunctionDeclaration[] tools)
    {
        if (options.ToolMode is RequiredChatToolMode required)
        {
            AIFunctionDeclaration[] allowed = required.RequiredFunctionName is { } name
                ? [.. tools.Where(tool => tool.Name == name)]
                : tools;
            return allowed.Length > 0
                ? constraints.CallOf([.. allowed.Select(static tool => (tool.Name, tool.JsonSchema))])
                : throw new ArgumentException($"The required tool '{required.RequiredFunctionName}' is not one of the tools.");
        }

        return options.ResponseFormat switch
        {
            ChatResponseFormatJson { Schema: { } schema } => tools.Length == 0
                ? constraints.JsonSchema(schema.GetRawText())
                : throw new NotSupportedException("A response format of JSON and tools exclude each other; leave one out."),
            ChatResponseFormatJson => constraints.JsonObject,
            _ => null,
        };
    }
}
