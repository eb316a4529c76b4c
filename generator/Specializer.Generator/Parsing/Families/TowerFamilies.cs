using System;
using System.Collections.Generic;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>
/// Files of a text encoder and an image encoder with a common space of embeddings. A class declares one of both and selects it by
/// its section of the file.
/// </summary>
internal static class TowerFamilies
{
    private const string Text = "text_config";
    private const string Vision = "vision_config";

    /// <summary>The class of the whole model, and the model_type of both encoders.</summary>
    private static readonly Dictionary<string, (string Class, string Text, string Vision)> s_families = new(StringComparer.Ordinal)
    {
        ["clip"] = ("CLIPModel", "clip_text_model", "clip_vision_model"),
        ["siglip"] = ("SiglipModel", "siglip_text_model", "siglip_vision_model"),
    };

    /// <summary>The supported values of model_type.</summary>
    public static IEnumerable<string> Known => s_families.Keys;

    /// <summary>Returns whether files of a model_type have two encoders.</summary>
    public static bool IsOne(string type) => s_families.ContainsKey(type);

    /// <summary>Returns the fields of the encoder that the declaration selects.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="type">Receives the model_type of the encoder; empty if none is selected.</param>
    public static ModelConfiguration TowerOf(ModelConfiguration file, out string type)
    {
        (string whole, string text, string vision) = s_families[file.Text("model_type")];
        string section = file.WantedSection;
        type =
            section == Text ? text
            : section == Vision ? vision
            : "";
        if (type.Length == 0)
        {
            file.Refuse(
                true,
                "model_type",
                $"it declares a text encoder and an image encoder: set Section of [Transformer] to \"{Text}\" or \"{Vision}\""
            );
            return file;
        }

        SharedFields.Account(file);
        SharedFields.RefuseCrossAttention(file);
        ModelClass.Require(file, ModelClass.Name(file, whole), [whole]);
        file.WithoutEffect("logit_scale_init_value", section == Text ? Vision : Text, (section == Text ? Vision : Text) + "_dict");
        ModelConfiguration tower = file.Section(section);
        if (file.Has(section + "_dict"))
        {
            // The values of the older field must be the same.
            ModelConfiguration older = file.Section(section + "_dict");
            tower.Inherit(older, [.. older.Names]);
        }

        file.WithoutEffect(section + "_dict");
        tower.Enclosing = file;
        tower.HideClasses();
        string found = tower.Text("model_type", type);
        tower.Require(found == type, "model_type", "\"" + type + "\"");
        return tower;
    }
}
