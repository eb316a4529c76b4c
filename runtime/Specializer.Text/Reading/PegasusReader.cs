using System;
using System.Globalization;
using System.Linq;
using System.Text;
using Specializer.Text.Models;

namespace Specializer.Text.Reading;

/// <summary>
/// Reads PEGASUS's SentencePiece model: two masks and 101 unused tokens follow the padding and end tokens, before the other pieces.
/// </summary>
/// <remarks>Source: huggingface/transformers, src/transformers/models/pegasus/tokenization_pegasus.py.</remarks>
internal static class PegasusReader
{
    private const string Place = "SentencePiece model";
    private const int Offset = 103;
    private static readonly string[] s_first = ["<pad>", "</s>", "<unk>"];

    /// <summary>Whether a class of tokenizers, or else a type of models, has these ids.</summary>
    public static bool Reads(string kind) => kind.StartsWith("Pegasus", StringComparison.Ordinal) || kind is "pegasus" or "pegasus_x";

    public static TokenizerParts Read(ReadOnlySpan<byte> model, FolderSettings settings)
    {
        TokenizerParts parts = SentencePieceReader.Read(model);
        Vocabulary pieces = parts.Model.Vocabulary;
        for (int id = 0; id < s_first.Length; id++)
        {
            if (pieces.Find(s_first[id]) != id)
            {
                throw new TokenizerException(Place, $"the piece {id} is not '{s_first[id]}', as PEGASUS requires");
            }
        }

        string[] unused =
        [
            settings.Token("mask_token_sent", "<mask_1>"),
            settings.Token("mask_token", "<mask_2>"),
            .. Enumerable.Range(2, Offset - 2).Select(static index => string.Create(CultureInfo.InvariantCulture, $"<unk_{index}>")),
        ];
        var builder = new Vocabulary.Builder();
        var ids = new int[pieces.Count];
        for (int id = 0; id < pieces.Count; id++)
        {
            for (int i = 0; id == 2 && i < unused.Length; i++)
            {
                builder.Add(Encoding.UTF8.GetBytes(unused[i]), builder.Count);
            }

            ids[id] = builder.Count;
            builder.Add(pieces.TextOfId(id), builder.Count);
        }

        Vocabulary vocabulary = builder.BuildList();
        SentencePieceReader.CheckRepeated(vocabulary);
        return parts with
        {
            Model = new MappedModel(parts.Model, vocabulary, ids),
            SilentSpecialTokens = [],
            AddedTokens = LegacyReader.Added(settings, ["<pad>", "</s>", "<unk>", .. unused]),
            UnknownToken = "<unk>",
            PostProcessor = LegacyReader.Around([], [1]),
        };
    }
}
