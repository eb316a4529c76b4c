using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;
using Specializer.Generator.Tests.Diagnostics;
using Specializer.Generator.Tests.Incrementality;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Configurations;

/// <summary>Every field of a config.json is read, known to be without effect, or reported; absent ones take their class's defaults.</summary>
[Feature("configurations")]
public sealed class AccountingTests
{
    private const string Sizes =
        "\"hidden_size\": 96, \"num_hidden_layers\": 2, \"num_attention_heads\": 6, \"intermediate_size\": 64, \"vocab_size\": 50";

    private static string File(string type, string fields) =>
        $$"""{ "model_type": "{{type}}", {{Sizes}}{{(fields.Length > 0 ? ", " + fields : "")}} }""";

    [Theory]
    [InlineData("residual_multiplier", "0.22")]
    [InlineData("logits_scaling", "8")]
    [InlineData("no_rope_layers", "[1, 1]")]
    [InlineData("num_local_experts", "8")]
    [InlineData("attn_logit_softcapping", "50")]
    [InlineData("query_pre_attn_scalar", "24")]
    [InlineData("use_qk_norm", "true")]
    [InlineData("sliding_window", "4096")]
    [InlineData("compression", "{ \"quant_method\": \"x\", \"bits\": 4 }")]
    [InlineData("per_layer_config", "{ \"0\": { \"hidden_size\": 4 } }")]
    [InlineData("use_bidirectional_attention", "true")]
    public void A_field_that_changes_the_computation_is_an_error_of_its_own(string field, string value)
    {
        ConfigurationReading reading = Reading.Of(File("llama", $"\"{field}\": {value}"));
        ConfigurationProblem problem = Assert.Single(reading.Problems);
        Assert.Equal(ConfigurationProblemKind.UnreadComputation, problem.Kind);
        Assert.StartsWith($"\"{field}\" is ", problem.Message, StringComparison.Ordinal);
        Assert.False(reading.IsUsable(acceptsUnread: false));
        Assert.True(reading.IsUsable(acceptsUnread: true));
    }

    [Theory]
    [InlineData("my_own_note", "\"trained on Tuesday\"")]
    [InlineData("residual_multiplier", "null")]
    [InlineData("some_new_version", "3")]
    public void Others_are_a_suggestion(string field, string value)
    {
        ConfigurationReading reading = Reading.Of(File("llama", $"\"{field}\": {value}"));
        Assert.Equal(ConfigurationProblemKind.Unused, Assert.Single(reading.Problems).Kind);
        Assert.True(reading.IsUsable(acceptsUnread: false));
    }

    [Theory]
    [InlineData("\"initializer_range\": NaN")]
    [InlineData("\"hidden_dropout\": -Infinity")]
    [InlineData("\"temperature\": {\"__float__\": \"Infinity\"}")]
    [InlineData("\"eos_token_id\": [1, 2, 3], \"id2label\": {\"0\": \"A\"}, \"torch_dtype\": \"bfloat16\"")]
    public void Fields_without_effect_may_say_anything(string fields) => Assert.Empty(Reading.Of(File("llama", fields)).Problems);

    [Theory]
    [InlineData("{ \"quant_method\": \"gptq\", \"bits\": 4 }", "gptq")]
    [InlineData("{ \"quant_method\": \"fp8\", \"activation_scheme\": \"dynamic\" }", "fp8")]
    [InlineData("{ \"load_in_4bit\": true }", "an unnamed method")]
    public void Quantised_checkpoints_are_named(string value, string method) =>
        Assert.Equal(
            $"\"quantization_config\" is an object: quantized weights ({method}) are not supported: use a checkpoint in F32, BF16 or F16",
            Reading.Problem(File("llama", $"\"quantization_config\": {value}"))
        );

    [Fact]
    public async Task The_severity_is_set_as_for_any_rule()
    {
        const string Declaration = "using Specializer;\n[Transformer(\"small/config.json\")]\npartial class Model;";
        InMemoryText file = new("/project/small/config.json", File("llama", "\"residual_multiplier\": 0.5"));
        CSharpCompilation strict = TestProject.Compile(Declaration);
        Assert.Equal(["SPZ0020", "SPZ0020"], (await Analysis.Of(strict, file)).Select(static diagnostic => diagnostic.Id));
        Assert.False(GeneratorRun.Of(strict, file).GeneratesAModel);

        CSharpCompilation lenient = strict.WithOptions(
            strict.Options.WithSpecificDiagnosticOptions(new Dictionary<string, ReportDiagnostic> { ["SPZ0020"] = ReportDiagnostic.Warn })
        );
        Assert.All(await Analysis.Of(lenient, file), static diagnostic => Assert.Equal(DiagnosticSeverity.Warning, diagnostic.Severity));
        Assert.True(GeneratorRun.Of(lenient, file).GeneratesAModel);
    }

