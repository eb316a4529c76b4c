using System;
using System.Collections.Generic;
using System.Text;
using Specializer.Text.Decoders;
using Specializer.Text.Models;
using Specializer.Text.Normalizers;
using Specializer.Text.PostProcessors;
using Specializer.Text.PreTokenizers;

namespace Specializer.Text.Reading;

/// <summary>Builds the tokenizer of a GGUF file from its token lists: byte-level BPE, SentencePiece BPE, Unigram or WordPiece.</summary>
/// <remarks>Keys and defaults: docs/gguf.md and src/llama-vocab.cpp of llama.cpp.</remarks>
internal static class GgufTokenizerReader
{
    private static readonly byte[] s_wordStart = "\u2581"u8.ToArray();

    /// <summary>Returns whether a path is that of a GGUF file.</summary>
    public static bool IsGguf(string path) => path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads the tokenizer of a file.</summary>
    /// <exception cref="TokenizerException">The file has no tokenizer, or it is malformed or not supported.</exception>
    public static TokenizerParts Read(string path) =>
        ReadIfAny(path) ?? throw new TokenizerException($"{path}: the file has no tokenizer (tokenizer.ggml.model).");

    /// <summary>Reads the tokenizer of a file, or returns null if it has none.</summary>
    public static TokenizerParts? ReadIfAny(string path)
    {
        using GgufFile file = Open(path);
        if (!GgufTokens.Has(file))
        {
            return null;
        }

        try
        {
            return Read(file);
        }
        catch (TokenizerException exception) when (exception.Place is not null)
        {
            throw new TokenizerException($"{path}: {exception.Message}", exception);
        }
    }

    /// <exception cref="TokenizerException">The file cannot be read.</exception>
    public static GgufFile Open(string path)
    {
        try
        {
            return GgufFile.Open(path);
        }
        catch (WeightsException exception)
        {
            throw new TokenizerException(exception.Message, exception);
        }
    }

    /// <summary>Reads the tokenizer of an open file.</summary>
    public static TokenizerParts Read(GgufFile file)
    {
        var tokens = new GgufTokens(file);
        string model = tokens.Text("model", "");
        return model switch
        {
            "gpt2" => ReadByteLevel(tokens),
            "llama" => ReadSentencePiece(tokens, modelType: 2, addsPrefix: true, begins: true, ends: false),
            "t5" => ReadSentencePiece(tokens, modelType: 1, addsPrefix: true, begins: false, ends: true),
            "bert" => ReadWordPiece(tokens),
            _ => throw new TokenizerException(
                "tokenizer.ggml.model",
                $"the model '{model}' is not supported; expected gpt2, llama, t5 or bert"
            ),
        };
    }

    private static TokenizerParts ReadByteLevel(GgufTokens tokens)
    {
        string name = tokens.Text("pre", "");
        GgufSplit split =
            GgufSplit.Find(name)
            ?? throw new TokenizerException(
                "tokenizer.ggml.pre",
                $"the pre-tokenizer '{name}' is not supported; expected one of {GgufSplit.Known}. Load the tokenizer.json of the original model instead"
            );
        Vocabulary vocabulary = VocabularyOf(tokens.Texts);
        MergeTable merges = ReadMerges(tokens, vocabulary);
        TokenizerParts parts = new(new BpeModel(vocabulary, merges, new BpeOptions { IgnoreMerges = split.IgnoreMerges }))
        {
            Normalizer = split.CreateNormalizer(),
            PreTokenizer = split.Create(tokens.Flag("add_space_prefix", absent: false)),
            Decoder = new ByteLevelDecoder(),
            AddedTokens = AddedOf(tokens),
        };
        return WithFrame(parts, tokens, split.AddsBegin || split.AddsSeparator, split.AddsSeparator, split.AddsSeparator);
    }

