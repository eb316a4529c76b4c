using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Fuzzing.Configurations;

/// <summary>The positions and windows of a file: of each layer, and of a table that is added to the embeddings.</summary>
internal static class FamilyPositions
{
    public static void Read(FamilyReader reader, FamilyTable table, JsonTree file, string prefix, int headDimension, int told, int layers)
    {
        Table(reader, prefix);
        string rope =
            table.Name != "falcon" ? reader.Text(prefix + "rope")
            : reader.Flag("alibi") ? "alibi"
            : "half";
        string Positions(bool sliding) =>
            rope switch
            {
                "alibi" => "alibi(8)",
                "relative" => FormattableString.Invariant(
                    $"relative({reader.Whole("buckets")}, {reader.Whole("distance")}, {(prefix.Length > 0 || reader.Text("stack") == "Encoder" ? "both" : "before")})"
                ),
                "none" => "none",
                _ => Rotary(reader, table, file, headDimension, sliding),
            };

        bool[]? types = Types(reader, file, layers);
        string full = table.Name == "cohere2" ? "none" : Positions(false),
            slides = table.Name == "gemma3_text" ? Positions(true)
            : table.Name == "cohere2" ? Positions(false)
            : full;
        if (table.Name == "falcon" && reader.Flag("alibi"))
        {
            reader.LeaveOpen("ALiBi of Falcon, which is divided by the root of a head's width");
        }

        for (int layer = 0; layer < told; layer++)
        {
            bool sliding = reader.Text("windows") switch
            {
                "all" => reader.Number("window") is not null,
                "named" => types?[layer] ?? reader.Number("window") is not null,
                "qwen" => reader.Flag("slides")
                    && reader.Number("window") is not null
                    && (types?[layer] ?? layer >= reader.Number("firstWindow")),
                "alternating" => types?[layer] ?? layer % 2 == 0,
                "gemma3" => types?[layer] ?? (layer + 1) % reader.Whole("windowPattern") != 0,
                _ => false,
            };
            if (reader.Text("windows") == "named" && types is not null && types[layer] && reader.Number("window") is null)
            {
                reader.Refuse("layers with a window where there is no window");
            }

            if (reader.Text("windows") == "qwen" && !sliding && types?[layer] == true)
            {
                reader.Refuse("layers with a window where there is no window");
            }

            string window = sliding ? FormattableString.Invariant($"window {reader.Whole("window")}, ") : "";
            reader.Facts[FormattableString.Invariant($"{prefix}layer {layer}")] =
                window + Band(reader, layer, layers) + (sliding ? slides : full);
        }
    }

    private static void Table(FamilyReader reader, string prefix)
    {
        string table = reader.Text("table");
        if (table == "learned")
        {
            int context = reader.Whole(prefix + "context"),
                rows = reader.Whole("rows");
            if (rows > 0)
            {
                // An encoder's rows; RoBERTa's first position follows the padding token's number.
                int first = reader.Flag("padded")
                    ? reader.Number("padding") is { } padding
                        ? (int)padding + 1
                        : -1
                    : 0;
                if (first < 0)
                {
                    reader.LeaveOpen("no padding token, which positions begin after");
                    return;
                }

                if (rows - first < 1)
                {
                    reader.Refuse("no row of positions is left after the padding token's");
                }

                reader.Facts[prefix + "context"] = FamilyReader.Say(rows - first);
                reader.Facts[prefix + "table"] = FormattableString.Invariant($"learned, {rows} rows from {first}");
                return;
            }

            if (prefix.Length > 0 && reader.Number("bands") is not null)
            {
                // Sinusoids, which Whisper's files hold as a table.
                return;
            }

            int offset = reader.Whole("offset");
            reader.Facts[prefix + "table"] = FormattableString.Invariant($"learned, {(long)context + offset} rows from {offset}");
            return;
        }

        reader.Facts[prefix + "table"] = table.Length == 0 ? "none" : table;
    }

    private static string Band(FamilyReader reader, int layer, int layers)
    {
        if (!reader.Flag("bands") || reader.Number("band") is { } all && all <= 0)
        {
            return "";
        }

        if (reader.Number("band") is { } one)
        {
            return FormattableString.Invariant($"band {one / 2}, ");
        }

        List<object?> bands = reader.Items("band");
        if (bands.Count != layers)
        {
            reader.Refuse("not as many windows as layers");
            return "";
        }

        return FormattableString.Invariant($"band {((JsonNumber)bands[layer]!).Value / 2}, ");
    }

    private static bool[]? Types(FamilyReader reader, JsonTree file, int layers)
    {
        if (reader.Text("windows") is "" or "all" || !file.Has("layer_types") || file["layer_types"] is null)
        {
            return null;
        }

        if (
            file["layer_types"] is not List<object?> items
            || items.Count != layers
            || items.Exists(static item => item is not ("sliding_attention" or "full_attention"))
        )
        {
            reader.Refuse("layer_types does not name each layer's type");
            return null;
        }

        return [.. items.Select(static item => item is "sliding_attention")];
    }

    private static string Rotary(FamilyReader reader, FamilyTable table, JsonTree file, int headDimension, bool sliding)
    {
        RotaryReading rotary = new(reader, table, file, sliding);
        double theta = rotary.Base();
        int dimension = reader.Number("rotaryDimension") is { } own ? (int)own : (int)(headDimension * rotary.Share());
        if (dimension < 2 || dimension % 2 != 0 || dimension > headDimension)
        {
            reader.Refuse("the rotated elements are not even, or none, or more than a head has");
        }

        string pairs = reader.Text("rope") == "interleaved" ? "interleaved" : "halves";
        return FormattableString.Invariant($"rotary({theta:R}, {dimension}, {pairs}, {rotary.Scaling(dimension)})");
    }
}
