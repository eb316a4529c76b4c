using System;
using System.IO;
using System.Text;
using System.Text.Json;

namespace Pronounce;

/// <summary>The tokens of the model: special tokens, the letters that it reads and the phonemes that it writes.</summary>
internal sealed class Vocabulary
{
    private const int AsciiCharacters = 128;

    private readonly string[] _tokens;
    private readonly int[] _letters = new int[AsciiCharacters];
    private readonly string _knownLetters;

    private Vocabulary(string[] tokens, string path)
    {
        _tokens = tokens;
        Array.Fill(_letters, -1);
        StringBuilder known = new();
        for (int id = 0; id < tokens.Length; id++)
        {
            // Phonemes such as B are upper case, and # is a remark of the dictionary; neither is a letter of a word.
            if (tokens[id] is [(>= 'a' and <= 'z') or '\'' or '-' or '.'])
            {
                _letters[tokens[id][0]] = id;
                known.Append(tokens[id]);
            }
        }

        _knownLetters = known.ToString();
        Begin = Find("<bos>");
        Separator = Find("<sep>");
        End = Find("<eos>");

        int Find(string token)
        {
            int id = Array.IndexOf(tokens, token);
            return id >= 0 ? id : throw new PronounceException($"{path} has no token {token}; restore the file that came with the sample.");
        }
    }

    /// <summary>The id of the token that precedes the letters.</summary>
    public int Begin { get; }

    /// <summary>The id of the token between letters and phonemes.</summary>
    public int Separator { get; }

    /// <summary>The id of the token that follows the phonemes.</summary>
    public int End { get; }

    /// <summary>The number of tokens; the highest id is one less.</summary>
    public int Size => _tokens.Length;

    /// <summary>The text of a token.</summary>
    public string this[int token] => _tokens[token];

    /// <summary>Reads a JSON object of tokens and ids: <c>{"&lt;pad&gt;": 0, ...}</c>, with every id from 0 on exactly once.</summary>
    /// <param name="path">The file.</param>
    /// <param name="size">The vocabulary size of the model.</param>
    /// <exception cref="PronounceException">The file is not such an object, or the number of tokens differs.</exception>
    public static Vocabulary Read(string path, int size)
    {
        string[] tokens = new string[size];
        int count = 0;
        try
        {
            Utf8JsonReader reader = new(File.ReadAllBytes(path));
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                string token = reader.GetString()!;
                reader.Read();
                int id = reader.GetInt32();
                if ((uint)id >= (uint)size || tokens[id] is not null)
                {
                    throw new PronounceException(
                        $"{path} gives {token} the id {id}; the model requires ids 0 to {size - 1}, each once. Restore the file that came with the sample."
                    );
                }

                tokens[id] = token;
                count++;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw new PronounceException(
                $"{path} is not a JSON object of tokens and ids ({exception.Message}); restore the file that came with the sample."
            );
        }

        return count == size
            ? new Vocabulary(tokens, path)
            : throw new PronounceException($"{path} has {count} tokens; the model has {size}. Restore the file that came with the sample.");
    }

    /// <summary>
    /// Returns the prompt for a word: <c>&lt;bos&gt; letters &lt;sep&gt;</c>. Upper-case letters are converted to lower case.
    /// </summary>
    /// <param name="word">The word.</param>
    /// <param name="maximumLetters">The maximum number of letters that fits the context of the model.</param>
    /// <exception cref="PronounceException">The word is empty or too long, or has a letter that is not in the vocabulary.</exception>
    public int[] Prompt(string word, int maximumLetters)
    {
        int[] prompt = new int[word.Length + 2];
        prompt[0] = Begin;
        int end = 1;
        foreach (Rune rune in word.EnumerateRunes())
        {
            int letter = Rune.ToLowerInvariant(rune).Value;
            int token = letter < AsciiCharacters ? _letters[letter] : -1;
            if (token < 0)
            {
                throw new PronounceException(
                    $"'{rune}' (U+{rune.Value:X4}) in \"{word}\" is not in the vocabulary; valid letters are {_knownLetters} and capitals."
                );
            }

            prompt[end++] = token;
        }

        int letters = end - 1;
        if (letters == 0 || letters > maximumLetters)
        {
            throw new PronounceException(
                $"\"{word}\" has {letters} letters; the model accepts 1 to {maximumLetters}, so that letters and phonemes fit its context."
            );
        }

        prompt[end] = Separator;
        return prompt;
    }
}
