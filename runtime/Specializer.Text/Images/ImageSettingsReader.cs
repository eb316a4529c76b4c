using System.Collections.Generic;
using Specializer.Text.Reading;

namespace Specializer.Text.Images;

/// <summary>Reads preprocessor_config.json of a model of images.</summary>
internal static class ImageSettingsReader
{
    // The last ones do not change the pixels of an RGB image: labels of segmentation, and names of arguments.
    private static readonly string[] s_known =
    [
        "crop_size",
        "data_format",
        "default_to_square",
        "do_center_crop",
        "do_convert_rgb",
        "do_normalize",
        "do_rescale",
        "do_resize",
        "feature_extractor_type",
        "image_mean",
        "image_processor_type",
        "image_std",
        "resample",
        "rescale_factor",
        "size",
        "do_reduce_labels",
        "reduce_labels",
        "processor_class",
        "_commit_hash",
        "_valid_processor_keys",
    ];

    public static ImagePreprocessorSettings Read(JsonPlace root)
    {
        JsonPlace type = root[root.Has("image_processor_type") ? "image_processor_type" : "feature_extractor_type"];
        ImageProcessorKind kind =
            ImageProcessorKind.Find(type.Text("")) ?? throw type.Error($"expected {ImageProcessorKind.Supported}, found {type.Found}");
        SettingsFile.RefuseUnknown(root, s_known);
        JsonPlace format = root["data_format"];
        if (format.Text("channels_first") != "channels_first")
        {
            throw format.Error($"{format.Found} is not supported; expected 'channels_first'");
        }

        bool keepsProportions = root["default_to_square"].IsNull ? kind.KeepsProportions : !root["default_to_square"].Flag();
        if (keepsProportions != kind.KeepsProportions)
        {
            throw root["default_to_square"].Error($"{root["default_to_square"].Found} is not supported with {kind.Name}");
        }

        bool resizes = root["do_resize"].Flag(true),
            normalizes = root["do_normalize"].Flag(true);
        (int? edge, (int, int)? size) = resizes ? Size(root["size"], kind) : default;
        var settings = new ImagePreprocessorSettings
        {
            ShortestEdge = edge,
            Size = size,
            Filter = (ResamplingFilter)root["resample"].Number((int)kind.Filter),
            Crop = root["do_center_crop"].Flag(kind.Crops) ? Crop(root["crop_size"]) : null,
            RescaleFactor = root["do_rescale"].Flag(true) ? SettingsFile.Real(root["rescale_factor"], 1.0 / 255) : null,
            Mean = normalizes ? Channels(root["image_mean"], kind.Mean) : null,
            StandardDeviation = normalizes ? Channels(root["image_std"], kind.StandardDeviation) : null,
        };
        return settings.Check() is { } error ? throw root[error.Field].Error(error.Problem) : settings;
    }

    private static (int? ShortestEdge, (int, int)? Size) Size(JsonPlace place, ImageProcessorKind kind)
    {
        if (place.IsNull || !place.IsObject)
        {
            int side = place.Number(kind.Size);
            return kind.KeepsProportions ? (side, null) : (null, (side, side));
        }

        if (place.Has("shortest_edge"))
        {
            SettingsFile.RefuseUnknown(place, ["shortest_edge"]);
            return kind.KeepsProportions
                ? (place["shortest_edge"].Number(), null)
                : throw place["shortest_edge"].Error($"images of {kind.Name} do not keep their proportions; expected height and width");
        }

        return (null, Sides(place));
    }

    private static (int, int) Crop(JsonPlace place)
    {
        if (place.IsObject)
        {
            return Sides(place);
        }

        int side = place.Number(224);
        return (side, side);
    }

    private static (int, int) Sides(JsonPlace place)
    {
        SettingsFile.RefuseUnknown(place, ["height", "width"]);
        return (place["width"].Number(), place["height"].Number());
    }

    private static float[] Channels(JsonPlace place, float[] orElse)
    {
        if (place.IsNull)
        {
            return orElse;
        }

        if (!place.IsArray)
        {
            float value = (float)SettingsFile.Real(place, 0);
            return [value, value, value];
        }

        List<JsonPlace> items = place.Items(maximum: 3);
        return [.. items.ConvertAll(item => item.IsNull ? float.NaN : (float)SettingsFile.Real(item, 0))];
    }
}
