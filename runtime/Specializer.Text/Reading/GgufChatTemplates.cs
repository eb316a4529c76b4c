using System;
using System.Collections.Generic;

namespace Specializer.Text.Reading;

/// <summary>Reads the chat templates of a GGUF file: <c>tokenizer.chat_template</c>, and named ones with a suffix.</summary>
internal static class GgufChatTemplates
{
    private const string Key = "tokenizer.chat_template";

    private static readonly (string Key, string Name)[] s_tokens =
    [
        ("bos_token_id", "bos_token"),
        ("eos_token_id", "eos_token"),
        ("unknown_token_id", "unk_token"),
        ("padding_token_id", "pad_token"),
        ("seperator_token_id", "sep_token"),
        ("cls_token_id", "cls_token"),
        ("mask_token_id", "mask_token"),
    ];

    /// <param name="path">The file.</param>
    /// <param name="texts">Receives the templates by name.</param>
    /// <param name="specialTokens">Receives the special tokens by the names of tokenizer_config.json.</param>
    /// <exception cref="ChatTemplateException">The file cannot be read, or a template is malformed.</exception>
    public static void Read(string path, Dictionary<string, (string Text, string Place)> texts, Dictionary<string, string> specialTokens)
    {
        try
        {
            using GgufFile file = GgufTokenizerReader.Open(path);
            foreach ((string key, GgufValue value) in file.Metadata)
            {
                if (key == Key || key.StartsWith(Key + ".", StringComparison.Ordinal))
                {
                    string name = key == Key ? ChatTemplateSet.DefaultName : key[(Key.Length + 1)..];
                    texts[name] = (value.ToText(), key);
                }
            }

            if (texts.Count == 0)
            {
                return;
            }

            var tokens = new GgufTokens(file);
            foreach ((string key, string name) in s_tokens)
            {
                if (tokens.Id(key, -1) is >= 0 and int id)
                {
                    specialTokens[name] = tokens.TextOf(id);
                }
            }
        }
        catch (Exception exception) when (exception is TokenizerException or WeightsException)
        {
            throw new ChatTemplateException(ChatTemplateError.Syntax, exception.Message, path, innerException: exception);
        }
    }
}
