using System;
using System.Collections.Generic;
using System.Text.Json;
using Specializer.Text.Templates;

namespace Specializer.Text;

/// <summary>
/// The chat template of a model: Jinja text that converts a conversation to the text format that the model was trained on.
/// Rendering follows transformers: Jinja's immutable sandbox with <c>trim_blocks</c>, <c>lstrip_blocks</c>, loop controls and
/// generation blocks. Templates access data only, never .NET objects, files or the network, and each rendering ends within
/// <see cref="ChatTemplateLimits"/>.
/// </summary>
/// <remarks>Source: huggingface/transformers, src/transformers/utils/chat_template_utils.py. This class is thread-safe.</remarks>
public sealed class ChatTemplate
{
    /// <summary>The maximum length of a template in UTF-16 units; published templates have at most about 20,000.</summary>
    public const int MaximalLength = 200_000;

    private readonly TemplateNode _template;
    private readonly string _source;
    private readonly IReadOnlyDictionary<string, string> _specialTokens;

    private ChatTemplate(TemplateNode template, string source, string? name, IReadOnlyDictionary<string, string> specialTokens)
    {
        (_template, _source, Name, _specialTokens) = (template, source, name, specialTokens);
    }

    /// <summary>The name of the template, such as <c>tool_use</c>; null if it has none.</summary>
    public string? Name { get; }

    /// <summary>Parses a template.</summary>
    /// <param name="template">Its text.</param>
    /// <param name="name">The name for messages, or null.</param>
    /// <param name="specialTokens">The special tokens available to it, such as <c>bos_token</c>; null for none.</param>
    /// <returns>The template, ready to render.</returns>
    /// <exception cref="ChatTemplateException">
    /// The text is not a template, or uses an unsupported feature of Jinja. The message contains the line.
    /// </exception>
    public static ChatTemplate Parse(string template, string? name = null, IReadOnlyDictionary<string, string>? specialTokens = null)
    {
        ArgumentNullException.ThrowIfNull(template);
        if (template.Length > MaximalLength)
        {
            throw new ChatTemplateException(
                ChatTemplateError.Limit,
                $"The template has {template.Length} characters; the maximum is {MaximalLength}.",
                name
            );
        }

        string source = Lexer.Normalize(template);
        try
        {
            return new ChatTemplate(Parser.Parse(source), source, name, specialTokens ?? new Dictionary<string, string>());
        }
        catch (ParseFault fault)
        {
            throw At(fault.Error, fault.Message, source, name, fault.Position, fault);
        }
        catch (TemplateFault fault)
        {
            throw new ChatTemplateException(fault.Error, fault.Message, name, innerException: fault);
        }
    }

    /// <summary>Renders a conversation.</summary>
    /// <param name="messages">The messages, oldest first.</param>
    /// <param name="options">Tools, variables and limits; null for none and the defaults.</param>
    /// <returns>The text and its segments.</returns>
    /// <exception cref="ChatTemplateException">The template rejects the conversation, fails, or reaches a limit.</exception>
    public RenderedChat Render(IReadOnlyList<ChatMessage> messages, ChatTemplateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(messages);
        options ??= new ChatTemplateOptions();
        InputSize size = new();
        foreach (ChatMessage message in messages)
        {
            size.Add(message);
        }

        size.Add(options.Tools);
        size.Add(options.Documents);
        size.Add(options.Variables);
        return Render(
            options,
            size,
            conversion =>
            {
                Dictionary<string, Value> variables = new()
                {
                    ["messages"] = conversion.Messages(messages),
                    ["tools"] = options.Tools is null ? NoneValue.Instance : conversion.List(options.Tools),
                    ["documents"] = options.Documents is null ? NoneValue.Instance : conversion.List(options.Documents),
                    ["add_generation_prompt"] = BoolValue.Of(options.AddGenerationPrompt),
                };
                return variables;
            }
        );
    }

    /// <summary>Renders with the variables of the options only; the tests compare arbitrary templates this way.</summary>
    internal RenderedChat RenderVariables(ChatTemplateOptions options)
    {
        InputSize size = new();
        size.Add(options.Variables);
        return Render(options, size, _ => []);
    }

    private RenderedChat Render(ChatTemplateOptions options, InputSize size, Func<Conversion, Dictionary<string, Value>> convert)
    {
        Budget budget = new(options.Limits, size.Values, size.Characters + _source.Length);
        RenderContext context = new(budget, (options.Clock ?? TimeProvider.System).GetLocalNow());
        int position = -1;
        try
        {
            Conversion conversion = new(context);
            Dictionary<string, Value> variables = convert(conversion);
            Add(variables, _specialTokens);
            Add(variables, options.SpecialTokens);
            foreach ((string name, JsonElement value) in options.Variables ?? new Dictionary<string, JsonElement>())
            {
                variables[name] = conversion.Json(value, 0);
            }

            TextValue text = Interpreter.Render(_template, context, variables, ref position);
            return new RenderedChat(text.Characters(budget), Segments(text.Runs(budget)));
        }
        catch (TemplateFault fault)
        {
            throw position < 0
                ? new ChatTemplateException(fault.Error, fault.Message, Name, innerException: fault)
                : At(fault.Error, fault.Message, _source, Name, position, fault);
        }
    }

    private static void Add(Dictionary<string, Value> variables, IReadOnlyDictionary<string, string>? tokens)
    {
        foreach ((string name, string token) in tokens ?? new Dictionary<string, string>())
        {
            variables[name] = new TextValue(token);
        }
    }

    private static List<ChatSegment> Segments(IReadOnlyList<OriginRun> runs)
    {
        List<ChatSegment> segments = new(runs.Count);
        int start = 0;
        foreach (OriginRun run in runs)
        {
            segments.Add(new ChatSegment(start, run.End - start, run.Origin.HasFlag(Origin.Content), run.Origin.HasFlag(Origin.Assistant)));
            start = run.End;
        }

        return segments;
    }

    private static ChatTemplateException At(
        ChatTemplateError error,
        string message,
        string source,
        string? name,
        int position,
        Exception inner
    )
    {
        ReadOnlySpan<char> before = source.AsSpan(0, Math.Min(position, source.Length));
        int line = 1 + before.Count('\n');
        return new ChatTemplateException(error, message, name, line, position - before.LastIndexOf('\n'), inner);
    }
}
