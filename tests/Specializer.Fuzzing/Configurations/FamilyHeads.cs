using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Fuzzing.Configurations;

/// <summary>The computation of the first of a file's classes from the last hidden states.</summary>
internal static class FamilyHeads
{
    private static readonly string[] s_suffixes =
    [
        "Model",
        "ForMaskedLM",
        "ForSequenceClassification",
        "ForTokenClassification",
        "ForQuestionAnswering",
    ];

    private static readonly Dictionary<string, string> s_encoders = new()
    {
        ["bert"] = "Bert",
        ["roberta"] = "Roberta",
        ["xlm-roberta"] = "XLMRoberta",
        ["camembert"] = "Camembert",
        ["longformer"] = "Longformer",
        ["distilbert"] = "DistilBert",
        ["albert"] = "Albert",
        ["electra"] = "Electra",
        ["mpnet"] = "MPNet",
    };

    /// <summary>The classes of decoders that compute logits, by family.</summary>
    public static IReadOnlyDictionary<string, string> CausalClasses { get; } =
        new Dictionary<string, string>
        {
            ["llama"] = "LlamaForCausalLM",
            ["mistral"] = "MistralForCausalLM",
            ["qwen2"] = "Qwen2ForCausalLM",
            ["qwen3"] = "Qwen3ForCausalLM",
            ["phi3"] = "Phi3ForCausalLM",
            ["gemma"] = "GemmaForCausalLM",
            ["gemma2"] = "Gemma2ForCausalLM",
            ["gemma3_text"] = "Gemma3ForCausalLM",
            ["granite"] = "GraniteForCausalLM",
            ["starcoder2"] = "Starcoder2ForCausalLM",
            ["stablelm"] = "StableLmForCausalLM",
            ["internlm2"] = "InternLM2ForCausalLM",
            ["cohere2"] = "Cohere2ForCausalLM",
            ["gpt_bigcode"] = "GPTBigCodeForCausalLM",
            ["opt"] = "OPTForCausalLM",
            ["mt5"] = "MT5ForConditionalGeneration",
            ["m2m_100"] = "M2M100ForConditionalGeneration",
            ["pegasus"] = "PegasusForConditionalGeneration",
            ["gpt2"] = "GPT2LMHeadModel",
            ["gptj"] = "GPTJForCausalLM",
            ["gpt_neox"] = "GPTNeoXForCausalLM",
            ["phi"] = "PhiForCausalLM",
            ["bloom"] = "BloomForCausalLM",
            ["mpt"] = "MptForCausalLM",
            ["falcon"] = "FalconForCausalLM",
            ["bart"] = "BartForConditionalGeneration",
            ["mbart"] = "MBartForConditionalGeneration",
            ["marian"] = "MarianMTModel",
            ["t5"] = "T5ForConditionalGeneration",
            ["whisper"] = "WhisperForConditionalGeneration",
        };

    /// <summary>The classes of a family in the table.</summary>
    public static string[] ClassesOf(string family) =>
        s_encoders.TryGetValue(family, out string? name) ? [.. s_suffixes.Select(suffix => name + suffix)] : [CausalClasses[family]];

    public static void Read(FamilyReader reader, string family, JsonTree file)
    {
        string? given = file["architectures"] switch
        {
            List<object?> { Count: > 0 } items when items.TrueForAll(static item => item is string) => (string)items[0]!,
            List<object?> { Count: 0 } or null => null,
            _ => "",
        };
        bool isEncoder = s_encoders.TryGetValue(family, out string? name);
        string[] known = ClassesOf(family);
        string @class = given ?? known[0];
        if (Array.IndexOf(known, @class) < 0)
        {
            reader.LeaveOpen("a class that the table does not have");
            return;
        }

        if (isEncoder)
        {
            reader.Facts["head"] = Head(reader, family, @class[name!.Length..], file);
        }
    }

    private static string Head(FamilyReader reader, string family, string @class, JsonTree file)
    {
        int width = reader.Whole("width");
        bool isRoberta = family is "roberta" or "xlm-roberta" or "camembert" or "longformer" or "electra" or "mpnet";
        switch (@class)
        {
            case "Model":
                return family is "distilbert" or "electra" ? "none" : FormattableString.Invariant($"First, dense {width} Tanh");
            case "ForMaskedLM":
                int dense = family is "albert" or "electra" ? reader.Whole("embeddingWidth") : width;
                string activation = isRoberta ? "Gelu" : reader.Text("activation");
                bool tied = file["tie_word_embeddings"] is not false;
                if (file["tie_word_embeddings"] is not (null or bool))
                {
                    reader.Refuse("tie_word_embeddings is no flag");
                }

                string output = FormattableString.Invariant($"output {reader.Whole("vocabulary")}{(tied ? " tied" : "")} biased");
                return FormattableString.Invariant($"None, dense {dense} {activation}, norm, {output}");
            case "ForSequenceClassification":
                string first =
                    family == "distilbert" ? "Relu"
                    : family == "electra" ? "Gelu"
                    : "Tanh";
                return FormattableString.Invariant($"First, dense {width} {first}, output {Labels(reader, file)} biased");
            default:
                int labels = Labels(reader, file);
                if (@class == "ForQuestionAnswering" && labels != 2)
                {
                    reader.Refuse("a span has two logits");
                }

                return FormattableString.Invariant($"None, output {labels} biased");
        }
    }

    private static int Labels(FamilyReader reader, JsonTree file)
    {
        int? names = file["id2label"] switch
        {
            JsonTree tree => tree.Members.Count,
            null => null,
            _ => 0,
        };
        int? number = file["num_labels"] switch
        {
            JsonNumber { Value: >= 1 and < int.MaxValue } value when double.IsInteger(value.Value) => (int)value.Value,
            null => null,
            _ => 0,
        };
        if (names == 0 && file["id2label"] is JsonTree)
        {
            reader.LeaveOpen("no label");
        }
        else if (names == 0 || number == 0)
        {
            reader.Refuse("labels are neither names nor a number");
        }

        if (names is not null && number is not null && names != number)
        {
            reader.LeaveOpen("labels of two numbers");
        }

        return names ?? number ?? 2;
    }
}
