using System.Collections.Generic;
using Specializer.Text.Patterns;
using Specializer.Text.PreTokenizers;
using Specializer.Text.Unicode;

namespace Specializer.Text.Reading;

/// <summary>Reads pre-tokenizers.</summary>
internal static class PreTokenizerReader
{
    public static IPreTokenizer Read(JsonPlace place)
    {
        string type = ComponentReader.TypeOf(place);
        return type switch
        {
            "ByteLevel" => ReadByteLevel(place),
            "BertPreTokenizer" => new BertPreTokenizer(),
            "Whitespace" => new WhitespacePreTokenizer(),
            "WhitespaceSplit" => new ScalarPreTokenizer(UnicodeFlags.WhiteSpace, -1, SplitBehavior.Removed),
            "Metaspace" => ReadMetaspace(place),
            "Split" => ReadSplit(place),
            "Punctuation" => new ScalarPreTokenizer(UnicodeFlags.Punctuation, -1, ReadBehavior(place["behavior"], SplitBehavior.Isolated)),
            "Digits" => new ScalarPreTokenizer(
                UnicodeFlags.Numeric,
                -1,
                place["individual_digits"].Flag() ? SplitBehavior.Isolated : SplitBehavior.Contiguous
            ),
            "CharDelimiterSplit" => new ScalarPreTokenizer(0, place["delimiter"].Scalar(), SplitBehavior.Removed),
            "UnicodeScripts" => new UnicodeScriptsPreTokenizer(),
            "FixedLength" => ReadFixedLength(place["length"]),
            "Sequence" => ReadSequence(place["pretokenizers"]),
            _ => throw ComponentReader.Unknown(place, "pre-tokenizer", type),
        };
    }

    private static ByteLevelPreTokenizer ReadByteLevel(JsonPlace place)
    {
        _ = place["trim_offsets"].Flag();
        return new ByteLevelPreTokenizer(place["add_prefix_space"].Flag(), place["use_regex"].Flag(orElse: true), mapBytes: true);
    }

    /// <summary>Reads the scheme of Metaspace, which the decoder shares. Older files have add_prefix_space.</summary>
    internal static PrependScheme ReadScheme(JsonPlace place)
    {
        PrependScheme scheme = place["prepend_scheme"].Text("always") switch
        {
            "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            string other => throw place["prepend_scheme"].Error($"the scheme '{other}'; expected always, first or never"),
        };
        return scheme == PrependScheme.Never || place["add_prefix_space"].Flag(orElse: true)
            ? scheme
            : throw place["add_prefix_space"].Error("add_prefix_space is false; expected prepend_scheme to be 'never'");
    }

    private static MetaspacePreTokenizer ReadMetaspace(JsonPlace place) =>
        new(place["replacement"].Scalar(), ReadScheme(place), place["split"].Flag(orElse: true));

    private static SplitPreTokenizer ReadSplit(JsonPlace place)
    {
        TextPattern pattern = ComponentReader.ReadPattern(place["pattern"], out _);
        return new SplitPreTokenizer(pattern, ReadBehavior(place["behavior"], null), place["invert"].Flag());
    }

    private static SplitBehavior ReadBehavior(JsonPlace place, SplitBehavior? orElse)
    {
        if (place.IsNull && orElse is { } behavior)
        {
            return behavior;
        }

        return place.Text() switch
        {
            "Removed" => SplitBehavior.Removed,
            "Isolated" => SplitBehavior.Isolated,
            "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
            "MergedWithNext" => SplitBehavior.MergedWithNext,
            "Contiguous" => SplitBehavior.Contiguous,
            string other => throw place.Error($"the behavior '{other}' is not supported"),
        };
    }

    private static FixedLengthPreTokenizer ReadFixedLength(JsonPlace place)
    {
        int length = place.Number(orElse: 5);
        return length > 0 ? new FixedLengthPreTokenizer(length) : throw place.Error("pieces must have at least one character");
    }

    private static PreTokenizerSequence ReadSequence(JsonPlace place)
    {
        var steps = new List<IPreTokenizer>();
        foreach (JsonPlace item in place.Items(ComponentReader.MaximumSteps))
        {
            steps.Add(Read(item));
        }

        return new PreTokenizerSequence([.. steps]);
    }
}
