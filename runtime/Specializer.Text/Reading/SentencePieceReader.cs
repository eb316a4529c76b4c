using System;
using System.Collections.Generic;
using System.Text;
using Specializer.Text.Decoders;
using Specializer.Text.Models;
using Specializer.Text.Normalizers;

namespace Specializer.Text.Reading;

/// <summary>Builds the tokenizer that a SentencePiece .model describes; it encodes and decodes like SentencePiece itself.</summary>
internal static class SentencePieceReader
{
    public static TokenizerParts Read(ReadOnlySpan<byte> data) => Build(SentencePieceFile.Read(data));

    /// <summary>Builds the tokenizer of a file that is read.</summary>
    public static TokenizerParts Build(SentencePieceFile file)
    {
        var builder = new Vocabulary.Builder();
        var special = new List<string>();
        var userDefined = new List<byte[]>();
        for (int id = 0; id < file.Pieces.Count; id++)
        {
            (byte[] text, _, PieceType type) = file.Pieces[id];
            builder.Add(text, id);
            if (type == PieceType.Control)
            {
                special.Add(Encoding.UTF8.GetString(text));
            }
            else if (type == PieceType.UserDefined)
            {
                userDefined.Add(text);
            }
        }

        Vocabulary vocabulary = builder.BuildList();
        CheckRepeated(vocabulary);
        int[]? byteTokens = file.ByteFallback ? FindBytes(file, vocabulary) : null;
        SentencePiecePieces pieces = new(vocabulary, file, userDefined, byteTokens);
        ITokenModel model = file.ModelType switch
        {
            1 => new SentencePieceUnigramModel(pieces),
            2 => new SentencePieceBpeModel(pieces),
            _ => throw new TokenizerException(
                "SentencePiece model",
                $"the model type {file.ModelType}; Unigram (1) and BPE (2) are supported"
            ),
        };
        return new TokenizerParts(model)
        {
            Normalizer = BuildNormalizer(file, userDefined),
            Decoder = new SentencePieceDecoder(
                Encoding.UTF8.GetString(file.Pieces[file.Unknown].Text),
                file.UnknownSurface,
                file.AddDummyPrefix || file.RemoveExtraSpaces,
                file.RemoveExtraSpaces
            ),
            SilentSpecialTokens = special,
            UnknownToken = Encoding.UTF8.GetString(file.Pieces[file.Unknown].Text),
        };
    }

    private static SentencePieceNormalizer BuildNormalizer(SentencePieceFile file, List<byte[]> userDefined)
    {
        try
        {
            CharacterMap? map = file.CharacterMap.Length == 0 ? null : new CharacterMap(file.CharacterMap);
            return new SentencePieceNormalizer(
                map,
                userDefined,
                file.AddDummyPrefix,
                file.RemoveExtraSpaces,
                file.EscapeSpaces,
                file.SpaceAsSuffix
            );
        }
        catch (FormatException exception)
        {
            throw new TokenizerException("SentencePiece model", $"the character map is malformed: {exception.Message}", exception);
        }
    }

    internal static void CheckRepeated(Vocabulary vocabulary)
    {
        for (int id = 0; id < vocabulary.Count; id++)
        {
            if (vocabulary.Find(vocabulary.TextOfId(id)) != id)
            {
                throw new TokenizerException(
                    $"SentencePiece model, piece {id}",
                    $"the piece '{Encoding.UTF8.GetString(vocabulary.TextOfId(id))}' occurs twice"
                );
            }
        }
    }

    private static int[] FindBytes(SentencePieceFile file, Vocabulary vocabulary)
    {
        var result = new int[256];
        for (int value = 0; value < 256; value++)
        {
            int id = vocabulary.Find($"<0x{value:X2}>");
            result[value] =
                id >= 0 && file.Pieces[id].Type == PieceType.Byte
                    ? id
                    : throw new TokenizerException(
                        "SentencePiece model",
                        $"byte fallback is on, but there is no piece of type BYTE for <0x{value:X2}>"
                    );
        }

        return result;
    }
}
