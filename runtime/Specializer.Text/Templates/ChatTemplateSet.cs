using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;

namespace Specializer.Text;

/// <summary>
/// The chat templates and special tokens of a model folder. The templates are read from <c>chat_template.jinja</c> with
/// <c>additional_chat_templates/</c>, from <c>chat_template.json</c>, or from the <c>chat_template</c> of
/// <c>tokenizer_config.json</c>, in this order. The last one can have several named templates.
/// </summary>
public sealed class ChatTemplateSet
{
    /// <summary>The name of the default template.</summary>
    public const string DefaultName = "default";

    /// <summary>The name of the template for conversations with tools.</summary>
    public const string ToolUseName = "tool_use";

    private ChatTemplateSet(IReadOnlyDictionary<string, ChatTemplate> templates, IReadOnlyDictionary<string, string> specialTokens)
    {
        (Templates, SpecialTokens) = (templates, specialTokens);
    }

    /// <summary>The templates by name.</summary>
    public IReadOnlyDictionary<string, ChatTemplate> Templates { get; }

    /// <summary>The special tokens by their names in the file, such as <c>bos_token</c>.</summary>
    public IReadOnlyDictionary<string, string> SpecialTokens { get; }

    /// <summary>Loads the templates of a folder.</summary>
    /// <param name="folder">The model's folder, as Hugging Face publishes it.</param>
    /// <returns>The templates.</returns>
    /// <exception cref="ChatTemplateException">The folder has no template, or one that cannot be parsed.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ChatTemplateSet Load(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return TryLoad(folder)
            ?? throw new ChatTemplateException(
                ChatTemplateError.Syntax,
                $"'{folder}' has no chat template: no chat_template.jinja or .json, and no chat_template in tokenizer_config.json."
            );
    }

    /// <summary>Loads the templates of a folder, if it has any.</summary>
    /// <param name="folder">The model's folder, as Hugging Face publishes it, or a GGUF file.</param>
    /// <returns>The templates; null if there are none.</returns>
    /// <exception cref="ChatTemplateException">A file is not JSON, or a template cannot be parsed.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ChatTemplateSet? TryLoad(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        Dictionary<string, (string Text, string Place)> texts = [];
        Dictionary<string, string> specialTokens = [];
        if (Reading.GgufTokenizerReader.IsGguf(folder))
        {
            Reading.GgufChatTemplates.Read(folder, texts, specialTokens);
            return Parse(texts, specialTokens);
        }

        using JsonDocument? configuration = Read(Path.Combine(folder, "tokenizer_config.json"));
        if (configuration is not null)
        {
            ReadTokens(configuration.RootElement, specialTokens);
        }

        if (!ReadFiles(folder, texts))
        {
            using JsonDocument? processor = Read(Path.Combine(folder, "chat_template.json"));
            if (processor is not null)
            {
                ReadTemplates(processor.RootElement, "chat_template.json", texts);
            }

            if (texts.Count == 0 && configuration is not null)
            {
                ReadTemplates(configuration.RootElement, "tokenizer_config.json", texts);
            }
        }

        return Parse(texts, specialTokens);
    }

    private static ChatTemplateSet? Parse(Dictionary<string, (string Text, string Place)> texts, Dictionary<string, string> specialTokens)
    {
        Dictionary<string, ChatTemplate> templates = [];
        foreach ((string name, (string text, string place)) in texts)
        {
            templates.Add(name, ChatTemplate.Parse(text, place, specialTokens));
        }

        return templates.Count == 0 ? null : new ChatTemplateSet(templates, specialTokens);
    }

    /// <summary>
    /// Returns the template that transformers would select: the one with the given name, the one for tools if there are tools, or
    /// the default.
    /// </summary>
    /// <param name="withTools">Whether there are tools.</param>
    /// <param name="name">The name, or null.</param>
    /// <returns>The template.</returns>
    /// <exception cref="ChatTemplateException">No template has that name, or there are several and no default.</exception>
    public ChatTemplate Select(bool withTools, string? name = null)
    {
        string wanted = name ?? (withTools && Templates.ContainsKey(ToolUseName) ? ToolUseName : DefaultName);
        return Templates.TryGetValue(wanted, out ChatTemplate? template)
            ? template
            : throw new ChatTemplateException(
                ChatTemplateError.Unsupported,
                $"There is no template '{wanted}'; there are: {string.Join(", ", Templates.Keys)}."
            );
    }

    /// <summary>Renders a conversation with the template that <see cref="Select"/> chooses.</summary>
    /// <param name="messages">The messages, oldest first.</param>
    /// <param name="options">Tools, variables and limits; null for none and the defaults.</param>
    /// <returns>The text and its segments.</returns>
    /// <exception cref="ChatTemplateException">The template rejects the conversation, fails, or reaches a limit.</exception>
    public RenderedChat Render(IReadOnlyList<ChatMessage> messages, ChatTemplateOptions? options = null) =>
        Select(options?.Tools is not null).Render(messages, options);

    private static bool ReadFiles(string folder, Dictionary<string, (string Text, string Place)> texts)
    {
        string single = Path.Combine(folder, "chat_template.jinja");
        if (File.Exists(single))
        {
            texts[DefaultName] = (ReadText(single), "chat_template.jinja");
        }

        string further = Path.Combine(folder, "additional_chat_templates");
        if (Directory.Exists(further))
        {
            string[] files = Directory.GetFiles(further, "*.jinja");
            Array.Sort(files, StringComparer.Ordinal);
            foreach (string file in files)
            {
                texts[Path.GetFileNameWithoutExtension(file)] = (ReadText(file), "additional_chat_templates/" + Path.GetFileName(file));
            }
        }

        return texts.Count > 0;
    }

    private static string ReadText(string file)
    {
        // UTF-8 has at most three bytes for a UTF-16 unit.
        return new FileInfo(file).Length <= 3L * ChatTemplate.MaximalLength
            ? File.ReadAllText(file)
            : throw new ChatTemplateException(
                ChatTemplateError.Limit,
                $"The template has more than {ChatTemplate.MaximalLength} characters.",
                Path.GetFileName(file)
            );
    }

    private static JsonDocument? Read(string file)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        try
        {
            using FileStream stream = File.OpenRead(file);
            return JsonDocument.Parse(stream);
        }
        catch (JsonException exception)
        {
            throw new ChatTemplateException(
                ChatTemplateError.Syntax,
                "The file is not JSON.",
                Path.GetFileName(file),
                1 + (int)(exception.LineNumber ?? 0),
                1 + (int)(exception.BytePositionInLine ?? 0),
                exception
            );
        }
    }

    private static void ReadTokens(JsonElement configuration, Dictionary<string, string> specialTokens)
    {
        if (configuration.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (JsonProperty field in configuration.EnumerateObject())
        {
            if (!field.Name.EndsWith("_token", StringComparison.Ordinal))
            {
                continue;
            }

            JsonElement token =
                field.Value.ValueKind == JsonValueKind.Object && field.Value.TryGetProperty("content", out JsonElement content)
                    ? content
                    : field.Value;
            if (token.ValueKind == JsonValueKind.String)
            {
                specialTokens[field.Name] = Text(token, "tokenizer_config.json");
            }
        }
    }

    private static void ReadTemplates(JsonElement root, string file, Dictionary<string, (string Text, string Place)> texts)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("chat_template", out JsonElement template))
        {
            return;
        }

        string place = file + ": chat_template";
        if (template.ValueKind == JsonValueKind.String)
        {
            texts[DefaultName] = (Text(template, file), place);
        }
        else if (template.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement entry in template.EnumerateArray())
            {
                if (
                    entry.ValueKind != JsonValueKind.Object
                    || !entry.TryGetProperty("name", out JsonElement name)
                    || name.ValueKind != JsonValueKind.String
                    || !entry.TryGetProperty("template", out JsonElement text)
                    || text.ValueKind != JsonValueKind.String
                )
                {
                    throw new ChatTemplateException(ChatTemplateError.Syntax, "An entry has no texts 'name' and 'template'.", place);
                }

                texts[Text(name, file)] = (Text(text, file), $"{place}[{Text(name, file)}]");
            }
        }
        else if (template.ValueKind != JsonValueKind.Null)
        {
            throw new ChatTemplateException(ChatTemplateError.Syntax, "It is neither a text nor a list of named ones.", place);
        }
    }

    // A lone surrogate in an escape is valid JSON, but not a valid text.
    private static string Text(JsonElement element, string file)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            throw new ChatTemplateException(ChatTemplateError.Syntax, "A text has a lone surrogate.", file, innerException: exception);
        }
    }
}
