using System.Collections.Generic;
using Specializer.Text.Decoders;
using Specializer.Text.Patterns;
using Specializer.Text.PreTokenizers;

namespace Specializer.Text.Reading;

/// <summary>Reads decoders.</summary>
internal static class DecoderReader
{
    public static IDecoder Read(JsonPlace place)
    {
        string type = ComponentReader.TypeOf(place);
        switch (type)
        {
            case "ByteLevel":
                return new ByteLevelDecoder();
            case "WordPiece":
                return new WordPieceDecoder(place["prefix"].Text(), place["cleanup"].Flag());
            case "Metaspace":
                return new MetaspaceDecoder(place["replacement"].Scalar(), PreTokenizerReader.ReadScheme(place) != PrependScheme.Never);
            case "BPEDecoder":
                return new BpeDecoder(NotEmpty(place["suffix"]));
            case "ByteFallback":
                return new ByteFallbackDecoder();
            case "Fuse":
                return new FuseDecoder();
            case "Strip":
                return new StripDecoder(place["content"].Scalar(), place["start"].Number(), place["stop"].Number());
            case "Replace":
                TextPattern pattern = ComponentReader.ReadPattern(place["pattern"], out string? literal);
                return new ReplaceDecoder(pattern, literal, place["content"].Text());
            case "CTC":
                return new CtcDecoder(place["pad_token"].Text(), NotEmpty(place["word_delimiter_token"]), place["cleanup"].Flag());
            case "Sequence":
                var steps = new List<IDecoder>();
                foreach (JsonPlace item in place["decoders"].Items(ComponentReader.MaximumSteps))
                {
                    steps.Add(Read(item));
                }

                return new DecoderSequence([.. steps]);
            default:
                throw ComponentReader.Unknown(place, "decoder", type);
        }
    }

    private static string NotEmpty(JsonPlace place) =>
        place.Text() is { Length: > 0 } text ? text : throw place.Error("an empty text is not supported here");
}
