using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Text.Tests.Fuzzing;

namespace Specializer.Text.Tests;

/// <summary>SentencePiece models written by hand, for where SentencePiece itself is not installed.</summary>
internal static class SentencePieceModels
{
    public static byte[] Small() => SmallPieces(new SentencePieceModelWriter()).ToArray();

    /// <summary>The small model as BPE, which prefers the piece with the higher score.</summary>
    public static byte[] SmallBpe() => SmallPieces(new SentencePieceModelWriter { ModelType = 2 }).ToArray();

    /// <summary>Any model: either type, byte pieces, a character map, user-defined symbols.</summary>
    public static byte[] Random(int seed)
    {
        var random = new Random(seed);
        var texts = new RandomText(random);
        var writer = new SentencePieceModelWriter
        {
            ModelType = random.Next(2) + 1,
            ByteFallback = random.Next(3) == 0,
            AddDummyPrefix = random.Next(4) > 0,
            RemoveExtraSpaces = random.Next(4) > 0,
            CharacterMap = random.Next(2) == 0 ? RandomCharacterMap.Build(random) : [],
        };
        writer.Add("<unk>", 0, 2).Add("<s>", 0, 3).Add("</s>", 0, 3);
        var known = new HashSet<string> { "<unk>", "<s>", "</s>" };
        for (int value = 0; writer.ByteFallback && value < 256; value++)
        {
            writer.Add($"<0x{value:X2}>", 0, 6);
        }

        string[] letters = [.. Enumerable.Range(0, random.Next(3, 20)).Select(_ => texts.Scalar()), "\u2581", "e", "t"];
        foreach (string letter in letters.Where(known.Add))
        {
            writer.Add(letter, -random.Next(1, 200) / 10f);
        }

        for (int i = random.Next(5, 40); i > 0; i--)
        {
            string piece = string.Concat(Enumerable.Range(0, random.Next(2, 5)).Select(_ => texts.Pick(letters)));
            if (known.Add(piece))
            {
                writer.Add(piece, -random.Next(1, 200) / 10f, random.Next(10) == 0 ? 4 : 1);
            }
        }

        return writer.ToArray();
    }

    private static SentencePieceModelWriter SmallPieces(SentencePieceModelWriter writer) =>
        writer
            .Add("<unk>", 0, 2)
            .Add("<s>", 0, 3)
            .Add("</s>", 0, 3)
            .Add("\u2581", -3)
            .Add("\u2581ab", -2)
            .Add("\u2581b", -2)
            .Add("a", -4)
            .Add("b", -4);
}
