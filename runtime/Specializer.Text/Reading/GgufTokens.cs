using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Specializer.Text.Reading;

/// <summary>The keys <c>tokenizer.ggml.*</c> of a GGUF file.</summary>
internal sealed class GgufTokens
{
    /// <summary>
    /// The most tokens and merges. Published vocabularies have up to half a million. The tables of a tokenizer take about 60 bytes for
    /// each, so that a file of empty tokens cannot take more memory than it should.
    /// </summary>
    public const int Most = 1 << 20;

    private const string Prefix = "tokenizer.ggml.";
    private readonly GgufFile _file;

    /// <param name="file">The file.</param>
    /// <exception cref="TokenizerException">A list is malformed or too long.</exception>
    public GgufTokens(GgufFile file)
    {
        _file = file;
        GgufValue tokens = Find("tokens") ?? throw new TokenizerException(Prefix + "tokens", "the token list is missing");
        CheckCount("tokens", tokens.Count);
        var texts = new byte[tokens.Count][];
        Read(
            "tokens",
            () =>
                tokens.ForEachText(
                    (index, text) =>
                        texts[index] = System.Text.Unicode.Utf8.IsValid(text)
                            ? text.ToArray()
                            : throw new TokenizerException(Place("tokens", index), "the token is not valid UTF-8")
                )
        );
        Texts = texts;
        Types = ReadTypes();
    }

    /// <summary>The tokens by id.</summary>
    public byte[][] Texts { get; }

    /// <summary>The types of the tokens; all normal if the file has none.</summary>
    public PieceType[] Types { get; }

    /// <summary>Returns the name of an item in messages.</summary>
    public static string Place(string key, long index) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{key}[{index}]");

    /// <summary>Returns whether a file has a tokenizer.</summary>
    public static bool Has(GgufFile file) => file.Metadata.ContainsKey(Prefix + "model");

    /// <summary>Returns a value, or null.</summary>
    public GgufValue? Find(string key) => _file.Metadata.GetValueOrDefault(Prefix + key);

    /// <summary>Returns a text, or a default.</summary>
    public string Text(string key, string absent)
    {
        string result = absent;
        Read(key, () => result = Find(key)?.ToText() ?? absent);
        return result;
    }

    /// <summary>Returns a flag, or a default.</summary>
    public bool Flag(string key, bool absent)
    {
        bool result = absent;
        Read(key, () => result = Find(key)?.ToFlag() ?? absent);
        return result;
    }

    /// <summary>Returns the id of a special token, or a default.</summary>
    /// <exception cref="TokenizerException">The id is no token.</exception>
    public int Id(string key, int absent)
    {
        long id = absent;
        Read(key, () => id = Find(key)?.ToInteger() ?? absent);
        return id < Texts.Length && (id >= 0 || id == absent)
            ? (int)id
            : throw new TokenizerException(
                Prefix + key,
                string.Create(CultureInfo.InvariantCulture, $"the id {id}, but there are {Texts.Length} tokens")
            );
    }

    /// <summary>Returns the scores; zeros if the file has none.</summary>
    public float[] Scores()
    {
        float[] scores = [];
        Read("scores", () => scores = Find("scores")?.ToSingles() ?? new float[Texts.Length]);
        if (scores.Length != Texts.Length)
        {
            throw new TokenizerException(
                Prefix + "scores",
                string.Create(CultureInfo.InvariantCulture, $"{scores.Length} scores for {Texts.Length} tokens")
            );
        }

        int odd = Array.FindIndex(scores, static score => !float.IsFinite(score));
        return odd < 0 ? scores : throw new TokenizerException(Place("scores", odd), "the score is not finite");
    }

    /// <summary>Returns bytes, or none.</summary>
    public byte[] Bytes(string key)
    {
        byte[] bytes = [];
        Read(key, () => bytes = Find(key)?.ToBytes() ?? []);
        return bytes;
    }

    /// <summary>Passes the texts of a list to a function.</summary>
    public void ForEach(string key, GgufTextAction action)
    {
        if (Find(key) is { } value)
        {
            CheckCount(key, value.Count);
            Read(key, () => value.ForEachText(action));
        }
    }

    /// <summary>Returns a token as text.</summary>
    public string TextOf(int id) => Encoding.UTF8.GetString(Texts[id]);

    private PieceType[] ReadTypes()
    {
        var types = new PieceType[Texts.Length];
        Array.Fill(types, PieceType.Normal);
        if (Find("token_type") is not { } value)
        {
            return types;
        }

        if (value.Count != Texts.Length)
        {
            throw new TokenizerException(
                Prefix + "token_type",
                string.Create(CultureInfo.InvariantCulture, $"{value.Count} types for {Texts.Length} tokens")
            );
        }

        for (int id = 0; id < types.Length; id++)
        {
            long type = 0;
            Read("token_type", () => type = value.IntegerAt(id));
            types[id] = type is >= (long)PieceType.Normal and <= (long)PieceType.Byte
                ? (PieceType)type
                : throw new TokenizerException(
                    Place("token_type", id),
                    string.Create(CultureInfo.InvariantCulture, $"the type {type}; expected a number from 1 to 6")
                );
        }

        return types;
    }

    private static void CheckCount(string key, long count)
    {
        if (count is < 1 or > Most)
        {
            throw new TokenizerException(
                Prefix + key,
                string.Create(CultureInfo.InvariantCulture, $"the list has {count} items; expected 1 to {Most}")
            );
        }
    }

    private static void Read(string key, Action read)
    {
        try
        {
            read();
        }
        catch (WeightsException exception)
        {
            throw new TokenizerException(Prefix + key, exception.Message, exception);
        }
    }
}
