using System;
using System.Collections.Generic;
using Specializer.Text.Models;
using Specializer.Text.PostProcessors;

namespace Specializer.Text.Reading;

/// <summary>
/// SentencePiece models of XLM-RoBERTa, CamemBERT, mBART and mBART-50. Their ids are those of fairseq's dictionary: special tokens precede
/// the pieces of the file, and the tokens of languages and the mask follow them.
/// </summary>
/// <remarks>Source: huggingface/transformers, tokenization_xlm_roberta.py, tokenization_camembert.py, tokenization_mbart(50).py.</remarks>
internal static class FairseqReader
{
    private const string Place = "SentencePiece model";

    // In fairseq's dictionary of XLM-RoBERTa the file's own <unk>, <s> and </s> have no place beside the four tokens before the pieces.
    private static readonly string[] s_xlmRoberta = ["<s>", "<pad>", "</s>", "<unk>"];
    private static readonly string[] s_camembert = ["<s>NOTUSED", "<pad>", "</s>NOTUSED", "<unk>", "<unk>NOTUSED"];

    // In the order of their ids.
    private static readonly string[] s_languages =
        "ar_AR cs_CZ de_DE en_XX es_XX et_EE fi_FI fr_XX gu_IN hi_IN it_IT ja_XX kk_KZ ko_KR lt_LT lv_LV my_MM ne_NP nl_XX ro_RO ru_RU si_LK tr_TR vi_VN zh_CN".Split(
            ' '
        );
    private static readonly string[] s_furtherLanguages =
        "af_ZA az_AZ bn_IN fa_IR he_IL hr_HR id_ID ka_GE km_KH mk_MK ml_IN mn_MN mr_IN pl_PL ps_AF pt_XX sv_SE sw_KE ta_IN te_IN th_TH tl_XX uk_UA ur_PK xh_ZA gl_ES sl_SI".Split(
            ' '
        );

    /// <summary>Whether a class of tokenizers, or else a type of models, has these ids.</summary>
    public static bool Reads(string kind) => IsXlmRoberta(kind) || IsCamembert(kind) || IsMBart(kind);

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
        string[] languages =
            !IsMBart(kind) ? []
            : IsMBart50(kind) ? [.. s_languages, .. s_furtherLanguages]
            : s_languages;
        Vocabulary vocabulary = BuildVocabulary(pieces, before, passed, [.. languages, mask]);
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
                .. languages,
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
            PostProcessor =
                languages.Length == 0
                    ? new TemplateProcessor([start, first, end], [start, first, end, end, second, end])
                    : OfLanguage(kind, settings, vocabulary),
        };
    }

    // The token of the source's language precedes the text in mBART-50, and follows its end in mBART.
    private static TemplateProcessor OfLanguage(string kind, FolderSettings settings, Vocabulary vocabulary)
    {
        int language = LegacyReader.Find(vocabulary, settings.Token("src_lang", "en_XX"), Place),
            end = LegacyReader.Find(vocabulary, settings.Token("eos_token", "</s>"), Place);
        return IsMBart50(kind) ? LegacyReader.Around([language], [end]) : LegacyReader.Around([], [end, language]);
    }

    private static Vocabulary BuildVocabulary(Vocabulary pieces, string[] before, int passed, string[] after)
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

        foreach (string token in after)
        {
            builder.Add(System.Text.Encoding.UTF8.GetBytes(token), count++);
        }

        Vocabulary vocabulary = builder.BuildList();
        SentencePieceReader.CheckRepeated(vocabulary);
        return vocabulary;
    }

    private static bool IsXlmRoberta(string kind) =>
        kind.StartsWith("XLMRoberta", StringComparison.Ordinal) || kind is "xlm-roberta" or "xlm-roberta-xl";

    private static bool IsMBart(string kind) => kind.StartsWith("MBart", StringComparison.Ordinal) || kind == "mbart";

    private static bool IsMBart50(string kind) => kind.StartsWith("MBart50", StringComparison.Ordinal);

    private static bool IsCamembert(string kind) => kind.StartsWith("Camembert", StringComparison.Ordinal) || kind == "camembert";
}
