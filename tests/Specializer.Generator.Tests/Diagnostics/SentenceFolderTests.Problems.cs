using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Xunit;

namespace Specializer.Generator.Tests.Diagnostics;

/// <summary>Errors in the files of a folder, each reported at its place.</summary>
public sealed partial class SentenceFolderTests
{
    [Theory]
    [InlineData(
        "1_Pooling/config.json",
        "\"pooling_mode_mean_tokens\": true",
        "\"pooling_mode_mean_tokens\": false",
        "\"pooling_mode_mean_tokens\" is false, but must be true, because no other pooling is chosen",
        "false"
    )]
    [InlineData(
        "1_Pooling/config.json",
        "\"pooling_mode_max_tokens\": false",
        "\"pooling_mode_max_tokens\": true",
        "\"pooling_mode_mean_tokens\" is true: more than one pooling is not supported",
        "true"
    )]
    [InlineData(
        "1_Pooling/config.json",
        "\"pooling_mode_mean_tokens\": true, \"pooling_mode_max_tokens\": false",
        "\"pooling_mode_max_tokens\": true",
        "\"pooling_mode_mean_tokens\" is not given, but must be true or false, because its default",
        "{"
    )]
    [InlineData(
        "1_Pooling/config.json",
        "\"pooling_mode_mean_sqrt_len_tokens\": false",
        "\"pooling_mode\": \"mean_sqrt_len_tokens\"",
        "\"pooling_mode\" is \"mean_sqrt_len_tokens\": a sum divided by the square root",
        "\"mean_sqrt_len_tokens\""
    )]
    [InlineData(
        "1_Pooling/config.json",
        "\"pooling_mode_mean_sqrt_len_tokens\": false",
        "\"pooling_mode\": [\"mean\", \"cls\"]",
        "\"pooling_mode\" is an array: more than one pooling",
        "[\"mean\", \"cls\"]"
    )]
    [InlineData(
        "1_Pooling/config.json",
        "\"pooling_mode_mean_sqrt_len_tokens\": false",
        "\"pooling_mode\": \"men\"",
        "\"pooling_mode\" is \"men\", but must be one of cls, max, mean, weightedmean, lasttoken",
        "\"men\""
    )]
    [InlineData(
        "1_Pooling/config.json",
        "\"pooling_mode_mean_sqrt_len_tokens\": false",
        "\"include_prompt\": false",
        "\"include_prompt\" is false: pooling that excludes prompt tokens",
        "false"
    )]
    [InlineData(
        "1_Pooling/config.json",
        "\"pooling_mode_mean_sqrt_len_tokens\": false",
        "\"attention_pooling\": true",
        "\"attention_pooling\" is true: its name suggests that it changes the computation",
        "true"
    )]
    [InlineData("1_Pooling/config.json", "96", "95", "\"word_embedding_dimension\" is 95, but must be 96, the width of its input", "95")]
    [InlineData("1_Pooling/config.json", "{", "", "the file is not JSON", ":")]
    [InlineData("2_Dense/config.json", "96", "40", "\"in_features\" is 40, but must be 96", "40")]
    [InlineData("2_Dense/config.json", "40", "0", "\"out_features\" is 0, but must be an integer", "0")]
    [InlineData(
        "2_Dense/config.json",
        "torch.nn.modules.activation.Tanh",
        "torch.nn.modules.activation.Softsign",
        "\"activation_function\" is \"torch.nn.modules.activation.Softsign\", but must be one of Identity, Tanh",
        "\"torch.nn.modules.activation.Softsign\""
    )]
    [InlineData("2_Dense/config.json", "\"bias\": true", "\"use_residual\": true", "\"use_residual\" is true: a residual sum", "true")]
    [InlineData(
        "2_Dense/config.json",
        "\"bias\": true",
        "\"module_input_name\": \"token_embeddings\"",
        "\"module_input_name\" is \"token_embeddings\": only \"sentence_embedding\"",
        "\"token_embeddings\""
    )]
    [InlineData(
        "modules.json",
        "sentence_transformers.models.Dense",
        "sentence_transformers.models.CNN",
        "\"[2].type\" is \"sentence_transformers.models.CNN\", but must be one of Transformer, Pooling, Dense",
        "\"sentence_transformers.models.CNN\""
    )]
    [InlineData(
        "modules.json",
        "sentence_transformers.models.Dense",
        "own_code.Dense",
        "\"[2].type\" is \"own_code.Dense\", but must be a module of sentence-transformers",
        "\"own_code.Dense\""
    )]
    [InlineData(
        "modules.json",
        "sentence_transformers.models.Transformer",
        "sentence_transformers.models.Pooling",
        "\"[0].type\" is \"sentence_transformers.models.Pooling\", but must be Transformer",
        "\"sentence_transformers.models.Pooling\""
    )]
    [InlineData(
        "modules.json",
        "sentence_transformers.models.Dense",
        "sentence_transformers.models.Pooling",
        "\"[2].type\" is \"sentence_transformers.models.Pooling\": exactly one pooling must follow the transformer",
        "\"sentence_transformers.models.Pooling\""
    )]
    [InlineData("modules.json", "2_Dense", "../x", "\"[2].path\" is \"../x\", but must be the name of a folder", "\"../x\"")]
    [InlineData(
        "modules.json",
        "2_Dense",
        "4_Dense",
        "\"[2].path\" is \"4_Dense\", but must be a folder whose config.json is passed to the generator",
        "\"4_Dense\""
    )]
    [InlineData("modules.json", "[", "{", "the file is not JSON", "{")]
    [InlineData(
        "sentence_bert_config.json",
        "feature-extraction",
        "fill-mask",
        "\"transformer_task\" is \"fill-mask\": only feature-extraction",
        "\"fill-mask\""
    )]
    [InlineData(
        "config_sentence_transformers.json",
        "SentenceTransformer",
        "SparseEncoder",
        "\"model_type\" is \"SparseEncoder\": only SentenceTransformer models",
        "\"SparseEncoder\""
    )]
    public async Task What_is_wrong_is_reported_in_its_file(string name, string right, string wrong, string message, string pointedAt)
    {
        Dictionary<string, string> texts = new()
        {
            ["modules.json"] = Modules("Transformer, 1_Pooling, 2_Dense, 3_Normalize"),
            ["1_Pooling/config.json"] = Pooling,
            ["2_Dense/config.json"] = Dense,
            ["sentence_bert_config.json"] =
                """{ "max_seq_length": 128, "do_lower_case": false, "transformer_task": "feature-extraction" }""",
            ["config_sentence_transformers.json"] =
                """{ "model_type": "SentenceTransformer", "prompts": { "query": "" }, "similarity_fn_name": "cosine" }""",
        };
        Assert.Empty(await Problems(texts));
        Assert.Contains(right, texts[name], StringComparison.Ordinal);
        int at = texts[name].IndexOf(right, StringComparison.Ordinal);
        texts[name] = texts[name][..at] + wrong + texts[name][(at + right.Length)..];

        // At the attribute, and in the file's own line.
        Diagnostic[] found = await Problems(texts);
        Assert.All(
            found,
            diagnostic =>
                Assert.StartsWith($"mini/{name}: {message}", diagnostic.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        );
        Assert.Equal(found[0].Id, found[1].Id);
        Diagnostic inFile = Assert.Single(found, static diagnostic => !diagnostic.Location.IsInSource);
        Assert.EndsWith("/mini/" + name, inFile.Location.GetLineSpan().Path, StringComparison.Ordinal);
        Assert.StartsWith(pointedAt, texts[name][inFile.Location.SourceSpan.Start..], StringComparison.Ordinal);
    }
}
