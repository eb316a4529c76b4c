using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;
using Specializer.Generator.Parsing.Families;
using Specializer.Generator.Planning;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Planning;

using OutputMatrixChoice = Specializer.Generator.Architecture.OutputMatrixChoice;

/// <summary>The runtime advises how a family's model gets an output matrix of its own: in every family the advice works, and others do not.</summary>
[Feature("planning")]
public sealed class OutputMatrixTests
{
    private const string Sizes =
        "\"hidden_size\": 96, \"num_hidden_layers\": 2, \"num_attention_heads\": 6, \"intermediate_size\": 128, \"vocab_size\": 300, \"max_position_embeddings\": 64";
    private const string Gpt = "\"n_embd\": 96, \"n_layer\": 2, \"n_head\": 6, \"vocab_size\": 300, \"n_positions\": 64";
    private const string Bart =
        "\"d_model\": 96, \"encoder_layers\": 2, \"decoder_layers\": 2, \"encoder_attention_heads\": 6, \"decoder_attention_heads\": 6, \"encoder_ffn_dim\": 128, \"decoder_ffn_dim\": 128, \"vocab_size\": 300";

    private static readonly Dictionary<string, string> s_families = new()
    {
        ["llama"] = Sizes,
        ["mistral"] = Sizes + ", \"num_key_value_heads\": 2",
        ["qwen2"] = Sizes + ", \"num_key_value_heads\": 2",
        ["qwen2_vl_text"] = Sizes + ", \"num_key_value_heads\": 2",
        ["qwen2_5_vl_text"] = Sizes + ", \"num_key_value_heads\": 2",
        ["qwen3"] = Sizes + ", \"num_key_value_heads\": 2, \"head_dim\": 16",
        ["phi3"] = Sizes + ", \"num_key_value_heads\": 2",
        ["gemma"] = Sizes + ", \"num_key_value_heads\": 2, \"head_dim\": 16",
        ["gemma2"] = Sizes + ", \"num_key_value_heads\": 2, \"head_dim\": 16",
        ["gemma3_text"] = Sizes + ", \"num_key_value_heads\": 2, \"head_dim\": 16",
        ["granite"] = Sizes + ", \"num_key_value_heads\": 2",
        ["minicpm"] = Sizes + ", \"num_key_value_heads\": 2",
        ["glm"] = Sizes + ", \"num_key_value_heads\": 2, \"head_dim\": 16",
        ["glm4"] = Sizes + ", \"num_key_value_heads\": 2, \"head_dim\": 16",
        ["ernie4_5"] = Sizes + ", \"num_key_value_heads\": 2, \"head_dim\": 16",
        ["cohere"] = Sizes + ", \"num_key_value_heads\": 2",
        ["olmo"] = Sizes + ", \"num_key_value_heads\": 2",
        ["olmo2"] = Sizes + ", \"num_key_value_heads\": 2",
        ["olmo3"] = Sizes + ", \"num_key_value_heads\": 2, \"sliding_window\": 8",
        ["exaone4"] = Sizes + ", \"num_key_value_heads\": 2, \"head_dim\": 16, \"sliding_window\": 8",
        ["hunyuan_v1_dense"] = Sizes + ", \"num_key_value_heads\": 2, \"head_dim\": 16",
        ["cohere2"] = Sizes + ", \"num_key_value_heads\": 2, \"head_dim\": 16",
        ["smollm3"] = Sizes + ", \"num_key_value_heads\": 2",
        ["stablelm"] = Sizes + ", \"num_key_value_heads\": 2",
        ["internlm2"] = Sizes + ", \"num_key_value_heads\": 2",
        ["starcoder2"] = Sizes + ", \"num_key_value_heads\": 2",
        ["gpt_bigcode"] = Gpt,
        ["gpt_neo"] =
            "\"hidden_size\": 96, \"num_layers\": 2, \"num_heads\": 6, \"vocab_size\": 300, \"max_position_embeddings\": 64, \"attention_types\": [[[\"global\", \"local\"], 1]]",
        ["opt"] =
            "\"hidden_size\": 96, \"ffn_dim\": 128, \"num_hidden_layers\": 2, \"num_attention_heads\": 6, \"vocab_size\": 300, \"max_position_embeddings\": 64",
        ["gpt2"] = Gpt,
        ["gptj"] = Gpt + ", \"rotary_dim\": 8",
        ["gpt_neox"] = Sizes,
        ["phi"] = Sizes,
        ["bloom"] = "\"hidden_size\": 96, \"n_layer\": 2, \"n_head\": 6, \"vocab_size\": 300, \"seq_length\": 64",
        ["mpt"] = "\"d_model\": 96, \"n_layers\": 2, \"n_heads\": 6, \"vocab_size\": 300, \"max_seq_len\": 64",
        ["falcon"] = Sizes,
        ["t5"] = "\"d_model\": 96, \"d_kv\": 16, \"num_heads\": 6, \"num_layers\": 2, \"d_ff\": 128, \"vocab_size\": 300",
        ["m2m_100"] = Bart,
        ["pegasus"] = Bart,
        ["bart"] = Bart,
        ["mbart"] = Bart,
        ["marian"] = Bart,
        ["transformer2017"] = Bart,
        ["whisper"] = Bart,
        ["bert"] = Sizes + ", \"architectures\": [\"BertForMaskedLM\"]",
        ["roberta"] = Sizes + ", \"architectures\": [\"RobertaForMaskedLM\"]",
        ["xlm-roberta"] = Sizes + ", \"architectures\": [\"XLMRobertaForMaskedLM\"]",
        ["camembert"] = Sizes + ", \"architectures\": [\"CamembertForMaskedLM\"]",
        ["longformer"] = Sizes + ", \"attention_window\": 8, \"architectures\": [\"LongformerForMaskedLM\"]",
        ["distilbert"] =
            "\"dim\": 96, \"n_layers\": 2, \"n_heads\": 6, \"hidden_dim\": 128, \"vocab_size\": 300, \"architectures\": [\"DistilBertForMaskedLM\"]",
        ["albert"] = Sizes + ", \"architectures\": [\"AlbertForMaskedLM\"]",
        ["electra"] = Sizes + ", \"architectures\": [\"ElectraForMaskedLM\"]",
        ["eurobert"] = Sizes + ", \"architectures\": [\"EuroBertForMaskedLM\"]",
        ["modernbert"] =
            Sizes + ", \"local_attention\": 8, \"global_attn_every_n_layers\": 2, \"architectures\": [\"ModernBertForMaskedLM\"]",
        ["mpnet"] = Sizes + ", \"architectures\": [\"MPNetForMaskedLM\"]",
    };

