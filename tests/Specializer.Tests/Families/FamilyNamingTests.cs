using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.TestKit;
using Specializer.Tests.EncoderDecoder;
using Xunit;

namespace Specializer.Tests.Families;

/// <summary>Every family's golden checkpoint under the other names that transformers takes: the same weights, to the bit, or a refusal.</summary>
[Feature("tensor-names")]
[Feature("decoder-families")]
public sealed class FamilyNamingTests
{
    /// <summary>The golden checkpoints.</summary>
    /// <param name="Name">The folder.</param>
    /// <param name="Prefix">The prefix of the body's names.</param>
    /// <param name="Load">Loads the model.</param>
    private sealed record Named(string Name, string Prefix, Func<WeightsSource, ModelOptions, TransformerModel> Load)
    {
        /// <summary>The token embeddings; empty where there are none.</summary>
        public string Embedding { get; init; } = "";

        /// <summary>The output matrix of a model with tied embeddings; empty for other models.</summary>
        public string TiedMatrix { get; init; } = "";

        /// <summary>A buffer or head that the family's files may hold.</summary>
        public string Unread { get; init; } = "";

        /// <summary>The golden checkpoint with the prefix, which bare models leave out.</summary>
        public RewrittenCheckpoint Open()
        {
            RewrittenCheckpoint golden = RewrittenCheckpoint.Of(SharedData.Path("goldens", Name, "model.safetensors"));
            bool isBare = Prefix.Length > 0 && !golden.Names.Any(name => name.StartsWith(Prefix, StringComparison.Ordinal));
            return isBare ? golden.Rename(name => Prefix + name) : golden;
        }
    }

    private static readonly Named[] s_all =
    [
        New("llama3", "model.", Llama3.Load, "model.embed_tokens.weight", "lm_head.weight", "model.layers.0.self_attn.rotary_emb.inv_freq"),
        New("mistral", "model.", Mistral.Load, "model.embed_tokens.weight", "", "multi_modal_projector.linear_1.weight"),
        New("qwen2", "model.", Qwen2.Load, "model.embed_tokens.weight", "lm_head.weight", "visual.blocks.0.norm1.weight"),
        New("qwen3", "model.", Qwen3.Load, "model.embed_tokens.weight", "lm_head.weight", "mtp.norm.weight"),
        New("phi3", "model.", Phi3.Load, "model.embed_tokens.weight", "", "model.rotary_emb.inv_freq"),
        New("gemma", "model.", Gemma.Load, "model.embed_tokens.weight", "lm_head.weight", "score.weight"),
        New("gemma2", "model.", Gemma2.Load, "model.embed_tokens.weight", "lm_head.weight", "model.layers.3.self_attn.rotary_emb.inv_freq"),
        New(
            "gemma3",
            "model.",
            Gemma3.Load,
            "model.embed_tokens.weight",
            "lm_head.weight",
            "vision_tower.vision_model.embeddings.position_embedding.weight"
        ),
        New("gpt2", "transformer.", Gpt2.Load, "transformer.wte.weight", "lm_head.weight", "transformer.h.0.attn.bias"),
        New("gptj", "transformer.", GptJ.Load, "transformer.wte.weight", "", "transformer.h.1.attn.masked_bias"),
        New("gpt_neox", "gpt_neox.", GptNeoX.Load, "gpt_neox.embed_in.weight", "", "gpt_neox.layers.0.attention.rotary_emb.inv_freq"),
        New("phi", "model.", Phi.Load, "model.embed_tokens.weight", "", "model.layers.0.self_attn.rotary_emb.inv_freq"),
        New("bloom", "transformer.", Bloom.Load, "transformer.word_embeddings.weight", "lm_head.weight", "score.weight"),
        New("mpt", "transformer.", Mpt.Load, "transformer.wte.weight", "lm_head.weight", "qa_outputs.bias"),
        New(
            "falcon",
            "transformer.",
            Falcon.Load,
            "transformer.word_embeddings.weight",
            "lm_head.weight",
            "transformer.h.0.self_attention.rotary_emb.inv_freq"
        ),
        New("bert", "bert.", Bert.Load, "bert.embeddings.word_embeddings.weight", "", "cls.predictions.transform.dense.weight"),
        New(
            "bert_mlm",
            "bert.",
            BertMaskedLanguageModel.Load,
            "bert.embeddings.word_embeddings.weight",
            "cls.predictions.decoder.weight",
            "bert.pooler.dense.weight"
        ),
        New("roberta", "roberta.", Roberta.Load, "roberta.embeddings.word_embeddings.weight", "", "roberta.embeddings.position_ids"),
        New("longformer", "longformer.", Longformer.Load, "longformer.embeddings.word_embeddings.weight", "", "lm_head.dense.weight"),
        New(
            "distilbert",
            "distilbert.",
            DistilBert.Load,
            "distilbert.embeddings.word_embeddings.weight",
            "vocab_projector.weight",
            "pre_classifier.weight"
        ),
        New("albert", "albert.", Albert.Load, "albert.embeddings.word_embeddings.weight", "", "predictions.bias"),
        New("vit", "vit.", Vit.Load, "", "", "vit.pooler.dense.weight"),
        New("t5", "", T5.Load, "shared.weight", "lm_head.weight", "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight"),
        New("t5_v11", "", T5Gated.Load, "shared.weight", "", ""),
        New("bart", "model.", Bart.Load, "model.shared.weight", "lm_head.weight", ""),
        New("marian", "model.", Marian.Load, "model.shared.weight", "lm_head.weight", "model.encoder.embed_positions.weight"),
        New(
            "transformer2017",
            "model.",
            Transformer2017.Load,
            "model.shared.weight",
            "lm_head.weight",
            "model.decoder.embed_positions.weight"
        ),
        New("whisper", "model.", Whisper.Load, "model.decoder.embed_tokens.weight", "proj_out.weight", ""),
    ];

