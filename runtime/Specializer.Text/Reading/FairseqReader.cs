using System;
using System.Collections.Generic;
using Specializer.Text.Models;
using Specializer.Text.PostProcessors;

namespace Specializer.Text.Reading;

/// <summary>
/// SentencePiece models of XLM-RoBERTa and CamemBERT. Their ids are those of fairseq's dictionary: special tokens precede the pieces of the
/// file, and the mask follows them.
/// </summary>
internal static class FairseqReader
{
    private const string Place = "SentencePiece model";

    // In fairseq's dictionary of XLM-RoBERTa the file's own <unk>, <s> and </s> have no place beside the four tokens before the pieces.
    private static readonly string[] s_xlmRoberta = ["<s>", "<pad>", "</s>", "<unk>"];
    private static readonly string[] s_camembert = ["<s>NOTUSED", "<pad>", "</s>NOTUSED", "<unk>", "<unk>NOTUSED"];

    /// <summary>Whether a class of tokenizers, or else a type of models, has these ids.</summary>
    public static bool Reads(string kind) => IsXlmRoberta(kind) || IsCamembert(kind);

    public static TokenizerParts Read(ReadOnlySpan<byte> model, string kind, FolderSettings settings)
    {
        TokenizerParts parts = SentencePieceReader.Read(model);
        Vocabulary pieces = parts.Model.Vocabulary;
        string[] before = IsCamembert(kind) ? s_camembert : s_xlmRoberta;
        int passed = IsCamembert(kind) ? 1 : 3;
        for (int id = 0; id < 3; id++)
        {
            string expected = id == 0 ? "<unk>" : s_xlmRoberta[2 * (id - 1)];
            if (pieces.Find(expected) != id)
            {
                throw new TokenizerException(
                    Place,
                    $"the piece {id} is not '{expected}'; the ids of {kind} follow from <unk>, <s> and </s> as the first pieces"
                );
            }
        }

        string mask = settings.Token("mask_token", "<mask>");
        Vocabulary vocabulary = BuildVocabulary(pieces, before, passed, mask);
        var ids = new int[pieces.Count];
        for (int id = 0; id < ids.Length; id++)
        {
            ids[id] =
                id == 0 ? 3
                : id < passed ? 2 * (id - 1)
                : before.Length - passed + id;
        }

        string classifier = settings.Token("cls_token", "<s>"),
            separator = settings.Token("sep_token", "</s>");
        TemplatePiece start = new(-1, 0, [LegacyReader.Find(vocabulary, classifier, Place)]),
            end = new(-1, 0, [LegacyReader.Find(vocabulary, separator, Place)]),
            first = new(0, 0, []),
            second = new(1, 0, []);
        List<AddedToken> added = LegacyReader.Added(
            settings,
            [
                settings.Token("bos_token", "<s>"),
                settings.Token("eos_token", "</s>"),
                settings.Token("unk_token", "<unk>"),
                separator,
                settings.Token("pad_token", "<pad>"),
                classifier,
                mask,
                .. IsCamembert(kind) ? ["<s>NOTUSED", "</s>NOTUSED"] : Array.Empty<string>(),
            ]
        );
        int maskIndex = added.FindIndex(token => token.Content == mask);
        added[maskIndex] = added[maskIndex] with { LeftStrip = true };
        return parts with
        {
            Model = new MappedModel(parts.Model, vocabulary, ids),
            SilentSpecialTokens = [],
            AddedTokens = added,
            UnknownToken = "<unk>",
            PostProcessor = new TemplateProcessor([start, first, end], [start, first, end, end, second, end]),
        };
    }

    private static Vocabulary BuildVocabulary(Vocabulary pieces, string[] before, int passed, string mask)
    {
        var builder = new Vocabulary.Builder();
        int count = 0;
        foreach (string token in before)
        {
            builder.Add(System.Text.Encoding.UTF8.GetBytes(token), count++);
        }

        for (int id = passed; id < pieces.Count; id++)
        {
            builder.Add(pieces.TextOfId(id), count++);
        }

        builder.Add(System.Text.Encoding.UTF8.GetBytes(mask), count);
        Vocabulary vocabulary = builder.BuildList();
        SentencePieceReader.CheckRepeated(vocabulary);
        return vocabulary;
    }

    private static bool IsXlmRoberta(string kind) =>
        kind.StartsWith("XLMRoberta", StringComparison.Ordinal) || kind is "xlm-roberta" or "xlm-roberta-xl";

    private static bool IsCamembert(string kind) => kind.StartsWith("Camembert", StringComparison.Ordinal) || kind == "camembert";
}
