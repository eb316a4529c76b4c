using System;
using System.Collections.Generic;
using System.Text.Json;
using Specializer.Text.Models;
using Specializer.Text.Normalizers;
using Specializer.Text.PostProcessors;
using Specializer.Text.PreTokenizers;

namespace Specializer.Text.Reading;

/// <summary>Reads a tokenizer.json of version 1.0.</summary>
internal static class TokenizerJsonReader
{
    public static TokenizerParts Read(ReadOnlyMemory<byte> json)
    {
        if (json.Span.StartsWith("\uFEFF"u8))
        {
            json = json[3..];
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 64 });
            return Read(new JsonPlace(document.RootElement, "$"));
        }
        catch (JsonException exception)
        {
            throw new TokenizerException("$", $"the file is not valid JSON: {exception.Message}", exception);
        }
        catch (InvalidOperationException exception)
        {
            // The string contains half of a surrogate pair, or bytes that are not UTF-8.
            throw new TokenizerException("$", $"a string of the file is not valid Unicode: {exception.Message}", exception);
        }
    }

    private static TokenizerParts Read(JsonPlace root)
    {
        string version = root["version"].Text("1.0");
        if (version != "1.0")
        {
            throw root["version"].Error($"version '{version}' of the format; '1.0' is supported");
        }

        INormalizer? normalizer = root["normalizer"].IsNull ? null : NormalizerReader.Read(root["normalizer"]);
        IPreTokenizer? preTokenizer = root["pre_tokenizer"].IsNull ? null : PreTokenizerReader.Read(root["pre_tokenizer"]);
        IPostProcessor? postProcessor = root["post_processor"].IsNull ? null : PostProcessorReader.Read(root["post_processor"]);
        ITokenModel model = ModelReader.Read(root["model"], out string? unknownToken);
        var parts = new TokenizerParts(model)
        {
            Normalizer = normalizer,
            PreTokenizer = preTokenizer,
            PostProcessor = postProcessor,
            Decoder = root["decoder"].IsNull ? null : DecoderReader.Read(root["decoder"]),
            AddedTokens = ReadAddedTokens(root["added_tokens"]),
            Truncation = ReadTruncation(root["truncation"]),
            Padding = ReadPadding(root["padding"]),
            UnknownToken = unknownToken,
        };
        return parts.Truncation is not null && Tokenizer.CheckTruncation(parts.Truncation, postProcessor) is { } problem
            ? throw root["truncation"].Error(problem)
            : parts;
    }

    /// <summary>Reads the list of added tokens.</summary>
    internal static List<AddedToken> ReadAddedTokens(JsonPlace place)
    {
        var result = new List<AddedToken>();
        if (place.IsNull)
        {
            return result;
        }

        foreach (JsonPlace item in place.Items())
        {
            _ = item["id"].Number();
            result.Add(
                new AddedToken(item["content"].Text())
                {
                    SingleWord = item["single_word"].Flag(),
                    LeftStrip = item["lstrip"].Flag(),
                    RightStrip = item["rstrip"].Flag(),
                    Normalized = item["normalized"].Flag(),
                    Special = item["special"].Flag(),
                }
            );
        }

        return result;
    }

    private static TruncationOptions? ReadTruncation(JsonPlace place) =>
        place.IsNull
            ? null
            : new TruncationOptions(place["max_length"].Number())
            {
                Direction = ReadSide(place["direction"]),
                Stride = place["stride"].Number(),
                Strategy = place["strategy"].Text() switch
                {
                    "LongestFirst" => TruncationStrategy.LongestFirst,
                    "OnlyFirst" => TruncationStrategy.OnlyFirst,
                    "OnlySecond" => TruncationStrategy.OnlySecond,
                    string other => throw place["strategy"]
                        .Error($"the strategy '{other}'; expected LongestFirst, OnlyFirst or OnlySecond"),
                },
            };

    private static PaddingOptions? ReadPadding(JsonPlace place)
    {
        if (place.IsNull)
        {
            return null;
        }

        JsonPlace strategy = place["strategy"];
        bool isLongest = strategy.IsString && strategy.Text() == "BatchLongest";
        return new PaddingOptions
        {
            Length =
                isLongest ? null
                : strategy["Fixed"].Number() is <= 10_000_000 and int length ? length
                : throw strategy.Error("a length of more than 10,000,000 tokens"),
            Direction = ReadSide(place["direction"]),
            MultipleOf =
                place["pad_to_multiple_of"].IsNull ? null
                : place["pad_to_multiple_of"].Number() is <= 10_000_000 and int multiple ? multiple
                : throw place["pad_to_multiple_of"].Error("a multiple of more than 10,000,000"),
            Token = place["pad_id"].Number(),
            TypeId = place["pad_type_id"].Number(),
            Text = place["pad_token"].Text(),
        };
    }

    private static TextSide ReadSide(JsonPlace place) =>
        place.Text("Right") switch
        {
            "Right" => TextSide.Right,
            "Left" => TextSide.Left,
            string other => throw place.Error($"the direction '{other}'; expected Left or Right"),
        };
}
