using System;
using System.Collections.Generic;
using System.Text;
using Specializer.Text.Models;

namespace Specializer.Text.Reading;

/// <summary>
/// Reads M2M100's SentencePiece model with its vocab.json: the model tokenizes, ids are those of the vocabulary, and the tokens of
/// languages follow them.
/// </summary>
/// <remarks>Source: huggingface/transformers, src/transformers/models/m2m_100/tokenization_m2m_100.py.</remarks>
internal static class M2M100Reader
{
    // In the order of their ids.
    private static readonly string[] s_m2m100 =
    [
        .. "af,am,ar,ast,az,ba,be,bg,bn,br,bs,ca,ceb,cs,cy,da,de,el,en,es".Split(','),
        .. "et,fa,ff,fi,fr,fy,ga,gd,gl,gu,ha,he,hi,hr,ht,hu,hy,id,ig,ilo".Split(','),
        .. "is,it,ja,jv,ka,kk,km,kn,ko,lb,lg,ln,lo,lt,lv,mg,mk,ml,mn,mr".Split(','),
        .. "ms,my,ne,nl,no,ns,oc,or,pa,pl,ps,pt,ro,ru,sd,si,sk,sl,so,sq".Split(','),
        .. "sr,ss,su,sv,sw,ta,th,tl,tn,tr,uk,ur,uz,vi,wo,xh,yi,yo,zh,zu".Split(','),
    ];

    private static readonly string[] s_wmt21 = ["en", "ha", "is", "ja", "cs", "ru", "zh", "de"];

    /// <summary>Whether a class of tokenizers, or else a type of models, has these files.</summary>
    public static bool Reads(string kind) => kind.StartsWith("M2M100", StringComparison.Ordinal) || kind == "m2m_100";

    public static TokenizerParts Read(ReadOnlySpan<byte> model, byte[] vocabularyJson, FolderSettings settings)
    {
        TokenizerParts parts = SentencePieceReader.Read(model);
        Vocabulary known = LegacyReader.ReadJson(vocabularyJson);
        string[] languages = Languages(settings);
        Vocabulary vocabulary = WithLanguages(known, languages);
        string end = settings.Token("eos_token", "</s>"),
            unknown = settings.Token("unk_token", "<unk>");
        int source = LegacyReader.Find(vocabulary, TokenOf(settings.Token("src_lang", "en")), "vocab.json");
        return parts with
        {
            Model = new MappedModel(
                parts.Model,
                vocabulary,
                MarianReader.IdsOf(parts.Model.Vocabulary, known, LegacyReader.Find(known, unknown, "vocab.json"))
            ),
            SilentSpecialTokens = [],
            AddedTokens = LegacyReader.Added(
                settings,
                [
                    settings.Token("bos_token", "<s>"),
                    end,
                    unknown,
                    settings.Token("sep_token", "</s>"),
                    settings.Token("pad_token", "<pad>"),
                    .. Array.ConvertAll(languages, TokenOf),
                ]
            ),
            UnknownToken = unknown,
            PostProcessor = LegacyReader.Around([source], [LegacyReader.Find(vocabulary, end, "vocab.json")]),
        };
    }

    private static string TokenOf(string language) => $"__{language}__";

    private static string[] Languages(FolderSettings settings) =>
        settings.Token("language_codes", "m2m100") switch
        {
            "m2m100" => s_m2m100,
            "wmt21" => s_wmt21,
            string other => throw new TokenizerException(
                "tokenizer_config.json.language_codes",
                $"'{other}' is not known; expected m2m100 or wmt21"
            ),
        };

    private static Vocabulary WithLanguages(Vocabulary known, string[] languages)
    {
        if (known.IdLimit != known.Count)
        {
            throw new TokenizerException(
                "vocab.json",
                $"there are {known.Count} tokens with ids up to {known.IdLimit - 1}; expected all ids, because those of languages follow"
            );
        }

        var builder = new Vocabulary.Builder();
        for (int entry = 0; entry < known.Count; entry++)
        {
            builder.Add(known.TextOf(entry), known.IdOf(entry));
        }

        foreach (string language in languages)
        {
            builder.Add(Encoding.UTF8.GetBytes(TokenOf(language)), builder.Count);
        }

        Vocabulary vocabulary = builder.BuildList();
        SentencePieceReader.CheckRepeated(vocabulary);
        return vocabulary;
    }
}
