using System.Collections.Generic;
using System.Globalization;
using Specializer.Text.PostProcessors;

namespace Specializer.Text.Reading;

/// <summary>Reads post-processors.</summary>
internal static class PostProcessorReader
{
    public static IPostProcessor Read(JsonPlace place)
    {
        string type = ComponentReader.TypeOf(place);
        switch (type)
        {
            case "TemplateProcessing":
                return ReadTemplate(place);
            case "BertProcessing":
                return new BertProcessor(ReadToken(place["sep"]), ReadToken(place["cls"]));
            case "RobertaProcessing":
                return new RobertaProcessor(
                    ReadToken(place["sep"]),
                    ReadToken(place["cls"]),
                    place["trim_offsets"].Flag(),
                    place["add_prefix_space"].Flag()
                );
            case "ByteLevel":
                _ = place["use_regex"].Flag(orElse: true);
                return new ByteLevelProcessor(place["trim_offsets"].Flag(), place["add_prefix_space"].Flag());
            case "Sequence":
                return ReadSequence(place["processors"]);
            default:
                throw ComponentReader.Unknown(place, "post-processor", type);
        }
    }

    private static PostProcessorSequence ReadSequence(JsonPlace place)
    {
        var steps = new List<IPostProcessor>();
        bool adds = false;
        foreach (JsonPlace item in place.Items(ComponentReader.MaximumSteps))
        {
            IPostProcessor step = Read(item);
            if (adds && step is not ByteLevelProcessor)
            {
                throw item.Error("after a post-processor that adds special tokens, only ByteLevel is supported");
            }

            adds |= step is not ByteLevelProcessor;
            steps.Add(step);
        }

        return new PostProcessorSequence([.. steps]);
    }

    private static int ReadToken(JsonPlace place)
    {
        List<JsonPlace> items = place.Items(2);
        if (items.Count != 2)
        {
            throw place.Error("expected a token's text and its id");
        }

        _ = items[0].Text();
        return items[1].Number();
    }

    private static TemplateProcessor ReadTemplate(JsonPlace place)
    {
        JsonPlace tokens = place["special_tokens"];
        TemplatePiece[] single = ReadPieces(place["single"], tokens),
            pair = ReadPieces(place["pair"], tokens);
        foreach (TemplatePiece piece in single)
        {
            if (piece.Sequence == 1)
            {
                throw place["single"].Error("the template of one text has a second one");
            }
        }

        return new TemplateProcessor(single, pair);
    }

    private static TemplatePiece[] ReadPieces(JsonPlace place, JsonPlace tokens)
    {
        var pieces = new List<TemplatePiece>();
        foreach (JsonPlace item in place.Items(ComponentReader.MaximumSteps))
        {
            if (item.Has("Sequence"))
            {
                JsonPlace sequence = item["Sequence"];
                int index = sequence["id"].Text() switch
                {
                    "A" => 0,
                    "B" => 1,
                    string other => throw sequence["id"].Error($"the text '{other}'; expected A or B"),
                };
                pieces.Add(new TemplatePiece(index, sequence["type_id"].Number(), []));
                continue;
            }

            JsonPlace special = item["SpecialToken"];
            string id = special["id"].Text();
            JsonPlace token = tokens[id];
            if (token.IsNull)
            {
                throw special["id"].Error($"the special token '{id}' is not among special_tokens");
            }

            var ids = new List<int>();
            foreach (JsonPlace value in token["ids"].Items(ComponentReader.MaximumSteps))
            {
                ids.Add(value.Number());
            }

            pieces.Add(new TemplatePiece(-1, special["type_id"].Number(), [.. ids]));
        }

        return [.. pieces];
    }
}