    /// <summary>Which values were taken, for those who look at a model: from the file, or the class's default.</summary>
    [Theory]
    [InlineData("", "rope_theta = 10000, absent")]
    [InlineData("\"rope_parameters\": { \"rope_theta\": 500000 }", "rope_parameters.rope_theta = 500000")]
    [InlineData("", "tie_word_embeddings = false, absent")]
    [InlineData("\"hidden_act\": \"gelu\"", "hidden_act = \"gelu\"")]
    public void Values_and_where_they_come_from(string fields, string expected) =>
        Assert.Contains(
            expected,
            Reading
                .Of(File("llama", fields))
                .Fields.Select(static field => $"{field.Field} = {field.Value}{(field.IsGiven ? "" : ", absent")}")
        );

    /// <summary>Absent and null differ: the first is the class's default, the second means none.</summary>
    [Theory]
    [InlineData("", 50f, 30f)]
    [InlineData("\"attn_logit_softcapping\": null, \"final_logit_softcapping\": null", 0f, 0f)]
    [InlineData("\"attn_logit_softcapping\": 20.0", 20f, 30f)]
    public void Gemma2s_caps(string fields, float scores, float logits)
    {
        TransformerArchitecture model = Reading.Architecture(
            $$"""{ "model_type": "gemma2"{{(fields.Length > 0 ? ", " + fields : "")}} }"""
        );
        Assert.Equal((scores, logits), (model.Attention.SoftCap, model.Logits.SoftCap));
        Assert.Equal(
            (1 / 16f, 256, 4, true),
            (model.Attention.Scale, model.Attention.HeadDim, model.Attention.KeyValueHeads, model.Logits.Tied)
        );
    }

    [Theory]
    [InlineData("\"num_key_value_heads\": 2", 4096)]
    [InlineData("\"num_key_value_heads\": 2, \"sliding_window\": null", 0)]
    [InlineData("\"num_key_value_heads\": 2, \"sliding_window\": 64", 64)]
    public void Mistrals_window(string fields, int window) =>
        Assert.Equal(window, Reading.Architecture(File("mistral", fields)).LayerKinds.Single().Attention.Window);

    [Theory]
    [InlineData("\"num_key_value_heads\": 2", 128)]
    [InlineData("\"num_key_value_heads\": 2, \"head_dim\": null", 16)]
    public void Qwen3s_heads(string fields, int width) =>
        Assert.Equal(width, Reading.Architecture(File("qwen3", fields)).Attention.HeadDim);

    [Theory]
    [InlineData("{ \"model_type\": \"t5\" }", true, true)]
    [InlineData("{ \"model_type\": \"t5\", \"tie_word_embeddings\": false }", false, false)]
    [InlineData("{ \"model_type\": \"t5\", \"tie_word_embeddings\": true, \"scale_decoder_outputs\": false }", false, false)]
    [InlineData("{ \"model_type\": \"t5\", \"tie_word_embeddings\": true, \"scale_decoder_outputs\": true }", true, true)]
    public void T5s_logits(string file, bool tied, bool scaled)
    {
        LogitsArchitecture logits = Reading.Architecture(file).Logits;
        Assert.Equal((tied, scaled), (logits.Tied, logits.Scale != 1));
    }

    [Theory]
    [InlineData("gpt2", "\"tie_word_embeddings\": false", false)]
    [InlineData("gpt2", "", true)]
    [InlineData("llama", "", false)]
    [InlineData("gemma", "\"num_key_value_heads\": 2", true)]
    [InlineData("phi3", "\"tie_word_embeddings\": true", true)]
    public void Tying_follows_the_flag_or_the_class(string type, string fields, bool tied)
    {
        string file = type == "gpt2" ? $$"""{ "model_type": "gpt2"{{(fields.Length > 0 ? ", " + fields : "")}} }""" : File(type, fields);
        Assert.Equal(tied, Reading.Architecture(file).Logits.Tied);
    }