    public static TheoryData<string> Names => [.. s_all.Select(static named => named.Name)];

    public static TheoryData<string> Tied =>
        [.. s_all.Where(static named => named.TiedMatrix.Length > 0).Select(static named => named.Name)];

    [SharedDataTheory]
    [MemberData(nameof(Names))]
    public void The_prefix_may_be_absent_or_doubled(string name)
    {
        Named named = Of(name);
        RewrittenCheckpoint plain = named.Open();
        byte[] expected = plain.Pack(named.Load);
        string InBody(string tensor, string prefix) =>
            tensor.StartsWith(named.Prefix, StringComparison.Ordinal) ? prefix + tensor[named.Prefix.Length..] : tensor;
        Same(expected, plain.Rename(tensor => InBody(tensor, "")).Pack(named.Load));
        Same(expected, plain.Rename(tensor => InBody(tensor, named.Prefix + named.Prefix)).Pack(named.Load));
    }

    [SharedDataTheory]
    [InlineData("llama3")]
    [InlineData("mistral")]
    [InlineData("qwen2")]
    [InlineData("gemma3")]
    public void The_text_model_of_a_multimodal_file_is_found(string name)
    {
        Named named = Of(name);
        RewrittenCheckpoint plain = named.Open();
        byte[] expected = plain.Pack(named.Load);
        RewrittenCheckpoint towers = plain
            .WithZeros("vision_tower.patch.weight", 4, 4)
            .WithZeros("multi_modal_projector.linear_1.weight", 4, 4);
        Same(expected, towers.Rename(tensor => plain.Names.Contains(tensor) ? "language_model." + tensor : tensor).Pack(named.Load));
        Same(
            expected,
            towers
                .Rename(tensor =>
                    plain.Names.Contains(tensor) ? tensor.Replace("model.", "transformer.", StringComparison.Ordinal) : tensor
                )
                .Pack(named.Load)
        );
        Same(
            expected,
            towers
                .Rename(tensor =>
                    plain.Names.Contains(tensor) ? tensor.Replace("model.", "model.language_model.", StringComparison.Ordinal) : tensor
                )
                .Pack(named.Load)
        );
    }

    [SharedDataTheory]
    [MemberData(nameof(Names))]
    public void Norms_may_have_gamma_and_beta(string name)
    {
        Named named = Of(name);
        RewrittenCheckpoint plain = named.Open();
        HashSet<string> norms =
        [
            .. plain
                .Names.Where(tensor => tensor.EndsWith(".weight", StringComparison.Ordinal) && plain.Shape(tensor).Length == 1)
                .Select(tensor => tensor[..^".weight".Length]),
        ];
        Assert.NotEmpty(norms);
        string Old(string tensor) =>
            tensor.EndsWith(".weight", StringComparison.Ordinal) && norms.Contains(tensor[..^7]) ? tensor[..^7] + ".gamma"
            : tensor.EndsWith(".bias", StringComparison.Ordinal) && norms.Contains(tensor[..^5]) ? tensor[..^5] + ".beta"
            : tensor;
        Same(plain.Pack(named.Load), plain.Rename(Old).Pack(named.Load));
    }

