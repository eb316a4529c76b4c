using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using Specializer.Text.Decoders;
using Specializer.Text.Models;
using Specializer.Text.Normalizers;
using Specializer.Text.PostProcessors;
using Specializer.Text.PreTokenizers;

namespace Specializer.Text.Reading;

/// <summary>Builds from older files the tokenizers that transformers builds from them.</summary>
internal static class LegacyReader
{
    /// <summary>Reads BERT's vocab.txt: one token per line.</summary>
    public static TokenizerParts ReadBert(ReadOnlySpan<byte> words, FolderSettings settings)
    {
        string unknown = settings.Token("unk_token", "[UNK]"),
            classifier = settings.Token("cls_token", "[CLS]"),
            separator = settings.Token("sep_token", "[SEP]");
        Vocabulary vocabulary = ReadLines(words);
        int cls = Find(vocabulary, classifier, "vocab.txt"),
            sep = Find(vocabulary, separator, "vocab.txt");
        bool lowercase = settings.Flag("do_lower_case", orElse: true);
        TemplatePiece first = new(0, 0, []),
            second = new(1, 1, []),
            start = new(-1, 0, [cls]),
            end = new(-1, 0, [sep]),
            secondEnd = new(-1, 1, [sep]);
        return new TokenizerParts(new WordPieceModel(vocabulary, unknown, "##", 100))
        {
            Normalizer = new BertNormalizer(
                cleanText: true,
                settings.Flag("tokenize_chinese_chars", orElse: true),
                settings.Flag("strip_accents") ?? lowercase,
                lowercase
            ),
            PreTokenizer = new BertPreTokenizer(),
            PostProcessor = new TemplateProcessor([start, first, end], [start, first, end, second, secondEnd]),
            Decoder = new WordPieceDecoder("##", cleanup: true),
            UnknownToken = unknown,
            AddedTokens = Added(
                settings,
                unknown,
                separator,
                settings.Token("pad_token", "[PAD]"),
                classifier,
                settings.Token("mask_token", "[MASK]")
            ),
        };
    }

    /// <summary>
    /// Reads vocab.json and merges.txt of GPT-2 or, if the settings or a token &lt;s&gt; indicate it, of RoBERTa and BART.
    /// </summary>
    public static TokenizerParts ReadByteLevel(byte[] vocabularyJson, ReadOnlySpan<byte> mergesText, FolderSettings settings)
    {
        Vocabulary vocabulary = ReadJson(vocabularyJson);
        MergeTable merges = ReadMerges(mergesText, vocabulary);
        bool isGpt2 = settings.TokenizerClass.StartsWith("GPT2", StringComparison.Ordinal) || settings.ModelType == "gpt2";
        bool isRoberta = !isGpt2 && vocabulary.Find("<s>") >= 0 && vocabulary.Find("</s>") >= 0;
        bool prefixSpace = settings.Flag("add_prefix_space", orElse: false);
        var parts = new TokenizerParts(new BpeModel(vocabulary, merges, new BpeOptions()))
        {
            PreTokenizer = new ByteLevelPreTokenizer(prefixSpace, useRegex: true, mapBytes: true),
            Decoder = new ByteLevelDecoder(),
        };
        if (!isRoberta)
        {
            string end = settings.Token("eos_token", "<|endoftext|>");
            return parts with
            {
                PostProcessor = new ByteLevelProcessor(trimRanges: false, addPrefixSpace: true),
                AddedTokens = Added(settings, settings.Token("unk_token", end), settings.Token("bos_token", end), end),
            };
        }

        string separator = settings.Token("sep_token", "</s>"),
            classifier = settings.Token("cls_token", "<s>"),
            mask = settings.Token("mask_token", "<mask>");
        List<AddedToken> added = Added(
            settings,
            settings.Token("bos_token", "<s>"),
            settings.Token("eos_token", "</s>"),
            settings.Token("unk_token", "<unk>"),
            separator,
            settings.Token("pad_token", "<pad>"),
            classifier,
            mask
        );
        int maskIndex = added.FindIndex(token => token.Content == mask);
        added[maskIndex] = added[maskIndex] with { LeftStrip = true };
        return parts with
        {
            PostProcessor = new RobertaProcessor(
                Find(vocabulary, separator, "vocab.json"),
                Find(vocabulary, classifier, "vocab.json"),
                trimRanges: true,
                prefixSpace
            ),
            AddedTokens = added,
        };
    }