    private static TokenizerParts ReadSentencePiece(GgufTokens tokens, int modelType, bool addsPrefix, bool begins, bool ends)
    {
        float[] scores = tokens.Scores();
        var pieces = new List<(byte[] Text, float Score, PieceType Type)>(tokens.Texts.Length);
        int unknown = tokens.Id("unknown_token_id", -1);
        for (int id = 0; id < tokens.Texts.Length; id++)
        {
            PieceType type = tokens.Types[id];
            if (type == PieceType.Unknown && unknown < 0)
            {
                unknown = id;
            }
            else if (type == PieceType.Unknown && id != unknown)
            {
                throw new TokenizerException(GgufTokens.Place("token_type", id), "a second token represents unknown text");
            }

            if (tokens.Texts[id].Length == 0)
            {
                throw new TokenizerException(GgufTokens.Place("tokens", id), "the token is empty");
            }

            pieces.Add((tokens.Texts[id], scores[id], type));
        }

        if (unknown < 0)
        {
            throw new TokenizerException("tokenizer.ggml.token_type", "no token represents unknown text");
        }

        pieces[unknown] = pieces[unknown] with { Type = PieceType.Unknown };
        TokenizerParts parts = SentencePieceReader.Build(
            SentencePieceFile.Of(
                pieces,
                modelType,
                unknown,
                (
                    tokens.Bytes("precompiled_charsmap"),
                    tokens.Flag("add_space_prefix", addsPrefix),
                    tokens.Flag("remove_extra_whitespaces", absent: false)
                )
            )
        );
        return WithFrame(parts with { AddedTokens = AddedOf(tokens) }, tokens, begins, ends, separates: false);
    }

    private static TokenizerParts ReadWordPiece(GgufTokens tokens)
    {
        // The converter marks the start of a word instead of its continuation: "##ing" is "ing", and "word" is "▁word".
        var texts = new byte[tokens.Texts.Length][];
        bool isCased = false;
        for (int id = 0; id < texts.Length; id++)
        {
            byte[] text = tokens.Texts[id];
            bool isSpecial = text is [(byte)'[', .., (byte)']'];
            texts[id] =
                isSpecial ? text
                : text.AsSpan().StartsWith(s_wordStart) ? text[s_wordStart.Length..]
                : [.. "##"u8, .. text];
            isCased |= !isSpecial && text.AsSpan().ContainsAnyInRange((byte)'A', (byte)'Z');
        }

        Vocabulary vocabulary = VocabularyOf(texts);
        int unknown = tokens.Id("unknown_token_id", vocabulary.Find("[UNK]")),
            begin = tokens.Id("cls_token_id", tokens.Id("bos_token_id", vocabulary.Find("[CLS]"))),
            end = tokens.Id("seperator_token_id", tokens.Id("separator_token_id", vocabulary.Find("[SEP]")));
        if (unknown < 0 || begin < 0 || end < 0)
        {
            throw new TokenizerException(
                "tokenizer.ggml.tokens",
                "the tokens [UNK], [CLS] and [SEP] are missing, and no key has their ids"
            );
        }

        // llama.cpp lowercases by default. A vocabulary with capital letters would be useless then.
        bool lowercases = tokens.Flag("normalizer.lowercase", !isCased);
        string unknownText = Encoding.UTF8.GetString(texts[unknown]);
        var added = new List<AddedToken>();
        for (int id = 0; id < texts.Length; id++)
        {
            if (id == unknown || id == begin || id == end || tokens.Types[id] == PieceType.Control)
            {
                Add(added, texts[id], isSpecial: true);
            }
        }

        TemplatePiece first = new(0, 0, []),
            second = new(1, 1, []),
            before = new(-1, 0, [begin]),
            after = new(-1, 0, [end]),
            afterSecond = new(-1, 1, [end]);
        return new TokenizerParts(new WordPieceModel(vocabulary, unknownText, "##", 100))
        {
            Normalizer = new BertNormalizer(cleanText: true, true, lowercases, lowercases),
            PreTokenizer = new BertPreTokenizer(),
            PostProcessor = new TemplateProcessor([before, first, after], [before, first, after, second, afterSecond]),
            Decoder = new WordPieceDecoder("##", cleanup: true),
            UnknownToken = unknownText,
            AddedTokens = added,
        };
    }

