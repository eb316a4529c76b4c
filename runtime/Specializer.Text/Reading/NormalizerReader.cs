using System;
using System.Collections.Generic;
using Specializer.Text.Normalizers;
using Specializer.Text.Patterns;
using Specializer.Text.Unicode;

namespace Specializer.Text.Reading;

/// <summary>Reads normalizers.</summary>
internal static class NormalizerReader
{
    public static INormalizer Read(JsonPlace place)
    {
        string type = ComponentReader.TypeOf(place);
        return type switch
        {
            "NFC" => new UnicodeNormalizer(compatibility: false, compose: true),
            "NFD" => new UnicodeNormalizer(compatibility: false, compose: false),
            "NFKC" => new UnicodeNormalizer(compatibility: true, compose: true),
            "NFKD" => new UnicodeNormalizer(compatibility: true, compose: false),
            "Lowercase" => new LowercaseNormalizer(),
            "StripAccents" => new FilterNormalizer(UnicodeFlags.CombiningMark),
            "Strip" => new StripNormalizer(place["strip_left"].Flag(), place["strip_right"].Flag()),
            "Prepend" => new PrependNormalizer(place["prepend"].Text()),
            "Replace" => ReadReplace(place),
            "Nmt" => new NmtNormalizer(),
            "ByteLevel" => new ByteLevelNormalizer(),
            "Precompiled" => ReadPrecompiled(place["precompiled_charsmap"]),
            "BertNormalizer" => ReadBert(place),
            "Sequence" => ReadSequence(place["normalizers"]),
            _ => throw ComponentReader.Unknown(place, "normalizer", type),
        };
    }

    private static NormalizerSequence ReadSequence(JsonPlace place)
    {
        var steps = new List<INormalizer>();
        foreach (JsonPlace item in place.Items(ComponentReader.MaximumSteps))
        {
            steps.Add(Read(item));
        }

        return new NormalizerSequence([.. steps]);
    }

    private static BertNormalizer ReadBert(JsonPlace place)
    {
        bool lowercase = place["lowercase"].Flag();
        return new BertNormalizer(
            place["clean_text"].Flag(),
            place["handle_chinese_chars"].Flag(),
            place["strip_accents"].Flag(orElse: lowercase),
            lowercase
        );
    }

    private static ReplaceNormalizer ReadReplace(JsonPlace place)
    {
        TextPattern pattern = ComponentReader.ReadPattern(place["pattern"], out _);
        if (pattern.Find(default, 0, out _, out _) || pattern.Find("a"u8, 0, out int start, out int end) && start == end)
        {
            // The library loses track of origins if an empty match is replaced.
            throw place["pattern"].Error("a pattern that matches empty text is not supported in a normalizer");
        }

        return new ReplaceNormalizer(pattern, place["content"].Text());
    }

    private static PrecompiledNormalizer ReadPrecompiled(JsonPlace place)
    {
        try
        {
            return new PrecompiledNormalizer(new CharacterMap(Convert.FromBase64String(place.Text())));
        }
        catch (FormatException exception)
        {
            throw new TokenizerException(place.Path, $"the character map is malformed: {exception.Message}", exception);
        }
    }
}