    /// <summary>
    /// Reads a SentencePiece model with the start and end tokens of its family. T5 ends with &lt;/s&gt;; LLaMA and related families
    /// start with &lt;s&gt;. XLM-RoBERTa, CamemBERT, mBART and PEGASUS have ids of their own.
    /// </summary>
    public static TokenizerParts ReadSentencePiece(ReadOnlySpan<byte> model, FolderSettings settings)
    {
        string kind = settings.TokenizerClass.Length > 0 ? settings.TokenizerClass : settings.ModelType;
        if (FairseqReader.Reads(kind))
        {
            return FairseqReader.Read(model, kind, settings);
        }

        if (PegasusReader.Reads(kind))
        {
            return PegasusReader.Read(model, settings);
        }

        TokenizerParts parts = SentencePieceReader.Read(model);
        bool isT5 = kind.Contains("t5", StringComparison.OrdinalIgnoreCase);
        bool isLlama =
            kind.Contains("llama", StringComparison.OrdinalIgnoreCase)
            || kind.Contains("gemma", StringComparison.OrdinalIgnoreCase)
            || kind.Contains("mistral", StringComparison.OrdinalIgnoreCase);
        if (!isT5 && !isLlama && kind.Length > 0)
        {
            throw new TokenizerException(
                "tokenizer_config.json.tokenizer_class",
                $"a SentencePiece model of '{kind}' requires its tokenizer.json, because its ids may differ from those of the file"
            );
        }

        int begin = settings.Flag("add_bos_token", orElse: isLlama)
            ? Find(parts.Model.Vocabulary, settings.Token("bos_token", "<s>"), "the model")
            : -1;
        int end = settings.Flag("add_eos_token", orElse: isT5)
            ? Find(parts.Model.Vocabulary, settings.Token("eos_token", "</s>"), "the model")
            : -1;
        var before = begin < 0 ? Array.Empty<TemplatePiece>() : [new(-1, 0, [begin])];
        var after = end < 0 ? Array.Empty<TemplatePiece>() : [new(-1, 0, [end])];
        TemplatePiece first = new(0, 0, []),
            second = new(1, 0, []);
        var added = new List<AddedToken> { Special(parts.UnknownToken!) };
        foreach (string token in parts.SilentSpecialTokens)
        {
            added.Add(Special(token));
        }

        for (int i = isT5 ? 99 : -1; i >= 0; i--)
        {
            added.Add(Special($"<extra_id_{i}>"));
        }

        return parts with
        {
            AddedTokens = added,
            PostProcessor =
                before.Length + after.Length == 0
                    ? null
                    : new TemplateProcessor([.. before, first, .. after], [.. before, first, .. after, .. before, second, .. after]),
        };
    }

    /// <summary>Tokens before and after a text; a second text follows the first one.</summary>
    internal static TemplateProcessor Around(int[] before, int[] after)
    {
        TemplatePiece[] start = [.. Array.ConvertAll(before, static id => new TemplatePiece(-1, 0, [id]))],
            end = [.. Array.ConvertAll(after, static id => new TemplatePiece(-1, 0, [id]))];
        TemplatePiece first = new(0, 0, []),
            second = new(1, 0, []);
        return new TemplateProcessor([.. start, first, .. end], [.. start, first, second, .. end]);
    }

    /// <summary>Returns special tokens, followed by those of added_tokens.json.</summary>
    internal static List<AddedToken> Added(FolderSettings settings, params string[] special)
    {
        var result = new List<AddedToken>();
        foreach (string token in special)
        {
            if (!result.Exists(known => known.Content == token))
            {
                result.Add(Special(token));
            }
        }

        foreach (string token in settings.AddedTokens)
        {
            if (!result.Exists(known => known.Content == token))
            {
                result.Add(new AddedToken(token) { Normalized = true });
            }
        }

        return result;
    }

    private static AddedToken Special(string token) => new(token) { Special = true, Normalized = false };

    internal static int Find(Vocabulary vocabulary, string token, string file) =>
        vocabulary.Find(token) is >= 0 and int id
            ? id
            : throw new TokenizerException(file, $"the special token '{token}' is not in the vocabulary");

    internal static Vocabulary ReadJson(byte[] json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return ModelReader.ReadVocabulary(new JsonPlace(document.RootElement, "$"));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new TokenizerException("$", $"the file is not valid JSON: {exception.Message}", exception);
        }
    }

    private static Vocabulary ReadLines(ReadOnlySpan<byte> text)
    {
        var builder = new Vocabulary.Builder();
        int line = 0;
        while (!text.IsEmpty)
        {
            int end = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> token = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            if (!System.Text.Unicode.Utf8.IsValid(token))
            {
                throw new TokenizerException($"line {line + 1}", "the line is not valid UTF-8");
            }

            builder.Add(token.TrimEnd((byte)'\r'), line++);
        }

        return builder.Build(out _);
    }

    private static MergeTable ReadMerges(ReadOnlySpan<byte> text, Vocabulary vocabulary)
    {
        var merges = new List<(int, int, int, int)>();
        int line = 0;
        while (!text.IsEmpty)
        {
            int end = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> merge = (end < 0 ? text : text[..end]).TrimEnd((byte)'\r');
            text = end < 0 ? default : text[(end + 1)..];
            line++;
            if (merge.IsEmpty || merge.StartsWith("#version"u8))
            {
                continue;
            }

            int number = line;
            Exception Error(string message) => new TokenizerException($"merges.txt, line {number}", message);
            int space = merge.IndexOf((byte)' ');
            if (space < 0 || merge[(space + 1)..].Contains((byte)' ') || !System.Text.Unicode.Utf8.IsValid(merge))
            {
                throw Error("expected two tokens with one space between");
            }

            ModelReader.AddMerge(merges, vocabulary, merge[..space], merge[(space + 1)..], 0, Error);
        }

        return new MergeTable(merges);
    }
}
