using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>
/// Maps a model's own config.json to an architecture. A family is one function: fields to records, tensor names to a
/// checkpoint layout. It reads every field of its configuration class, or says that the field has no effect; the rest is
/// reported. To add a family, write the function and enter it here.
/// </summary>
internal static class FamilyParser
{
    private static readonly Dictionary<string, Func<ModelConfiguration, TransformerArchitecture>> s_families = new(StringComparer.Ordinal)
    {
        ["llama"] = LlamaFamilies.Llama,
        ["mistral"] = LlamaFamilies.Mistral,
        ["qwen2"] = LlamaFamilies.Qwen2,
        ["qwen2_vl_text"] = LlamaFamilies.Qwen2OfImages,
        ["qwen2_5_vl_text"] = LlamaFamilies.Qwen2OfImages,
        ["qwen3"] = LlamaFamilies.Qwen3,
        ["phi3"] = LlamaFamilies.Phi3,
        ["gemma"] = GemmaFamilies.Gemma,
        ["gemma2"] = GemmaFamilies.Gemma2,
        ["gemma3_text"] = GemmaFamilies.Gemma3,
        ["gpt2"] = GptFamilies.Gpt2,
        ["gptj"] = GptFamilies.GptJ,
        ["gpt_neox"] = GptFamilies.GptNeoX,
        ["phi"] = GptFamilies.Phi,
        ["bloom"] = AlibiFamilies.Bloom,
        ["mpt"] = AlibiFamilies.Mpt,
        ["falcon"] = FalconFamily.Falcon,
        ["t5"] = T5Family.T5,
        ["bart"] = BartFamilies.Bart,
        ["whisper"] = WhisperFamily.Whisper,
        ["mbart"] = BartFamilies.MBart,
        ["marian"] = BartFamilies.Marian,
        ["transformer2017"] = BartFamilies.Transformer2017,
        ["bert"] = EncoderFamilies.Bert,
        ["roberta"] = EncoderFamilies.Roberta,
        ["xlm-roberta"] = EncoderFamilies.XlmRoberta,
        ["camembert"] = EncoderFamilies.Camembert,
        ["longformer"] = EncoderFamilies.Longformer,
        ["distilbert"] = EncoderFamilies.DistilBert,
        ["albert"] = EncoderFamilies.Albert,
        ["vit"] = VisionFamilies.Vit,
    };

    /// <summary>The values of model_type that are known.</summary>
    public static IEnumerable<string> Known => s_families.Keys.OrderBy(static name => name, StringComparer.Ordinal);

    /// <returns>
    /// The architecture; if anything is missing, contradictory or not supported, which the configuration then knows, one
    /// that only has the outline of it, or null if not even the family is known.
    /// </returns>
    public static TransformerArchitecture? Parse(ModelConfiguration file)
    {
        ModelConfiguration model = MultimodalFamilies.TextOf(file, out string type);
        if (!s_families.TryGetValue(type, out Func<ModelConfiguration, TransformerArchitecture>? family))
        {
            return model.IsRight("model_type") ? Unknown(model) : null;
        }

        SharedFields.Account(model);
        TransformerArchitecture architecture = FamilyNaming.Apply(type, model, family(model));
        file.ReportOthers();
        return architecture;
    }

    private static TransformerArchitecture? Unknown(ModelConfiguration model)
    {
        string message =
            "one of "
            + string.Join(", ", Known)
            + ". A model whose parts are supported can be declared by attributes, with its tensors' names in [TensorNames]";
        return model.Wrong<TransformerArchitecture?>("model_type", message, null);
    }
}
