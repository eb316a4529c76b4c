using System;
using System.Collections.Generic;
using System.Text.Json;
using Specializer.Text.Templates;

namespace Specializer.Text;

/// <summary>
/// A model's chat template: the Jinja text that turns a conversation into the text that the model was trained on. It renders as
/// transformers does (Jinja's immutable sandbox with <c>trim_blocks</c>, <c>lstrip_blocks</c>, loop controls and generation blocks), as
/// data only: no template reaches an object of .NET, a file or the network, and each ends within <see cref="ChatTemplateLimits"/>.
/// </summary>
/// <remarks>Source: huggingface/transformers, src/transformers/utils/chat_template_utils.py. An instance is safe for use by several
/// threads.</remarks>
public sealed class ChatTemplate
{
    /// <summary>The longest template, in UTF-16 units; published ones have at most some 20,000.</summary>
    public const int MaximalLength = 200_000;

    private readonly TemplateNode _template;
    private readonly string _source;
    private readonly IReadOnlyDictionary<string, string> _specialTokens;

    private ChatTemplate(TemplateNode template, string source, string? name, IReadOnlyDictionary<string, string> specialTokens)
    {
        (_template, _source, Name, _specialTokens) = (template, source, name, specialTokens);
    }

    /// <summary>The template's name, such as <c>tool_use</c>; null where it has none.</summary>
    public string? Name { get; }

    /// <summary>Parses a template.</summary>
    /// <param name="template">Its text.</param>
    /// <param name="name">Its name for messages, or null.</param>
    /// <param name="specialTokens">The special tokens that it can name, such as <c>bos_token</c>; null for none.</param>
    /// <returns>The template, ready to render.</returns>
    /// <exception cref="ChatTemplateException">It is no template, or uses a part of Jinja that is not supported; the message has the
    /// line.</exception>
    public static ChatTemplate Parse(string template, string? name = null, IReadOnlyDictionary<string, string>? specialTokens = null)
    {
        ArgumentNullException.ThrowIfNull(template);
        if (template.Length > MaximalLength)
        {
            throw new ChatTemplateException(
                ChatTemplateError.Limit,
                $"The template has {template.Length} characters; the most is {MaximalLength}.",
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
    /// <returns>The text, and which parts of it are content.</returns>
    /// <exception cref="ChatTemplateException">The template refuses the conversation, fails on it, or reaches a limit.</exception>
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

    /// <summary>Renders with the variables of the options alone; the tests compare whole templates of any kind so.</summary>
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
