using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using Specializer.Text.Unicode;

namespace Specializer.Text.Tests.Constraints;

/// <summary>Tokenizers of single bytes and longer pieces, and random texts that a filter allows.</summary>
internal static class ConstraintWalk
{
    private static readonly string[] s_pieces =
    [
        "{\"",
        "\":",
        "\",",
        "\", \"",
        "},",
        "}]",
        "[[",
        "]}",
        "true",
        "false",
        "null",
        "12",
        "3.5",
        "e1",
        "\n",
        "  ",
        "name",
        "age",
        "\\n",
        "\\u00",
        "\\ud83d",
        "é",
        "日本",
        "😀",
        "ab",
        "abc",
        "-",
        "0.",
        "00",
        "a\"",
        "\"a",
        "{}",
        "[]",
        "\\\"",
        "\\\\",
        " {",
        "\": [",
        "\": {\"",
    ];

    /// <summary>A tokenizer of byte-level BPE: all bytes, and pieces that cross the parts of JSON.</summary>
    public static Tokenizer Pieces { get; } = SmallTokenizers.Load(Json(s_pieces));

    /// <summary>A tokenizer of all bytes.</summary>
    public static Tokenizer Bytes { get; } = SmallTokenizers.Load(Json([]));

    /// <summary>Returns whether a whole text is allowed.</summary>
    public static bool Allows(OutputConstraint constraint, string text)
    {
        TokenFilter filter = constraint.CreateFilter(Bytes);
        return Encoding.UTF8.GetBytes(text).All(value => filter.TryAccept(value)) && filter.CanEnd;
    }

    /// <summary>Returns a random text that a filter allows, or null if it did not end within a number of tokens.</summary>
    /// <param name="filter">The filter at its start, of <see cref="Pieces"/>.</param>
    /// <param name="random">The source of random numbers.</param>
    /// <param name="check">Called in each step with the allowed tokens.</param>
    public static string? Walk(TokenFilter filter, Random random, Action<TokenFilter, IReadOnlyList<int>>? check = null)
    {
        const int MaximumTokens = 400,
            EagerTokens = 100;
        var tokens = new List<int>();
        var mask = new ulong[filter.MaskLength];
        for (int step = 0; step < MaximumTokens; step++)
        {
            if (filter.MustEnd || filter.CanEnd && random.Next(4) == 0)
            {
                return Pieces.Decode([.. tokens]);
            }

            filter.WriteMask(mask);
            List<int> allowed = TokensOf(mask);
            if (allowed.Count == 0)
            {
                throw new InvalidOperationException($"No token can follow '{Pieces.Decode([.. tokens])}'.");
            }

            check?.Invoke(filter, allowed);

            // JsonSchema.Net counts combining marks with their letters, so that random bytes beyond ASCII are of no use to it.
            List<int> drawn = allowed.FindAll(static token => token is < 0x80 or > 0xFF);
            int token = drawn.Count > 0 ? drawn[random.Next(drawn.Count)] : allowed[random.Next(allowed.Count)];

            // A long text is brought to its end.
            if (step > EagerTokens)
            {
                token = "\"}]".Select(static c => (int)c).FirstOrDefault(allowed.Contains, token);
            }

            if (!filter.TryAccept(token))
            {
                throw new InvalidOperationException(
                    $"Token {token} is in the mask and is not accepted after '{Pieces.Decode([.. tokens])}'."
                );
            }

            tokens.Add(token);
        }

        return null;
    }

    /// <summary>Returns the tokens of a mask.</summary>
    public static List<int> TokensOf(ReadOnlySpan<ulong> mask)
    {
        var result = new List<int>();
        for (int token = 0; token < 64 * mask.Length; token++)
        {
            if ((mask[token / 64] >> (token % 64) & 1) != 0)
            {
                result.Add(token);
            }
        }

        return result;
    }

    // The ids of the bytes are their values.
    private static JsonObject Json(string[] pieces)
    {
        var vocabulary = new JsonObject();
        IEnumerable<byte[]> all = Enumerable
            .Range(0, 256)
            .Select(static value => new[] { (byte)value })
            .Concat(pieces.Select(Encoding.UTF8.GetBytes));
        foreach (byte[] piece in all)
        {
            string token = string.Concat(piece.Select(static value => char.ConvertFromUtf32(ByteAlphabet.ToScalar(value))));
            if (!vocabulary.ContainsKey(token))
            {
                vocabulary[token] = vocabulary.Count;
            }
        }

        return new JsonObject
        {
            ["version"] = "1.0",
            ["pre_tokenizer"] = JsonNode.Parse("""{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}"""),
            ["decoder"] = JsonNode.Parse("""{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}"""),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray(),
            },
        };
    }
}