    public static TheoryData<string> Families => [.. s_families.Keys];

    /// <summary>Encoders without logits of tokens, and mT5, which always has an output matrix of its own.</summary>
    private static readonly string[] s_others =
    [
        "vit",
        "deit",
        "dinov2",
        "dinov2_with_registers",
        "dinov3_vit",
        "siglip_text_model",
        "siglip_vision_model",
        "clip_text_model",
        "clip_vision_model",
        "nomic_bert",
        "mt5",
    ];

    [Fact]
    public void Every_family_with_logits_is_here() => Assert.Equal(FamilyParser.Known.Except(s_others), s_families.Keys.Order());

    [Theory]
    [MemberData(nameof(Families))]
    public void What_is_advised_works_and_nothing_else(string type)
    {
        (TransformerArchitecture tied, ConfigurationProblems problems) = Read(type, "\"tie_word_embeddings\": true");
        Assert.False(problems.Any);
        NamingPlan naming = Planner.Plan(tied).Naming;
        Assert.NotEqual("", naming.OutputMatrix);
        Assert.False(HasMatrix(tied, naming.OutputMatrix));

        ConfigurationProblems overridden = new();
        TransformerArchitecture declared = OverriddenArchitecture.Apply(
            tied,
            new ArchitectureOverrides { TiedEmbeddings = false },
            overridden
        );
        Assert.Equal(naming.OutputMatrixChoice == OutputMatrixChoice.Declared, !overridden.Any);
        if (!overridden.Any)
        {
            Assert.True(HasMatrix(declared, naming.OutputMatrix));
        }

        (TransformerArchitecture own, ConfigurationProblems untied) = Read(
            type,
            "\"tie_word_embeddings\": false"
                + (naming.OutputMatrixChoice == OutputMatrixChoice.ConfiguredWithScale ? ", \"scale_decoder_outputs\": true" : "")
        );
        Assert.Equal(naming.OutputMatrixChoice != OutputMatrixChoice.Fixed, !untied.Any);
        if (!untied.Any)
        {
            Assert.True(HasMatrix(own, naming.OutputMatrix));
            Assert.Equal(tied.Logits.Scale, own.Logits.Scale);
            Assert.Equal(naming.OutputMatrix, Planner.Plan(own).Naming.OutputMatrix);
        }
    }

    [Fact]
    public void The_enumerations_of_the_generator_and_the_runtime_are_the_same() =>
        Assert.Equal(
            System.Enum.GetValues<Specializer.OutputMatrixChoice>().Select(static choice => ($"{choice}", (int)choice)),
            System.Enum.GetValues<OutputMatrixChoice>().Select(static choice => ($"{choice}", (int)choice))
        );

    private static bool HasMatrix(TransformerArchitecture architecture, string name) =>
        Planner.Plan(architecture).Tensors.Any(tensor => tensor.Name == name);

    private static (TransformerArchitecture Architecture, ConfigurationProblems Problems) Read(string type, string fields)
    {
        var configuration = ModelConfiguration.Read($"{{ \"model_type\": \"{type}\", {s_families[type]}, {fields} }}");
        return (FamilyParser.Parse(configuration)!, configuration.Problems);
    }
}
