using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Specializer.Text.Models;

namespace Specializer.Text.Reading;

/// <summary>Reads models.</summary>
internal static class ModelReader
{
    public static ITokenModel Read(JsonPlace place, out string? unknownToken)
    {
        string type = place.Has("type") ? ComponentReader.TypeOf(place) : GuessType(place);
        unknownToken = null;
        switch (type)
        {
            case "BPE":
                return ReadBpe(place, out unknownToken);
            case "WordPiece":
                unknownToken = place["unk_token"].Text();
                return new WordPieceModel(
                    ReadVocabulary(place["vocab"]),
                    unknownToken,
                    place["continuing_subword_prefix"].Text(),
                    place["max_input_chars_per_word"].Number()
                );
            case "WordLevel":
                unknownToken = place["unk_token"].Text();
                return new WordLevelModel(ReadVocabulary(place["vocab"]), unknownToken);
            case "Unigram":
                return ReadUnigram(place, out unknownToken);
            default:
                throw ComponentReader.Unknown(place, "model", type);
        }
    }

    /// <summary>Reads a vocabulary: an object of ids.</summary>
    internal static Vocabulary ReadVocabulary(JsonPlace place)
    {
        if (!place.IsObject)
        {
            throw place.Error("expected an object of tokens and their ids");
        }

        var builder = new Vocabulary.Builder();
        var buffer = new byte[256];
        var reader = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(place.Element));
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadOnlySpan<byte> token = Unescape(ref reader, ref buffer);
            reader.Read();
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out int id) || id is < 0 or int.MaxValue)
            {
                throw place.Error($"the id of '{Encoding.UTF8.GetString(token)}' is not an integer from 0 to {int.MaxValue - 1}");
            }

            builder.Add(token, id);
        }

        Vocabulary vocabulary = builder.Build(out int sharedId);
        return sharedId < 0
            ? vocabulary
            : throw place.Error($"the id {sharedId} belongs to more than one token, so decoding it is ambiguous");
    }

    /// <summary>Adds the merge of two texts.</summary>
    internal static void AddMerge(
        List<(int, int, int, int)> merges,
        Vocabulary vocabulary,
        ReadOnlySpan<byte> left,
        ReadOnlySpan<byte> right,
        int prefixLength,
        Func<string, Exception> error
    )
    {
        int leftId = vocabulary.Find(left),
            rightId = vocabulary.Find(right);
        if (leftId < 0 || rightId < 0)
        {
            throw error($"'{Encoding.UTF8.GetString(leftId < 0 ? left : right)}' is not in the vocabulary");
        }

        if (right.Length < prefixLength || (right.Length > prefixLength && !Unicode.Scalars.IsStart(right[prefixLength])))
        {
            throw error($"'{Encoding.UTF8.GetString(right)}' is shorter than the prefix of continuing tokens");
        }

        byte[] merged = [.. left, .. right[prefixLength..]];
        int id = vocabulary.Find(merged);
        merges.Add(
            (
                leftId,
                rightId,
                merges.Count,
                id >= 0 ? id : throw error($"'{Encoding.UTF8.GetString(merged)}', which the merge makes, is not in the vocabulary")
            )
        );
    }

    private static string GuessType(JsonPlace place) =>
        place.Has("merges") ? "BPE"
        : place.Has("max_input_chars_per_word") ? "WordPiece"
        : place["vocab"].IsArray ? "Unigram"
        : "WordLevel";

    private static BpeModel ReadBpe(JsonPlace place, out string? unknownToken)
    {
        JsonPlace dropout = place["dropout"];
        if (
            !dropout.IsNull
            && (dropout.Element.ValueKind != JsonValueKind.Number || !dropout.Element.TryGetDouble(out double value) || value != 0)
        )
        {
            throw dropout.Error("dropout makes tokens random and is meant for training only; expected null or 0");
        }

        unknownToken = place["unk_token"].IsNull ? null : place["unk_token"].Text();
        var options = new BpeOptions
        {
            UnknownToken = unknownToken,
            ContinuingSubwordPrefix = place["continuing_subword_prefix"].Text(""),
            EndOfWordSuffix = place["end_of_word_suffix"].Text(""),
            FuseUnknown = place["fuse_unk"].Flag(orElse: false),
            ByteFallback = place["byte_fallback"].Flag(orElse: false),
            IgnoreMerges = place["ignore_merges"].Flag(orElse: false),
        };
        Vocabulary vocabulary = ReadVocabulary(place["vocab"]);
        return new BpeModel(vocabulary, ReadMerges(place["merges"], vocabulary, options), options);
    }

    private static MergeTable ReadMerges(JsonPlace place, Vocabulary vocabulary, BpeOptions options)
    {
        if (!place.IsArray)
        {
            throw place.Error("expected an array of merges");
        }

        int prefixLength = Encoding.UTF8.GetByteCount(options.ContinuingSubwordPrefix);
        var merges = new List<(int, int, int, int)>();
        byte[] first = new byte[256],
            second = new byte[256];
        int index = 0;
        Exception Error(string message) => new TokenizerException($"{place.Path}[{index}]", message);
        bool? areStrings = null;
        var reader = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(place.Element));
        reader.Read();
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            bool isString = reader.TokenType == JsonTokenType.String;
            if (areStrings is { } known && known != isString)
            {
                throw Error("merges must be all strings or all pairs");
            }

            areStrings = isString;
            if (isString)
            {
                ReadOnlySpan<byte> merge = Unescape(ref reader, ref first);
                if (merge.StartsWith("#version"u8))
                {
                    continue;
                }

                int space = merge.IndexOf((byte)' ');
                if (space < 0 || merge[(space + 1)..].Contains((byte)' '))
                {
                    throw Error($"'{Encoding.UTF8.GetString(merge)}' is not two tokens with one space between");
                }

                AddMerge(merges, vocabulary, merge[..space], merge[(space + 1)..], prefixLength, Error);
                continue;
            }

            ReadOnlySpan<byte> left = ReadPart(ref reader, JsonTokenType.StartArray, ref first, Error);
            ReadOnlySpan<byte> right = ReadPart(ref reader, JsonTokenType.String, ref second, Error);
            if (!reader.Read() || reader.TokenType != JsonTokenType.EndArray)
            {
                throw Error("a merge must have two tokens");
            }

            AddMerge(merges, vocabulary, left, right, prefixLength, Error);
        }

        return new MergeTable(merges);
    }

    private static ReadOnlySpan<byte> ReadPart(
        ref Utf8JsonReader reader,
        JsonTokenType present,
        ref byte[] buffer,
        Func<string, Exception> error
    )
    {
        if (reader.TokenType != present || !reader.Read() || reader.TokenType != JsonTokenType.String)
        {
            throw error("a merge must be a string or an array of two strings");
        }

        return Unescape(ref reader, ref buffer);
    }

    private static UnigramModel ReadUnigram(JsonPlace place, out string? unknownToken)
    {
        JsonPlace vocab = place["vocab"];
        if (!vocab.IsArray)
        {
            throw vocab.Error("expected an array of tokens with their scores");
        }

        var builder = new Vocabulary.Builder();
        var scores = new List<double>();
        var buffer = new byte[256];
        int index = 0;
        Exception Error(string message) => new TokenizerException($"{vocab.Path}[{index}]", message);
        var reader = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(vocab.Element));
        reader.Read();
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            if (reader.TokenType != JsonTokenType.StartArray || !reader.Read() || reader.TokenType != JsonTokenType.String)
            {
                throw Error("expected a token and its score");
            }

            builder.Add(Unescape(ref reader, ref buffer), index);
            if (!reader.Read() || reader.TokenType != JsonTokenType.Number || !JsonScore.TryParse(reader.ValueSpan, out double score))
            {
                throw Error("a score must be a finite number");
            }

            scores.Add(score);
            if (!reader.Read() || reader.TokenType != JsonTokenType.EndArray)
            {
                throw Error("expected a token and its score");
            }
        }

        int unknown = place["unk_id"].Number(orElse: -1);
        if (unknown >= scores.Count)
        {
            throw place["unk_id"].Error($"the id {unknown} is not one of the {scores.Count} tokens");
        }

        // Ids are indices of the list. The last of equal tokens is found by text, and the ids of the others can still be decoded.
        Vocabulary vocabulary = builder.BuildList();
        unknownToken = unknown < 0 ? null : Encoding.UTF8.GetString(vocabulary.TextOfId(unknown));
        return new UnigramModel(vocabulary, [.. scores], unknown, place["byte_fallback"].Flag(orElse: false));
    }

    private static ReadOnlySpan<byte> Unescape(ref Utf8JsonReader reader, ref byte[] buffer)
    {
        if (!reader.ValueIsEscaped)
        {
            // Bytes that are not UTF-8 are rejected here; escapes are checked below.
            return System.Text.Unicode.Utf8.IsValid(reader.ValueSpan)
                ? reader.ValueSpan
                : throw new InvalidOperationException("invalid UTF-8");
        }

        if (buffer.Length < reader.ValueSpan.Length)
        {
            buffer = new byte[2 * reader.ValueSpan.Length];
        }

        return buffer.AsSpan(0, reader.CopyString(buffer));
    }
}
