using System;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Configurations;

/// <summary>Fields and classes that many published files carry and the classes of transformers do not read.</summary>
[Feature("configurations")]
public sealed class PublishedFieldsTests
{
    private const string Sizes =
        "\"hidden_size\": 96, \"num_hidden_layers\": 2, \"num_attention_heads\": 6, \"intermediate_size\": 128, \"vocab_size\": 300, \"max_position_embeddings\": 64";
    private const string Bart =
        "\"d_model\": 96, \"encoder_layers\": 2, \"decoder_layers\": 2, \"encoder_attention_heads\": 6, \"decoder_attention_heads\": 6, \"encoder_ffn_dim\": 128, \"decoder_ffn_dim\": 128, \"vocab_size\": 300, \"max_position_embeddings\": 64";

    /// <summary>SmolLM2, Phi-4-mini.</summary>
    [Theory]
    [InlineData("llama", "\"is_llama_config\": true, \"rope_interleaved\": false")]
    [InlineData("llama", "\"rope_interleaved\": null")]
    [InlineData("phi3", "\"full_attn_mod\": 1, \"interpolate_factor\": 1, \"lm_head_bias\": false, \"mlp_bias\": false")]
    public void Values_that_say_what_the_class_does_change_nothing(string type, string fields)
    {
        string file = $"{{ \"model_type\": \"{type}\", {Sizes} }}";
        ConfigurationReading reading = Reading.Of($"{{ \"model_type\": \"{type}\", {Sizes}, {fields} }}");
        Assert.Empty(reading.Problems);
        Assert.Equal(Reading.Architecture(file), reading.Architecture);
    }

    [Theory]
    [InlineData("llama", "rope_interleaved", "true", "transformers ignores it and rotates the halves of a head")]
    [InlineData("phi3", "full_attn_mod", "2", "transformers ignores it, so that only 1 is supported")]
    [InlineData("phi3", "interpolate_factor", "4", "transformers ignores it, so that only 1 is supported")]
    [InlineData("phi3", "lm_head_bias", "true", "transformers ignores it: this family has no biases")]
    [InlineData("phi3", "mlp_bias", "true", "transformers ignores it: this family has no biases")]
    public void Others_are_refused(string type, string field, string value, string why) =>
        Assert.Equal($"\"{field}\" is {value}: {why}", Reading.Problem($"{{ \"model_type\": \"{type}\", {Sizes}, \"{field}\": {value} }}"));

    [Theory]
    [InlineData("quantization", "{ \"group_size\": 64, \"bits\": 4 }", "MLX")]
    [InlineData("compression_config", "{ \"quant_method\": \"compressed-tensors\" }", "compressed-tensors")]
    public void Other_spellings_of_quantised_checkpoints_are_named(string field, string value, string method) =>
        Assert.Equal(
            $"\"{field}\" is an object: quantized weights ({method}) are not supported: use a checkpoint in F32, BF16 or F16",
            Reading.Problem($"{{ \"model_type\": \"llama\", {Sizes}, \"{field}\": {value} }}")
        );