    [SharedDataTheory]
    [MemberData(nameof(Tied))]
    public void A_stored_head_is_the_embeddings_or_is_refused(string name)
    {
        Named named = Of(name);
        RewrittenCheckpoint plain = named.Open();
        byte[] expected = plain.Pack(named.Load);
        Same(expected, plain.WithCopy(named.Embedding, named.TiedMatrix).Pack(named.Load));
        Same(expected, plain.Rename(tensor => tensor == named.Embedding ? named.TiedMatrix : tensor).Pack(named.Load));
        WeightsException exception = Assert.Throws<WeightsException>(() =>
            plain.WithCopy(named.Embedding, named.TiedMatrix, changed: true).Pack(named.Load)
        );
        WeightsProblem problem = Assert.Single(exception.Problems);
        Assert.Equal((WeightsProblemKind.CopiesDiffer, named.TiedMatrix), (problem.Kind, problem.Tensor));
        Assert.EndsWith(
            name switch
            {
                "bert_mlm" or "distilbert" =>
                    "to use the checkpoint's output matrix, set \"tie_word_embeddings\": false in the config.json; to use the embeddings, save the checkpoint without the output matrix.",
                "t5" =>
                    "to use the checkpoint's output matrix, set \"tie_word_embeddings\": false and \"scale_decoder_outputs\": true in the config.json; to use the embeddings, save the checkpoint without the output matrix.",
                "bart" or "marian" or "transformer2017" or "whisper" =>
                    "To fix it: to use the embeddings, save the checkpoint without the output matrix. An output matrix that differs from them is not supported for this family.",
                _ =>
                    "to use the checkpoint's output matrix, declare TiedEmbeddings = false (in the config.json: \"tie_word_embeddings\": false); to use the embeddings, save the checkpoint without the output matrix.",
            },
            exception.Message,
            StringComparison.Ordinal
        );

        // A bias of the head is a part that the model lacks.
        string bias = named.TiedMatrix[..^".weight".Length] + ".extra_bias";
        Assert.Equal(bias, Assert.Single(Assert.Throws<WeightsException>(() => plain.WithZeros(bias, 1).Pack(named.Load)).Problems).Tensor);
    }

    [SharedDataTheory]
    [MemberData(nameof(Tied))]
    public void Aliases_of_save_model_are_followed(string name)
    {
        Named named = Of(name);
        RewrittenCheckpoint plain = named.Open();
        byte[] expected = plain.Pack(named.Load);
        Same(expected, plain.WithAlias(named.TiedMatrix, named.Embedding).Pack(named.Load));
        Same(
            expected,
            plain
                .Rename(tensor => tensor == named.Embedding ? named.TiedMatrix : tensor)
                .WithAlias(named.Embedding, named.TiedMatrix)
                .Pack(named.Load)
        );
        Same(
            expected,
            plain
                .Rename(tensor => tensor == named.Embedding ? "some.other.name" : tensor)
                .WithAlias(named.Embedding, "some.other.name")
                .Pack(named.Load)
        );
    }

    [SharedDataTheory]
    [MemberData(nameof(Names))]
    public void What_nobody_reads_is_left_out_by_name_and_nothing_else(string name)
    {
        Named named = Of(name);
        RewrittenCheckpoint plain = named.Open();
        byte[] expected = plain.Pack(named.Load);
        if (named.Unread.Length > 0)
        {
            Same(expected, plain.WithZeros(named.Unread, 3).Pack(named.Load));
            Same(
                expected,
                plain
                    .WithZeros(named.Unread, 3)
                    .Rename(tensor => tensor.StartsWith(named.Prefix, StringComparison.Ordinal) ? tensor[named.Prefix.Length..] : tensor)
                    .Pack(named.Load)
            );
        }

        foreach (
            string extra in new[]
            {
                "adapter.weight",
                named.Prefix + "adapter.weight",
                plain.Names.First(static tensor => tensor.Contains(".0.", StringComparison.Ordinal)) + "_scale",
            }
        )
        {
            WeightsProblem problem = Assert.Single(
                Assert.Throws<WeightsException>(() => plain.WithZeros(extra, 3).Pack(named.Load)).Problems
            );
            Assert.Equal((WeightsProblemKind.UnexpectedTensor, extra), (problem.Kind, problem.Tensor));
        }
    }

