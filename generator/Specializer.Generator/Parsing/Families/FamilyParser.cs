using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>
/// Maps a config.json to an architecture. A family is one function from fields to records and from tensor names to a checkpoint
/// layout. It reads every field of its configuration class or marks it as having no effect; all others are reported. To add a
/// family, write the function and register it here.
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
        ["granite"] = GraniteFamilies.Granite,
        ["minicpm"] = GraniteFamilies.MiniCpm,
        ["glm"] = GlmFamilies.Glm,
        ["glm4"] = GlmFamilies.Glm4,
        ["ernie4_5"] = GlmFamilies.Ernie45,
        ["olmo"] = OlmoFamilies.Olmo,
        ["olmo2"] = OlmoFamilies.Olmo2,
        ["olmo3"] = OlmoFamilies.Olmo3,
        ["exaone4"] = OlmoFamilies.Exaone4,
        ["hunyuan_v1_dense"] = HunYuanFamily.Dense,
        ["eurobert"] = EuroBertFamily.EuroBert,
        ["modernbert"] = ModernBertFamily.ModernBert,
        ["cohere"] = CohereFamilies.Cohere,
        ["cohere2"] = CohereFamilies.Cohere2,
        ["smollm3"] = SmolLmFamily.SmolLm3,
        ["stablelm"] = StableLmFamily.StableLm,
        ["internlm2"] = InternLmFamily.InternLm2,
        ["starcoder2"] = BigCodeFamilies.StarCoder2,
        ["gpt_bigcode"] = BigCodeFamilies.GptBigCode,
        ["gpt_neo"] = GptNeoFamily.GptNeo,
        ["opt"] = OptFamily.Opt,
        ["t5"] = T5Family.T5,
        ["mt5"] = T5Family.Mt5,
        ["m2m_100"] = TranslationFamilies.M2M100,
        ["pegasus"] = TranslationFamilies.Pegasus,
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
        ["electra"] = ElectraFamily.Electra,
        ["mpnet"] = MpnetFamily.Mpnet,
        ["nomic_bert"] = NomicFamily.NomicBert,
        ["vit"] = VisionFamilies.Vit,
        ["deit"] = VisionFamilies.Deit,
        ["dinov2"] = DinoFamilies.Dinov2,
        ["dinov2_with_registers"] = DinoFamilies.Dinov2WithRegisters,
        ["dinov3_vit"] = DinoFamilies.Dinov3,
        ["siglip_text_model"] = SiglipFamilies.Text,
        ["siglip_vision_model"] = SiglipFamilies.Vision,
        ["clip_text_model"] = ClipFamilies.Text,
        ["clip_vision_model"] = ClipFamilies.Vision,
    };

    /// <summary>The supported values of model_type.</summary>
    public static IEnumerable<string> Known => s_families.Keys.OrderBy(static name => name, StringComparer.Ordinal);

    /// <returns>
    /// The architecture. If a field is missing, contradictory or not supported, which the configuration then reports, only its
    /// skeleton; null if not even the family is known.
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
            + ". If its parts are supported, declare the model by attributes, with its tensor names in [TensorNames]";
        return model.Wrong<TransformerArchitecture?>("model_type", message, null);
    }
}
