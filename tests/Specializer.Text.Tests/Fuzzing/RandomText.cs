using System;
using System.Collections.Generic;
using System.Text;

namespace Specializer.Text.Tests.Fuzzing;

/// <summary>Draws texts: words of a vocabulary, all scripts, combining marks, emoji sequences, white space of every kind, controls.</summary>
internal sealed class RandomText(Random random)
{
    private static readonly (int First, int Last)[] s_ranges =
    [
        (0x20, 0x7E),
        (0x41, 0x5A),
        (0x61, 0x7A),
        (0x30, 0x39),
        (0xA0, 0xFF),
        (0x100, 0x24F),
        (0x300, 0x36F),
        (0x370, 0x3FF),
        (0x400, 0x4FF),
        (0x530, 0x58F),
        (0x590, 0x5FF),
        (0x600, 0x6FF),
        (0x900, 0x97F),
        (0xE00, 0xE7F),
        (0x1100, 0x11FF),
        (0x1E00, 0x1EFF),
        (0x2000, 0x206F),
        (0x2070, 0x209F),
        (0x2100, 0x214F),
        (0x2150, 0x218F),
        (0x2190, 0x21FF),
        (0x2460, 0x24FF),
        (0x2600, 0x27BF),
        (0x3000, 0x303F),
        (0x3040, 0x30FF),
        (0x4E00, 0x4F00),
        (0xAC00, 0xAD00),
        (0xF900, 0xFA00),
        (0xFB00, 0xFB4F),
        (0xFE20, 0xFE2F),
        (0xFF00, 0xFFEF),
        (0x10330, 0x1034A),
        (0x1D400, 0x1D7FF),
        (0x1F300, 0x1F64F),
        (0x1F1E6, 0x1F1FF),
        (0x20000, 0x20100),
        (0x2F800, 0x2FA1D),
        (0, 0x1F),
        (0x7F, 0x9F),
        (0xE000, 0xE010),
        (0x378, 0x379),
        (0x1F3FB, 0x1F3FF),
    ];

    private static readonly string[] s_special =
    [
        "e\u0301",
        "\u1E9B\u0323",
        "\u00E9",
        "a\u0323\u0301",
        "\u1100\u1161\u11A8",
        "\uD55C",
        "\uFB01",
        "\u2126",
        "\u212B",
        "\u0130",
        "\u0131",
        "\u1E9E",
        "\u00DF",
        "\u01C5",
        "\u017F",
        "\u212A",
        "\U0001F468\u200D\U0001F469\u200D\U0001F467",
        "\U0001F44D\U0001F3FD",
        "\U0001F1E9\U0001F1EA",
        "\u2764\uFE0F",
        "#\uFE0F\u20E3",
        "\u00A9\u200D\u2764",
        "\u0600a",
        "\u0BA8\u0BBF",
        "\u0915\u094D\u0937",
        "\u200B",
        "\u200D",
        "\uFEFF",
        "\u00AD",
        "\u3000",
        "\u00A0",
        "\u1680",
        "\u2028",
        "\u2029",
        "\u0085",
        "\r\n",
        "\n\n",
        "\t",
        "  ",
        "   ",
        " ",
        "\v",
        "\f",
        "\u2581",
        "\u0120",
        "\uFFFD",
        "\u0000",
        "'s",
        "'S",
        "'\u017F",
        "'re",
        "'LL",
        "'ve",
        "don't",
        "I'm",
        "...",
        "--",
        "_",
        "12345",
        "\u0661\u0662",
        "\u2167",
        "\u00BD",
        "\u0958",
        "\u0F73",
        "\u0344",
        "\u2F83A",
    ];

    public int Next(int limit) => random.Next(limit);

    public bool Chance(double probability) => random.NextDouble() < probability;

    public T Pick<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];

    /// <summary>Any scalar, mostly of ranges in use.</summary>
    public string Scalar()
    {
        if (Chance(0.02))
        {
            int any = random.Next(0x110000 - 0x800);
            return char.ConvertFromUtf32(any < 0xD800 ? any : any + 0x800);
        }

        (int first, int last) = s_ranges[Chance(0.5) ? random.Next(4) : random.Next(s_ranges.Length)];
        return char.ConvertFromUtf32(random.Next(first, last + 1));
    }

    /// <summary>A text of some length.</summary>
    public string Text(IReadOnlyList<string> words)
    {
        double kind = random.NextDouble();
        int length =
            kind < 0.1 ? random.Next(3)
            : kind < 0.97 ? random.Next(1, 30)
            : random.Next(30, 400);
        var text = new StringBuilder();
        double wordChance = random.NextDouble(),
            spaceChance = random.NextDouble() * 0.5;
        for (int i = 0; i < length; i++)
        {
            if (Chance(spaceChance))
            {
                text.Append(' ');
            }

            if (words.Count > 0 && Chance(wordChance))
            {
                text.Append(Pick(words));
            }
            else if (Chance(0.2))
            {
                text.Append(Pick(s_special));
            }
            else
            {
                string scalar = Scalar();
                for (int repeat = Chance(0.1) ? random.Next(1, 6) : 1; repeat > 0; repeat--)
                {
                    text.Append(scalar);
                }
            }
        }

        return text.ToString();
    }

    /// <summary>A word of at least so many bytes: one letter, a few pieces again and again, or pieces at random.</summary>
    public string LongWord(IReadOnlyList<string> words, int bytes)
    {
        var alphabet = new List<string>();
        for (int i = Chance(0.3) ? 1 : random.Next(2, 12); i > 0; i--)
        {
            string piece = words.Count > 0 && Chance(0.7) ? Pick(words) : Scalar();
            alphabet.Add(string.IsNullOrWhiteSpace(piece) ? "e" : piece);
        }

        var text = new StringBuilder();
        for (int length = 0; length < bytes; )
        {
            string piece = Pick(alphabet);
            text.Append(piece);
            length += Encoding.UTF8.GetByteCount(piece);
        }

        return text.ToString();
    }
}
