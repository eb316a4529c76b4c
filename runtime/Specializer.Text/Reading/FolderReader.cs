using System;
using System.Collections.Generic;
using System.IO;

namespace Specializer.Text.Reading;

/// <summary>Finds the tokenizer of a model folder.</summary>
internal static class FolderReader
{
    private static readonly string[] s_sentencePieceNames =
    [
        "tokenizer.model",
        "spiece.model",
        "sentencepiece.bpe.model",
        "sentencepiece.model",
    ];

    public static TokenizerParts Read(string folder) =>
        ReadIfAny(folder)
        ?? throw new TokenizerException(
            $"{folder}: no tokenizer found. Expected tokenizer.json, vocab.json with merges.txt, vocab.txt, source.spm with vocab.json, or {string.Join(", ", s_sentencePieceNames)}."
        );

    /// <summary>Reads the tokenizer of a folder, or returns null if the folder has none.</summary>
    public static TokenizerParts? ReadIfAny(string folder)
    {
        if (TryRead(folder, "tokenizer.json") is { } json)
        {
            return Within(folder, "tokenizer.json", () => TokenizerJsonReader.Read(json));
        }

        FolderSettings settings = FolderSettings.Read(folder);
        if (TryRead(folder, "source.spm") is { } source && TryRead(folder, "vocab.json") is { } marianVocabulary)
        {
            return Within(folder, "source.spm", () => MarianReader.Read(source, TryRead(folder, "target.spm") ?? source, marianVocabulary));
        }

        if (TryRead(folder, "vocab.json") is { } vocabulary && TryRead(folder, "merges.txt") is { } merges)
        {
            return Within(folder, "vocab.json", () => LegacyReader.ReadByteLevel(vocabulary, merges, settings));
        }

        if (
            M2M100Reader.Reads(settings.TokenizerClass.Length > 0 ? settings.TokenizerClass : settings.ModelType)
            && TryRead(folder, "vocab.json") is { } known
            && TryRead(folder, "sentencepiece.bpe.model") is { } pieces
        )
        {
            return Within(folder, "vocab.json", () => M2M100Reader.Read(pieces, known, settings));
        }

        if (TryRead(folder, "vocab.txt") is { } words)
        {
            return Within(folder, "vocab.txt", () => LegacyReader.ReadBert(words, settings));
        }

        foreach (string name in s_sentencePieceNames)
        {
            if (TryRead(folder, name) is { } model)
            {
                return Within(folder, name, () => LegacyReader.ReadSentencePiece(model, settings));
            }
        }

        return null;
    }

    /// <summary>Returns the content of a file, or null if it does not exist.</summary>
    internal static byte[]? TryRead(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }

    private static TokenizerParts Within(string folder, string name, Func<TokenizerParts> read)
    {
        try
        {
            return read();
        }
        catch (TokenizerException exception) when (exception.Place is not null)
        {
            throw new TokenizerException($"{Path.Combine(folder, name)}: {exception.Message}", exception);
        }
    }
}
