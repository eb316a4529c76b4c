using System;
using System.Collections.Generic;
using System.Text;
using Specializer.Text.Decoders;
using Specializer.Text.Models;
using Specializer.Text.PostProcessors;

namespace Specializer.Text.Reading;

/// <summary>
/// Reads Marian's two SentencePiece models with one vocab.json: the source model encodes, and ids are looked up by the texts of
/// pieces.
/// </summary>
internal static class MarianReader
{
    public static TokenizerParts Read(ReadOnlySpan<byte> source, ReadOnlySpan<byte> target, byte[] vocabularyJson)
    {
        TokenizerParts parts = SentencePieceReader.Read(source);
        TokenizerParts decoding = SentencePieceReader.Read(target);
        Vocabulary vocabulary = LegacyReader.ReadJson(vocabularyJson);
        int unknown = LegacyReader.Find(vocabulary, "<unk>", "vocab.json"),
            end = LegacyReader.Find(vocabulary, "</s>", "vocab.json");
        TemplatePiece first = new(0, 0, []),
            second = new(1, 0, []),
            last = new(-1, 0, [end]);
        var added = new List<AddedToken>();
        foreach (string token in new[] { "</s>", "<unk>", "<pad>" })
        {
            if (vocabulary.Find(token) >= 0)
            {
                added.Add(new AddedToken(token) { Special = true, Normalized = false });
            }
        }

        // Multilingual models start with the code of the target language, which precedes the text and is not part of it.
        for (int entry = 0; entry < vocabulary.Count; entry++)
        {
            ReadOnlySpan<byte> text = vocabulary.TextOf(entry);
            if (text.Length > 4 && text.StartsWith(">>"u8) && text.EndsWith("<<"u8))
            {
                added.Add(
                    new AddedToken(Encoding.UTF8.GetString(text))
                    {
                        Special = true,
                        Normalized = false,
                        RightStrip = true,
                    }
                );
            }
        }

        return parts with
        {
            Model = new MappedModel(parts.Model, vocabulary, IdsOf(parts.Model.Vocabulary, vocabulary, unknown)),
            Decoder = decoding.Decoder,
            SilentSpecialTokens = [],
            AddedTokens = added,
            UnknownToken = "<unk>",
            PostProcessor = new TemplateProcessor([first, last], [first, second, last]),
        };
    }

    /// <summary>The id in a vocabulary for each id of a model's pieces, by their texts.</summary>
    internal static int[] IdsOf(Vocabulary pieces, Vocabulary vocabulary, int unknown)
    {
        var ids = new int[pieces.IdLimit];
        for (int id = 0; id < ids.Length; id++)
        {
            int mapped = vocabulary.Find(pieces.TextOfId(id));
            ids[id] = mapped >= 0 ? mapped : unknown;
        }

        return ids;
    }
}
