using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using Specializer.Text.Unicode;

namespace Specializer.Text.Tests.Fuzzing;

/// <summary>Draws the files of a folder without tokenizer.json.</summary>
internal static class RandomFolder
{
    private static readonly string[] s_classes =
    [
        "T5Tokenizer",
        "LlamaTokenizer",
        "GemmaTokenizer",
        "XLMRobertaTokenizer",
        "CamembertTokenizer",
        "MBartTokenizer",
        "MBart50Tokenizer",
        "PegasusTokenizer",
        "OtherTokenizer",
    ];

    public static IReadOnlyList<(string Name, byte[] Content)> Draw(Random random) =>
        random.Next(4) switch
        {
            0 => Bert(random),
            1 => ByteLevel(random),
            2 => SentencePiece(random),
            _ => Marian(random),
        };

    /// <summary>A tiktoken file: all bytes, then pairs of what is there.</summary>
    public static byte[] Tiktoken(Random random)
    {
        var tokens = new List<byte[]>(Enumerable.Range(0, 256).Select(value => new[] { (byte)value }));
        for (int i = random.Next(2, 30); i > 0; i--)
        {
            byte[] token = [.. tokens[random.Next(97, tokens.Count)], .. tokens[random.Next(97, tokens.Count)]];
            if (!tokens.Exists(known => known.AsSpan().SequenceEqual(token)))
            {
                tokens.Add(token);
            }
        }

        return Lines(tokens.Select((token, rank) => $"{Convert.ToBase64String(token)} {rank}"));
    }

    private static List<(string, byte[])> Bert(Random random)
    {
        var texts = new RandomText(random);
        IEnumerable<string> words = Enumerable.Range(0, random.Next(40)).Select(_ => (random.Next(2) == 0 ? "##" : "") + texts.Scalar());
        var files = new List<(string, byte[])>
        {
            ("vocab.txt", Lines(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##a", .. words])),
        };
        if (random.Next(2) == 0)
        {
            files.Add(Json("tokenizer_config.json", """{"do_lower_case":false,"strip_accents":null,"cls_token":"[CLS]"}"""));
        }

        return files;
    }

    private static List<(string, byte[])> ByteLevel(Random random)
    {
        var ids = new JsonObject();
        var tokens = new List<string>();
        void Add(string token)
        {
            if (!ids.ContainsKey(token))
            {
                ids[token] = tokens.Count;
                tokens.Add(token);
            }
        }

        for (int value = 0; value < 256; value++)
        {
            Add(char.ConvertFromUtf32(ByteAlphabet.ToScalar((byte)value)));
        }

        var merges = new List<string> { "#version: 0.2" };
        for (int i = random.Next(2, 30); i > 0; i--)
        {
            string left = tokens[random.Next(60, tokens.Count)],
                right = tokens[random.Next(60, tokens.Count)];
            merges.Add($"{left} {right}");
            Add(left + right);
        }

        foreach (string token in random.Next(2) == 0 ? ["<s>", "</s>", "<unk>", "<pad>", "<mask>"] : new[] { "<|endoftext|>" })
        {
            Add(token);
        }

        return
        [
            ("vocab.json", Encoding.UTF8.GetBytes(ids.ToJsonString())),
            ("merges.txt", Lines(merges)),
            Json("added_tokens.json", $$"""{"<|im_start|>":{{tokens.Count}},"  ":{{tokens.Count + 1}}}"""),
        ];
    }

    private static List<(string, byte[])> SentencePiece(Random random) =>
        [
            ("spiece.model", SentencePieceModels.Random(random.Next())),
            Json("tokenizer_config.json", $$"""{"tokenizer_class":"{{s_classes[random.Next(s_classes.Length)]}}","add_bos_token":true}"""),
        ];

    private static List<(string, byte[])> Marian(Random random)
    {
        byte[] model = SentencePieceModels.Random(random.Next());
        return
        [
            ("source.spm", model),
            ("target.spm", random.Next(2) == 0 ? model : SentencePieceModels.Small()),
            Json("vocab.json", """{"</s>":0,"<unk>":1,"e":2,"t":3,"▁":4,">>de<<":5,"<pad>":6}"""),
        ];
    }

    private static (string, byte[]) Json(string name, string content) => (name, Encoding.UTF8.GetBytes(content));

    private static byte[] Lines(IEnumerable<string> lines) => Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n");
}