    [SharedDataTheory]
    [InlineData("t5", "encoder.embed_tokens.weight")]
    [InlineData("t5_v11", "decoder.embed_tokens.weight")]
    [InlineData("bart", "model.encoder.embed_tokens.weight")]
    [InlineData("marian", "model.decoder.embed_tokens.weight")]
    [InlineData("transformer2017", "model.encoder.embed_tokens.weight")]
    public void Any_member_of_a_tied_group_stands_for_the_others(string name, string member)
    {
        Named named = Of(name);
        RewrittenCheckpoint plain = named.Open();
        byte[] expected = plain.Pack(named.Load);
        Same(expected, plain.WithCopy(named.Embedding, member).Pack(named.Load));
        Same(expected, plain.Rename(tensor => tensor == named.Embedding ? member : tensor).Pack(named.Load));
        WeightsProblem problem = Assert.Single(
            Assert.Throws<WeightsException>(() => plain.WithCopy(named.Embedding, member, changed: true).Pack(named.Load)).Problems
        );
        Assert.Equal((WeightsProblemKind.CopiesDiffer, member), (problem.Kind, problem.Tensor));
    }

    [SharedDataTheory]
    [InlineData("bart")]
    [InlineData("marian")]
    public void An_absent_bias_of_the_logits_is_zero(string name)
    {
        Named named = Of(name);
        RewrittenCheckpoint plain = named.Open(),
            without = plain.Without("final_logits_bias");
        Same(without.WithZeros("final_logits_bias", plain.Shape("final_logits_bias")).Pack(named.Load), without.Pack(named.Load));
    }

    [SharedDataTheory]
    [InlineData("llama3", "lm_head.weight", "model.embed_tokens.weight")]
    [InlineData("bert", "pooler.dense.weight", "")]
    public void A_missing_tensor_is_missing(string name, string tensor, string embedding)
    {
        Named named = Of(name);
        RewrittenCheckpoint plain = named.Open();
        string missing = embedding.Length > 0 ? embedding : named.Prefix + tensor;
        WeightsProblem problem = Assert.Single(Assert.Throws<WeightsException>(() => plain.Without(missing).Pack(named.Load)).Problems);
        Assert.Equal((WeightsProblemKind.MissingTensor, missing), (problem.Kind, problem.Tensor));
    }

    [SharedDataFact]
    public void An_untied_model_needs_its_head()
    {
        Named named = Of("mistral");
        WeightsException exception = Assert.Throws<WeightsException>(() => named.Open().Without("lm_head.weight").Pack(named.Load));
        Assert.Equal(
            (WeightsProblemKind.MissingTensor, "lm_head.weight"),
            (exception.Problems[0].Kind, Assert.Single(exception.Problems).Tensor)
        );
        Assert.Contains("declare TiedEmbeddings = true", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>GPT-2 as it is published: bare names, and buffers of the causal mask.</summary>
    [SharedDataFact]
    public void Bare_names_of_GPT2()
    {
        RewrittenCheckpoint plain = RewrittenCheckpoint.Of(SharedData.Path("models", "tiny-random-gpt2", "model.safetensors"));
        RewrittenCheckpoint bare = plain
            .Rename(static name => name.Replace("transformer.", "", StringComparison.Ordinal))
            .WithZeros("h.0.attn.bias", 1, 1, 4, 4)
            .WithZeros("h.1.attn.masked_bias");
        Same(plain.Pack(TinyRandomGpt2.Load), bare.Pack(TinyRandomGpt2.Load));
    }

    private static void Same(byte[] expected, byte[] actual) =>
        Assert.True(expected.AsSpan().SequenceEqual(actual), "The packed weights differ.");

    private static Named Of(string name) => s_all.Single(named => named.Name == name);

    private static Named New(
        string name,
        string prefix,
        Func<WeightsSource, ModelOptions, TransformerModel> load,
        string embedding,
        string tiedMatrix,
        string unread
    ) =>
        new(name, prefix, load)
        {
            Embedding = embedding,
            TiedMatrix = tiedMatrix,
            Unread = unread,
        };
}
