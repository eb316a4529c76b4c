using System.Globalization;
using Specializer.TestKit;
using Specializer.Text.Unicode;
using Xunit;
using Xunit.Abstractions;

namespace Specializer.Text.Tests;

/// <summary>
/// The tables written from the library compared with those of .NET. Categories can differ only for characters that one side does
/// not contain yet.
/// </summary>
[Feature("tokenizers")]
public sealed class UnicodeTableTests(ITestOutputHelper output)
{
    private static readonly UnicodeCategoryCode[] s_codes =
    [
        UnicodeCategoryCode.Lu,
        UnicodeCategoryCode.Ll,
        UnicodeCategoryCode.Lt,
        UnicodeCategoryCode.Lm,
        UnicodeCategoryCode.Lo,
        UnicodeCategoryCode.Mn,
        UnicodeCategoryCode.Mc,
        UnicodeCategoryCode.Me,
        UnicodeCategoryCode.Nd,
        UnicodeCategoryCode.Nl,
        UnicodeCategoryCode.No,
        UnicodeCategoryCode.Zs,
        UnicodeCategoryCode.Zl,
        UnicodeCategoryCode.Zp,
        UnicodeCategoryCode.Cc,
        UnicodeCategoryCode.Cf,
        UnicodeCategoryCode.Cs,
        UnicodeCategoryCode.Co,
        UnicodeCategoryCode.Pc,
        UnicodeCategoryCode.Pd,
        UnicodeCategoryCode.Ps,
        UnicodeCategoryCode.Pe,
        UnicodeCategoryCode.Pi,
        UnicodeCategoryCode.Pf,
        UnicodeCategoryCode.Po,
        UnicodeCategoryCode.Sm,
        UnicodeCategoryCode.Sc,
        UnicodeCategoryCode.Sk,
        UnicodeCategoryCode.So,
        UnicodeCategoryCode.Cn,
    ];

    [Fact]
    public void Categories_equal_those_of_the_class_library()
    {
        int newer = 0,
            changed = 0;
        for (int scalar = 0; scalar < 0x110000; scalar++)
        {
            UnicodeCategoryCode ours = UnicodeTables.Category(scalar),
                other = s_codes[(int)CharUnicodeInfo.GetUnicodeCategory(scalar)];
            if (ours == other)
            {
                continue;
            }

            if (ours == UnicodeCategoryCode.Cn || other == UnicodeCategoryCode.Cn)
            {
                newer++;
            }
            else
            {
                changed++;
                output.WriteLine($"U+{scalar:X4}: {ours} in the library, {other} in .NET");
            }
        }

        output.WriteLine($"{newer} code points are assigned on one side only, {changed} have changed");
        Assert.True(newer < 12_000, $"{newer} code points are assigned on one side only");
        Assert.True(changed < 40, $"{changed} categories differ");
    }

    [Fact]
    public void Hangul_composes_by_arithmetic()
    {
        System.Span<int> parts = stackalloc int[32];
        for (int syllable = 0xAC00; syllable <= 0xD7A3; syllable++)
        {
            int count = Normalization.Decompose(syllable, compatibility: false, parts);
            int composed = Normalization.Compose(parts[0], parts[1]);
            Assert.Equal(syllable, count == 3 ? Normalization.Compose(composed, parts[2]) : composed);
        }
    }
}
