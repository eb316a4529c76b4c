using System;
using System.Buffers;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Text;
using Specializer.Text.Decoders;
using Specializer.Text.Models;
using Specializer.Text.Patterns;
using Specializer.Text.PreTokenizers;
using Specializer.Text.Unicode;

namespace Specializer.Text.Reading;

/// <summary>Reads tiktoken files. Adjacent tokens are merged if their concatenation is a token, in the order of its rank.</summary>
internal static class TiktokenReader
{
    private const int MaximumTokenBytes = 4096;

    public static TokenizerParts Read(ReadOnlySpan<byte> data, TiktokenEncoding encoding)
    {
        var tokens = new Vocabulary.Builder();
        var texts = new Vocabulary.Builder();
        int line = 0;
        while (!data.IsEmpty)
        {
            line++;
            int end = data.IndexOf((byte)'\n');
            ReadOnlySpan<byte> content = (end < 0 ? data : data[..end]).TrimEnd((byte)'\r');
            data = end < 0 ? default : data[(end + 1)..];
            if (!content.IsEmpty)
            {
                (byte[] bytes, int rank) = ReadLine(content, line);
                tokens.Add(bytes, rank);
                texts.Add(ToAlphabet(bytes), rank);
            }
        }

        foreach ((string token, int id) in encoding.SpecialTokens)
        {
            texts.Add(
                Encoding.UTF8.GetBytes(token),
                id >= 0 ? id : throw new TokenizerException("tiktoken encoding", $"the id of '{token}' is negative")
            );
        }

        Vocabulary raw = tokens.Build(out int sharedId);
        Vocabulary vocabulary = texts.Build(out int sharedText);
        if (sharedId >= 0 || sharedText >= 0)
        {
            throw new TokenizerException("tiktoken file", $"two tokens have the rank {Math.Max(sharedId, sharedText)}");
        }

        var model = new BpeModel(vocabulary, new MergeTable(FindMerges(raw)), new BpeOptions { IgnoreMerges = true });
        return new TokenizerParts(model)
        {
            PreTokenizer = new PreTokenizerSequence([
                new SplitPreTokenizer(ReadPattern(encoding.Pattern), SplitBehavior.Isolated, invert: false),
                new ByteLevelPreTokenizer(addPrefixSpace: false, useRegex: false, mapBytes: true),
            ]),
            Decoder = new ByteLevelDecoder(),
            AddedTokens = SpecialTokens(encoding),
        };
    }

    private static List<AddedToken> SpecialTokens(TiktokenEncoding encoding)
    {
        var result = new List<AddedToken>();
        foreach (string token in encoding.SpecialTokens.Keys)
        {
            result.Add(new AddedToken(token) { Special = true, Normalized = false });
        }

        return result;
    }

    private static TextPattern ReadPattern(string pattern)
    {
        try
        {
            return PatternFactory.FromRegex(pattern);
        }
        catch (RegexSyntaxException exception)
        {
            throw new TokenizerException("tiktoken encoding", exception.Message, exception);
        }
    }

    private static (byte[] Token, int Rank) ReadLine(ReadOnlySpan<byte> content, int line)
    {
        int space = content.IndexOf((byte)' ');
        var token = new byte[Base64.GetMaxDecodedFromUtf8Length(Math.Max(0, space))];
        if (
            space <= 0
            || Base64.DecodeFromUtf8(content[..space], token, out _, out int length) != OperationStatus.Done
            || length == 0
            || !Utf8Parser.TryParse(content[(space + 1)..], out int rank, out int used)
            || used != content.Length - space - 1
            || rank < 0
        )
        {
            throw new TokenizerException($"tiktoken file, line {line}", "expected a token in base64, a space and its rank");
        }

        return length <= MaximumTokenBytes
            ? (token[..length], rank)
            : throw new TokenizerException(
                $"tiktoken file, line {line}",
                $"a token of {length} bytes; at most {MaximumTokenBytes} are supported"
            );
    }

    private static byte[] ToAlphabet(ReadOnlySpan<byte> token)
    {
        var text = new StringBuilder();
        foreach (byte value in token)
        {
            text.Append((char)ByteAlphabet.ToScalar(value));
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static List<(int, int, int, int)> FindMerges(Vocabulary raw)
    {
        var merges = new List<(int, int, int, int)>();
        for (int entry = 0; entry < raw.Count; entry++)
        {
            ReadOnlySpan<byte> token = raw.TextOf(entry);
            for (int split = 1; split < token.Length; split++)
            {
                int left = raw.Find(token[..split]),
                    right = left < 0 ? -1 : raw.Find(token[split..]);
                if (right >= 0)
                {
                    merges.Add((left, right, raw.IdOf(entry), raw.IdOf(entry)));
                }
            }
        }

        return merges;
    }
}
