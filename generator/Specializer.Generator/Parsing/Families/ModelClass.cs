using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>The transformers class that a checkpoint was saved from, as <c>architectures</c> names it.</summary>
internal static class ModelClass
{
    /// <summary>Returns the first class that the file names.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="otherwise">The class if the file names none.</param>
    public static string Name(ModelConfiguration configuration, string otherwise)
    {
        IReadOnlyList<JsonValue> names = configuration.Items("architectures");
        return names.Count == 0 ? otherwise
            : names[0].Kind != JsonKind.Text ? ""
            : s_formerNames.TryGetValue(names[0].Text, out string? name) ? name
            : names[0].Text;
    }

    /// <summary>Former names of classes in published files: those of first versions and of programs published with the weights.</summary>
    private static readonly Dictionary<string, string> s_formerNames = new(StringComparer.Ordinal)
    {
        ["LLaMAForCausalLM"] = "LlamaForCausalLM",
        ["MPTForCausalLM"] = "MptForCausalLM",
        ["T5WithLMHeadModel"] = "T5ForConditionalGeneration",
    };

    /// <summary>Reports a class that the family does not support.</summary>
    /// <returns>Whether the class is supported.</returns>
    public static bool Require(ModelConfiguration configuration, string name, IReadOnlyCollection<string> supported)
    {
        bool isSupported = supported.Contains(name, StringComparer.Ordinal);
        if (!isSupported && configuration.Find("architectures") is { } found && configuration.IsRight("architectures"))
        {
            configuration.Problems.Add(
                "architectures",
                $"\"architectures\" names {(name.Length == 0 ? "no class" : "\"" + name + "\"")}, which is not supported: this family is as {string.Join(", ", supported)}{Reason(name, supported)}",
                found.Start,
                found.Length
            );
        }

        return isSupported;
    }

    /// <summary>Returns why a class of an encoder-decoder is not supported, and how to fix it if that is possible.</summary>
    private static string Reason(string name, IReadOnlyCollection<string> supported)
    {
        string? whole = supported.FirstOrDefault(static one =>
            one.EndsWith("ForConditionalGeneration", StringComparison.Ordinal) || one.EndsWith("MTModel", StringComparison.Ordinal)
        );
        bool Ends(string suffix) => name.EndsWith(suffix, StringComparison.Ordinal);
        return whole is null ? ""
            : Ends("ForSequenceClassification") || Ends("ForQuestionAnswering")
                ? ". Its head reads the last states of the decoder, which sessions with a source do not return"
            : Ends("ForAudioClassification") || Ends("ForTokenClassification") ? ". Its head reads the states of the encoder"
            : Ends("ForCausalLM") ? ". It is a decoder without a source"
            : Ends("Model") && !Ends("EncoderModel")
                ? $". Its output is the last states of the decoder, which sessions with a source do not return. To compute logits from these states, write \"{whole}\""
            : "";
    }
}
