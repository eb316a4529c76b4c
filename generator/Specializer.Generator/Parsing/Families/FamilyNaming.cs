using System;
using System.Collections.Generic;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>
/// The variations of each family's tensor names from file to file. The base prefix is the common prefix of the names in its
/// layout.
/// </summary>
internal static class FamilyNaming
{
    private const string FinalLogitsBias = "final_logits_bias";

    /// <summary>
    /// Families other than text models of multimodal files, families whose files contain duplicate tensors, and families with
    /// other head names.
    /// </summary>
    private static readonly Dictionary<string, CheckpointNaming> s_namings = new(StringComparer.Ordinal)
    {
        ["phi3"] = CheckpointNaming.PlainDecoder,
        ["gpt2"] = CheckpointNaming.PlainDecoder.With("multiple_choice_head.*"),
        ["gptj"] = CheckpointNaming.PlainDecoder,
        ["gpt_neox"] = CheckpointNaming.PlainDecoder.With("embed_out.*"),
        ["phi"] = CheckpointNaming.PlainDecoder,
        ["bloom"] = CheckpointNaming.PlainDecoder,
        ["gpt_bigcode"] = CheckpointNaming.PlainDecoder,
        ["gpt_neo"] = CheckpointNaming.PlainDecoder,
        ["opt"] = CheckpointNaming.PlainDecoder with { BasePrefix = "model." },
        ["mpt"] = CheckpointNaming.PlainDecoder,
        ["falcon"] = CheckpointNaming.PlainDecoder,
        ["t5"] = T5,
        ["mt5"] = T5,
        ["m2m_100"] = Bart,
        ["pegasus"] = Bart,
        ["bart"] = Bart,
        ["mbart"] = Bart,
        ["marian"] = Bart,
        ["transformer2017"] = Bart,
        ["whisper"] = CheckpointNaming.Plain,
        ["bert"] = Encoder("bert.pooler.*", "pooler.*", "cls.predictions.*", "cls.seq_relationship.*") with
        {
            Copies = Bias("cls.predictions"),
        },
        ["roberta"] = Roberta("roberta."),
        ["xlm-roberta"] = Roberta("roberta."),
        ["camembert"] = Roberta("roberta."),
        ["longformer"] = Roberta("longformer."),
        ["distilbert"] = Encoder("vocab_transform.*", "vocab_layer_norm.*", "vocab_projector.*", "pre_classifier.*"),
        ["albert"] = Encoder("albert.pooler.*", "predictions.*", "sop_classifier.*") with { Copies = Bias("predictions") },
        ["modernbert"] = Encoder("head.*", "decoder.*") with { BasePrefix = "model." },
        ["electra"] = Encoder("discriminator_predictions.*", "generator_predictions.*", "generator_lm_head.*", "sequence_summary.*"),
        ["mpnet"] = Roberta("mpnet."),
        ["nomic_bert"] = Encoder("pooler.*", "cls.*"),
        ["deit"] = CheckpointNaming.Plain.With(
            "deit.pooler.*",
            "classifier.*",
            "cls_classifier.*",
            "distillation_classifier.*",
            "decoder.*"
        ),
        ["dinov2"] = CheckpointNaming.Plain.With("classifier.*"),
        ["dinov2_with_registers"] = CheckpointNaming.Plain.With("classifier.*"),
        ["dinov3_vit"] = CheckpointNaming.Plain.With("classifier.*") with { BasePrefix = "model." },
        ["clip_text_model"] = Tower("vision_model.*", "visual_projection.*", "text_projection.*"),
        ["clip_vision_model"] = Tower("text_model.*", "text_projection.*", "visual_projection.*"),
        ["siglip_text_model"] = Tower("vision_model.*"),
        ["siglip_vision_model"] = Tower("text_model.*", "vision_model.head.*"),
        ["vit"] = CheckpointNaming.Plain.With("vit.pooler.*", "classifier.*", "decoder.*"),
    };

    private static CheckpointNaming T5 =>
        CheckpointNaming.Plain.With("decoder.block.*", "decoder.final_layer_norm.*", "lm_head.*") with
        {
            Copies = new([new("shared.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight")]),
        };

    private static CheckpointNaming Bart =>
        new()
        {
            Unread = new(["classification_head.*", "qa_outputs.*"]),
            Copies = new([new("model.shared.weight", "model.encoder.embed_tokens.weight", "model.decoder.embed_tokens.weight")]),
            ZeroIfAbsent = new([FinalLogitsBias]),
        };

    /// <param name="type">The model's <c>model_type</c>.</param>
    /// <param name="configuration">Its fields.</param>
    /// <param name="architecture">The architecture that they declare.</param>
    public static TransformerArchitecture Apply(string type, ModelConfiguration configuration, TransformerArchitecture architecture)
    {
        CheckpointNaming naming = s_namings.TryGetValue(type, out CheckpointNaming? known) ? known : CheckpointNaming.Decoder;

        // transformers 5 marks every T5 as tied but keeps the head if the file contains one.
        naming = IsT5(type) && configuration.Flag("tie_word_embeddings", true) ? naming with { EmbeddingsStandForLogits = true } : naming;
        naming = naming with { ProjectionsVary = true, OutputMatrixChoice = Choice(type, architecture) };
        return architecture with { Checkpoint = architecture.Checkpoint with { Naming = naming } };
    }

    private static bool IsT5(string type) => type is "t5" or "mt5";

    /// <summary>Only decoders allow TiedEmbeddings with a config.json. T5 is the only encoder-decoder that reads the field.</summary>
    private static OutputMatrixChoice Choice(string type, TransformerArchitecture architecture) =>
        architecture.Stack == Stack.Decoder ? OutputMatrixChoice.Declared
        : architecture.Stack == Stack.Encoder ? OutputMatrixChoice.Configured
        : !IsT5(type) ? OutputMatrixChoice.Fixed
        : architecture.Logits.Scale == 1 ? OutputMatrixChoice.Configured
        : OutputMatrixChoice.ConfiguredWithScale;

    private static CheckpointNaming Encoder(params string[] unread) =>
        CheckpointNaming.Plain.With("classifier.*", "qa_outputs.*").With(unread);

    /// <summary>One of two encoders in a file; old files contain the numbers of the positions.</summary>
    private static CheckpointNaming Tower(params string[] unread) =>
        CheckpointNaming
            .Plain.With("logit_scale*", "logit_bias*", "text_model.embeddings.position_ids*", "vision_model.embeddings.position_ids*")
            .With(unread) with
        {
            BasePrefix = "",
        };

    private static CheckpointNaming Roberta(string prefix) =>
        Encoder(prefix + "pooler.*", "lm_head.*") with
        {
            Copies = new([new("lm_head.bias", "lm_head.decoder.bias")]),
        };

    /// <summary>The bias of the word logits, which belongs to the head and to its decoder.</summary>
    private static EquatableArray<TensorCopies> Bias(string head) => new([new(head + ".bias", head + ".decoder.bias")]);
}