    private static TokenizerParts WithFrame(TokenizerParts parts, GgufTokens tokens, bool begins, bool ends, bool separates)
    {
        int begin = tokens.Flag("add_bos_token", begins) ? tokens.Id("bos_token_id", -1) : -1,
            end = tokens.Flag("add_eos_token", ends) ? tokens.Id("eos_token_id", -1) : -1;
        end = separates ? tokens.Id("seperator_token_id", tokens.Id("separator_token_id", end)) : end;
        if (begin < 0 && end < 0)
        {
            return parts;
        }

        TemplatePiece[] before = begin < 0 ? [] : [new TemplatePiece(-1, 0, [begin])],
            after = end < 0 ? [] : [new TemplatePiece(-1, 0, [end])];
        TemplatePiece first = new(0, 0, []),
            second = new(1, 0, []);

        // RoBERTa separates two texts by two separators.
        TemplatePiece[] between = separates ? [.. after, .. after] : [.. after, .. before];
        return parts with
        {
            PostProcessor = new TemplateProcessor([.. before, first, .. after], [.. before, first, .. between, second, .. after]),
        };
    }

    /// <summary>Returns control and user-defined tokens, which are matched in text before the model runs.</summary>
    private static List<AddedToken> AddedOf(GgufTokens tokens)
    {
        var added = new List<AddedToken>();
        for (int id = 0; id < tokens.Texts.Length; id++)
        {
            PieceType type = tokens.Types[id];
            if (type is PieceType.Control or PieceType.Unknown or PieceType.UserDefined)
            {
                Add(added, tokens.Texts[id], type != PieceType.UserDefined);
            }
        }

        return added;
    }

    private static void Add(List<AddedToken> added, byte[] text, bool isSpecial)
    {
        if (text.Length > 0)
        {
            added.Add(new AddedToken(Encoding.UTF8.GetString(text)) { Special = isSpecial, Normalized = false });
        }
    }

    private static Vocabulary VocabularyOf(byte[][] texts)
    {
        var builder = new Vocabulary.Builder();
        for (int id = 0; id < texts.Length; id++)
        {
            builder.Add(texts[id], id);
        }

        Vocabulary vocabulary = builder.BuildList();
        for (int id = 0; id < texts.Length; id++)
        {
            if (vocabulary.Find(texts[id]) != id)
            {
                throw new TokenizerException(
                    GgufTokens.Place("tokens", id),
                    $"the token '{Encoding.UTF8.GetString(texts[id])}' occurs twice"
                );
            }
        }

        return vocabulary;
    }

    private static MergeTable ReadMerges(GgufTokens tokens, Vocabulary vocabulary)
    {
        if (tokens.Find("merges") is null)
        {
            throw new TokenizerException("tokenizer.ggml.merges", "the list of merges is missing");
        }

        var merges = new List<(int, int, int, int)>();
        tokens.ForEach(
            "merges",
            (index, merge) =>
            {
                Exception Error(string message) => new TokenizerException(GgufTokens.Place("merges", index), message);

                // A token can begin with a space in no byte-level vocabulary, so that the first one separates.
                int space = merge.IndexOf((byte)' ');
                if (space <= 0 || merge[(space + 1)..].Contains((byte)' ') || !System.Text.Unicode.Utf8.IsValid(merge))
                {
                    throw Error("expected two tokens with one space between");
                }

                ModelReader.AddMerge(merges, vocabulary, merge[..space], merge[(space + 1)..], 0, Error);
            }
        );
        return new MergeTable(merges);
    }
}