    /// <summary>A multimodal file: the text model's own fields, its class's defaults, and the omitted parts.</summary>
    [Fact]
    public void The_text_model_of_a_multimodal_file()
    {
        ConfigurationReading reading = Reading.Of(
            """
            {
              "architectures": ["Gemma3ForConditionalGeneration"], "model_type": "gemma3", "image_token_index": 262144, "mm_tokens_per_image": 256,
              "text_config": { "hidden_size": 2560, "intermediate_size": 10240, "model_type": "gemma3_text", "num_hidden_layers": 34,
                "rope_scaling": { "factor": 8.0, "rope_type": "linear" }, "sliding_window": 1024 },
              "vision_config": { "hidden_size": 1152, "num_attention_heads": 16, "vision_use_head": false }
            }
            """
        );
        Assert.True(reading.IsUsable(acceptsUnread: false));
        Assert.Equal(
            "\"vision_config\": it is omitted together with its tensors: only the text model is generated",
            Assert.Single(reading.Problems).Message
        );
        TransformerArchitecture model = reading.Architecture!;
        Assert.Equal(
            (2560, 34, 8, 4, 256, 262_208),
            (
                model.Width,
                model.Layers,
                model.Attention.Heads,
                model.Attention.KeyValueHeads,
                model.Attention.HeadDim,
                model.Embeddings.VocabularySize
            )
        );
        Assert.Equal(1_000_000, Reading.Rotary(model, 1).Base);
    }

    [Fact]
    public void The_flag_of_a_whole_model_is_its_text_models()
    {
        const string Llava =
            """{ "model_type": "llava", "tie_word_embeddings": FLAG, "text_config": { "hidden_size": 64, "num_attention_heads": 4OWN } }""";
        Assert.True(
            Reading
                .Architecture(Llava.Replace("FLAG", "true", StringComparison.Ordinal).Replace("OWN", "", StringComparison.Ordinal))
                .Logits.Tied
        );
        Assert.Contains(
            "\"text_config.tie_word_embeddings\" is false, but \"tie_word_embeddings\" is true",
            Reading.Problem(
                Llava
                    .Replace("FLAG", "true", StringComparison.Ordinal)
                    .Replace("OWN", ", \"tie_word_embeddings\": false", StringComparison.Ordinal)
            ),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(
        "llama",
        "LlamaForTokenClassification",
        "LlamaForCausalLM, LlamaModel, LlamaForSequenceClassification, LlamaForTokenClassification",
        false
    )]
    [InlineData(
        "llama",
        "LlamaForHolograms",
        "LlamaForCausalLM, LlamaModel, LlamaForSequenceClassification, LlamaForTokenClassification",
        true
    )]
    [InlineData(
        "gpt2",
        "GPT2DoubleHeadsModel",
        "GPT2LMHeadModel, GPT2Model, GPT2ForSequenceClassification, GPT2ForTokenClassification, GPT2ForQuestionAnswering",
        true
    )]
    [InlineData("t5", "T5ForQuestionAnswering", "T5ForConditionalGeneration, T5EncoderModel", true)]
    public void An_unknown_class_is_named(string type, string name, string supported, bool refused)
    {
        string file = $$"""{ "model_type": "{{type}}", "architectures": ["{{name}}"] }""";
        if (refused)
        {
            Assert.StartsWith(
                $"\"architectures\" names \"{name}\", which is not supported: this family is as {supported}",
                Reading.Problem(file),
                StringComparison.Ordinal
            );
        }
        else
        {
            Assert.Equal(Architecture.Stack.Encoder, Reading.Architecture(file).Stack);
        }
    }

    [Theory]
    [InlineData(
        "gemma3_text",
        "\"architectures\": [\"Gemma3TextModel\"], \"use_bidirectional_attention\": true, \"sliding_window\": 512, \"num_key_value_heads\": 2",
        256
    )]
    [InlineData("llama", "\"architectures\": [\"LlamaModel\"], \"is_causal\": false", 0)]
    [InlineData(
        "mistral",
        "\"architectures\": [\"MistralModel\"], \"is_causal\": false, \"sliding_window\": 512, \"num_key_value_heads\": 2",
        512
    )]
    public void A_decoder_that_sees_both_ways_is_built_so(string type, string fields, int band)
    {
        TransformerArchitecture model = Reading.Architecture(File(type, fields));
        Assert.Equal(Architecture.Stack.Encoder, model.Stack);
        Assert.All(
            model.LayerKinds,
            static kind => Assert.Equal((Architecture.AttentionMask.Full, 0), (kind.Attention.Mask, kind.Attention.Window))
        );
        Assert.Equal(band, model.LayerKinds[0].Attention.Band);
    }

    [Theory]
    [InlineData("gemma3_text", "\"use_bidirectional_attention\": true, \"num_key_value_heads\": 2", "use_bidirectional_attention")]
    [InlineData("gemma", "\"use_bidirectional_attention\": true, \"num_key_value_heads\": 2", "use_bidirectional_attention")]
    [InlineData("llama", "\"is_causal\": false", "is_causal")]
    public void Or_refused(string type, string fields, string field) =>
        Assert.StartsWith($"\"{field}\" is ", Reading.Problem(File(type, fields)), StringComparison.Ordinal);
}