    /// <summary>A cross-encoder's scores are its logits; an activation of sentence-transformers is reported.</summary>
    [Theory]
    [InlineData("\"sbert_ce_default_activation_function\": \"torch.nn.modules.linear.Identity\"")]
    [InlineData("\"sentence_transformers\": { \"activation_fn\": \"torch.nn.modules.activation.Sigmoid\", \"version\": \"4.1.0\" }")]
    public void What_is_applied_to_logits_is_said(string field)
    {
        ConfigurationReading reading = Reading.Of(
            $"{{ \"model_type\": \"bert\", \"architectures\": [\"BertForSequenceClassification\"], {Sizes}, \"type_vocab_size\": 2, \"num_labels\": 1, {field} }}"
        );
        Assert.True(reading.IsUsable(acceptsUnread: false));
        ConfigurationProblem problem = Assert.Single(reading.Problems);
        Assert.Equal(ConfigurationProblemKind.Unused, problem.Kind);
        Assert.EndsWith(
            ": sentence-transformers applies it to the logits, which the model returns unchanged",
            problem.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(1, reading.Architecture!.Head!.Output!.Width);
    }

    /// <summary>LLaMA as it was first converted, MPT with its own program, and T5 11B.</summary>
    [Theory]
    [InlineData("llama", "LLaMAForCausalLM", "LlamaForCausalLM", Sizes)]
    [InlineData(
        "mpt",
        "MPTForCausalLM",
        "MptForCausalLM",
        "\"d_model\": 96, \"n_layers\": 2, \"n_heads\": 6, \"vocab_size\": 300, \"max_seq_len\": 64"
    )]
    [InlineData(
        "t5",
        "T5WithLMHeadModel",
        "T5ForConditionalGeneration",
        "\"d_model\": 96, \"d_kv\": 16, \"num_heads\": 6, \"num_layers\": 2, \"d_ff\": 128, \"vocab_size\": 300"
    )]
    public void Former_names_of_classes(string type, string former, string name, string sizes)
    {
        TransformerArchitecture Named(string architecture) =>
            Reading.Architecture($"{{ \"model_type\": \"{type}\", \"architectures\": [\"{architecture}\"], {sizes} }}");
        Assert.Equal(Named(name), Named(former));
    }

    [Theory]
    [InlineData("\"position_embedding_type\": \"rotary\"")]
    public void Other_positions_of_BERT_are_not_called_relative(string field) =>
        Assert.EndsWith(
            ": only absolute positions are supported for this family",
            Reading.Problem($"{{ \"model_type\": \"bert\", {Sizes}, {field} }}"),
            StringComparison.Ordinal
        );

    /// <summary>Classes of encoder-decoders that are not built, each with the reason, and with what can be done.</summary>
    [Theory]
    [InlineData(
        "bart",
        "BartForSequenceClassification",
        ". Its head reads the last states of the decoder, which sessions with a source do not return"
    )]
    [InlineData(
        "mbart",
        "MBartForQuestionAnswering",
        ". Its head reads the last states of the decoder, which sessions with a source do not return"
    )]
    [InlineData("bart", "BartForCausalLM", ". It is a decoder without a source")]
    [InlineData("t5", "T5ForTokenClassification", ". Its head reads the states of the encoder")]
    [InlineData("whisper", "WhisperForAudioClassification", ". Its head reads the states of the encoder")]
    [InlineData(
        "bart",
        "BartModel",
        ". Its output is the last states of the decoder, which sessions with a source do not return. To compute logits from these states, write \"BartForConditionalGeneration\""
    )]
    [InlineData(
        "marian",
        "MarianModel",
        ". Its output is the last states of the decoder, which sessions with a source do not return. To compute logits from these states, write \"MarianMTModel\""
    )]
    [InlineData(
        "t5",
        "T5Model",
        ". Its output is the last states of the decoder, which sessions with a source do not return. To compute logits from these states, write \"T5ForConditionalGeneration\""
    )]
    [InlineData("t5", "T5Stack", "")]
    public void Classes_of_encoder_decoders_are_refused_with_the_reason(string type, string name, string reason)
    {
        string File(string architecture) =>
            $"{{ \"model_type\": \"{type}\", \"architectures\": [\"{architecture}\"]{(type is "t5" or "whisper" ? "" : ", " + Bart)} }}";
        string message = Reading.Problem(File(name));
        Assert.StartsWith(
            $"\"architectures\" names \"{name}\", which is not supported: this family is as ",
            message,
            StringComparison.Ordinal
        );
        Assert.EndsWith(reason.Length > 0 ? reason : "T5EncoderModel", message, StringComparison.Ordinal);

        // The suggested fix works.
        if (message.Split("write \"") is [_, var advice])
        {
            Assert.Equal(Architecture.Stack.EncoderDecoder, Reading.Architecture(File(advice.Split('"')[0])).Stack);
        }
    }
}
