using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Diagnostics;

namespace Specializer.Generator.Parsing;

/// <summary>Reads the names and the layout of a checkpoint's tensors.</summary>
internal static class TensorNamesParser
{
    private const string StackName = "{stack}";

    /// <summary>Reads the names, with LLaMA's names as the defaults.</summary>
    /// <param name="parts">The attributes.</param>
    /// <param name="architecture">The declared architecture.</param>
    /// <param name="stack">The stack of an encoder-decoder to read the names of; empty for other models.</param>
    /// <param name="finalNorm">Whether a norm follows the last layer.</param>
    /// <param name="ownEmbeddings">Whether the stacks of an encoder-decoder have token embeddings of their own.</param>
    /// <param name="context">Receives the errors.</param>
    public static CheckpointLayout Parse(
        DeclaredParts parts,
        TransformerArchitecture architecture,
        string stack,
        bool finalNorm,
        bool ownEmbeddings,
        ParseContext context
    )
    {
        AttributeReader given = parts.Part("TensorNames");
        bool readable = given.IsPresent && CheckedArguments.IsReadable(given, context);
        var reader = new Reader(given, readable, stack, context);
        bool sandwich = architecture.Arrangement == LayerArrangement.Sandwich,
            post = architecture.Arrangement is LayerArrangement.PostNorm or LayerArrangement.OutputNorm;
        CheckpointNames usual = CheckpointNames.Llama;
        QueryKeyValueStorage storage = readable
            ? given.Named("QueryKeyValueStorage", QueryKeyValueStorage.Separate)
            : QueryKeyValueStorage.Separate;
        bool gateUp = readable && given.Has("GateUp");
        if (readable)
        {
            CheckedArguments.CheckEnum(storage, "QueryKeyValueStorage", given.NamedLocation("QueryKeyValueStorage"), context);
            CheckContradictions(given, architecture, storage, gateUp, finalNorm, context);
        }

        var names = new CheckpointNames(
            reader.Name(
                "TokenEmbedding",
                ownEmbeddings ? "model.{stack}.embed_tokens" : usual.TokenEmbedding,
                perLayer: false,
                ownEmbeddings ? NameScope.EachStack : NameScope.AnyStack
            ),
            post ? "" : reader.Name("AttentionNorm", usual.AttentionNorm),
            reader.Name("Query", usual.Query),
            reader.Name("Key", usual.Key),
            reader.Name("Value", usual.Value),
            reader.Name("AttentionOutput", usual.AttentionOutput),
            post ? "" : reader.Name("FeedForwardNorm", sandwich ? "model.layers.{layer}.pre_feedforward_layernorm" : usual.FeedForwardNorm),
            reader.Name("Gate", usual.Gate),
            reader.Name("Up", usual.Up),
            reader.Name("Down", usual.Down),
            finalNorm ? reader.Name("FinalNorm", usual.FinalNorm, perLayer: false) : "",
            reader.Name("Logits", usual.Logits, perLayer: false, NameScope.Decoder)
        )
        {
            PositionEmbedding =
                architecture.Embeddings.Positions is LearnedPositions
                    ? reader.Name("PositionEmbedding", "model.embed_positions", perLayer: false)
                    : "",
            TokenTypeEmbedding =
                architecture.Embeddings.TokenTypes > 0 ? reader.Name("TokenTypeEmbedding", "model.embed_token_types", perLayer: false) : "",
            EmbeddingNorm = architecture.Embeddings.Norm ? reader.Name("EmbeddingNorm", "model.layernorm_embedding", perLayer: false) : "",
            QueryKeyValue =
                storage == QueryKeyValueStorage.Separate ? "" : reader.Name("QueryKeyValue", "model.layers.{layer}.self_attn.qkv_proj"),
            GateUp = gateUp ? reader.Name("GateUp", "") : "",
            QueryNorm = architecture.Attention.QueryKeyNorm ? reader.Name("QueryNorm", "model.layers.{layer}.self_attn.q_norm") : "",
            KeyNorm = architecture.Attention.QueryKeyNorm ? reader.Name("KeyNorm", "model.layers.{layer}.self_attn.k_norm") : "",
            AttentionOutputNorm =
                sandwich || post ? reader.Name("AttentionOutputNorm", "model.layers.{layer}.post_attention_layernorm") : "",
            FeedForwardOutputNorm =
                sandwich || post ? reader.Name("FeedForwardOutputNorm", "model.layers.{layer}.post_feedforward_layernorm") : "",
            CrossAttentionNorm = Cross("CrossAttentionNorm", "encoder_attn_layernorm"),
            CrossAttentionOutputNorm = sandwich ? Cross("CrossAttentionOutputNorm", "post_encoder_attn_layernorm") : "",
            CrossQuery = Cross("CrossQuery", "encoder_attn.q_proj"),
            CrossKey = Cross("CrossKey", "encoder_attn.k_proj"),
            CrossValue = Cross("CrossValue", "encoder_attn.v_proj"),
            CrossKeyValue = readable && given.Has("CrossKeyValue") ? Cross("CrossKeyValue", "") : "",
            CrossOutput = Cross("CrossOutput", "encoder_attn.o_proj"),
            GlobalQuery = Global("GlobalQuery", "q_global_proj"),
            GlobalKey = Global("GlobalKey", "k_global_proj"),
            GlobalValue = Global("GlobalValue", "v_global_proj"),
        };
        return CheckpointLayout.Llama with
        {
            Names = names,
            QueryKeyValue = storage,
            GateUpConcatenated = gateUp,
            InputsFirst = readable && given.Named("InputsFirst", false),
            Ignored = new(
                CheckpointLayout.Llama.Ignored.Concat(
                    readable && stack != "encoder" ? TensorNameOverridesParser.Ignored(given, context) : []
                )
            ),
            Suffixes = new TensorSuffixes(
                Suffix("WeightSuffix", ".weight"),
                Suffix("BiasSuffix", ".bias"),
                Suffix("NormWeightSuffix", ".weight"),
                Suffix("NormBiasSuffix", ".bias")
            ),
        };

        string Cross(string property, string usualName) =>
            stack == "decoder" ? reader.Name(property, "model.decoder.layers.{layer}." + usualName, scope: NameScope.Decoder) : "";
        string Global(string property, string usualName) =>
            architecture.GlobalTokens ? reader.Name(property, "model.layers.{layer}.self_attn." + usualName) : "";
        string Suffix(string property, string usualSuffix) => reader.Suffix(property, usualSuffix);
    }

    /// <summary>
    /// Reports names of tensors that the model does not have, so that an error in the declaration is not overlooked.
    /// </summary>
    private static void CheckContradictions(
        AttributeReader given,
        TransformerArchitecture architecture,
        QueryKeyValueStorage storage,
        bool gateUp,
        bool finalNorm,
        ParseContext context
    )
    {
        AttentionArchitecture attention = architecture.Attention;
        void Exclude(string name, bool excluded, string other, string advice)
        {
            if (excluded && given.Has(name))
            {
                context.Report(
                    DiagnosticDescriptors.PartsExcludeEachOther,
                    given.NamedLocation(name),
                    SuggestedFix.Remove,
                    name,
                    other,
                    advice
                );
            }
        }

        foreach (string name in new[] { "Query", "Key", "Value" })
        {
            Exclude(
                name,
                storage != QueryKeyValueStorage.Separate,
                "a QueryKeyValueStorage in one tensor",
                "name the fused tensor with QueryKeyValue"
            );
        }

        Exclude(
            "QueryKeyValue",
            storage == QueryKeyValueStorage.Separate,
            "QueryKeyValueStorage.Separate",
            "set QueryKeyValueStorage to the layout of the fused tensor"
        );
        Exclude("Gate", gateUp, "GateUp", "use either one fused tensor or two tensors");
        Exclude("Up", gateUp, "GateUp", "use either one fused tensor or two tensors");
        Exclude("Gate", !architecture.FeedForward.Gated, "an activation without a gate", "remove it, or declare a gated activation");
        Exclude(
            "GateUp",
            !architecture.FeedForward.Gated,
            "an activation without a gate",
            "name the projection with Up, or declare a gated activation"
        );
        Exclude(
            "PositionEmbedding",
            architecture.Embeddings.Positions is not LearnedPositions,
            "a model without [LearnedPositions]",
            "remove it, or declare learned positions"
        );
        Exclude(
            "EmbeddingNorm",
            !architecture.Embeddings.Norm,
            "a model without EmbeddingNorm",
            "remove it, or set EmbeddingNorm of [Transformer]"
        );
        Exclude("QueryNorm", !attention.QueryKeyNorm, "a model without QueryKeyNorm", "remove it, or set QueryKeyNorm of [Attention]");
        Exclude("KeyNorm", !attention.QueryKeyNorm, "a model without QueryKeyNorm", "remove it, or set QueryKeyNorm of [Attention]");
        bool output = architecture.Arrangement == LayerArrangement.OutputNorm,
            post = output || architecture.Arrangement == LayerArrangement.PostNorm,
            after = post || architecture.Arrangement == LayerArrangement.Sandwich;
        string arrangement = output ? "LayerArrangement.OutputNorm" : "LayerArrangement.PostNorm";
        Exclude(
            "AttentionOutputNorm",
            !after,
            "an arrangement without norms after the blocks",
            "remove it, or declare LayerArrangement.Sandwich"
        );
        Exclude(
            "FeedForwardOutputNorm",
            !after,
            "an arrangement without norms after the blocks",
            "remove it, or declare LayerArrangement.Sandwich"
        );
        Exclude("AttentionNorm", post, arrangement, "name the norm after the attention with AttentionOutputNorm");
        Exclude("FeedForwardNorm", post, arrangement, "name the norm after the feed-forward block with FeedForwardOutputNorm");
        Exclude(
            "TokenTypeEmbedding",
            architecture.Embeddings.TokenTypes == 0,
            "a model without TokenTypes",
            "remove it, or set TokenTypes of [Transformer]"
        );
        foreach (
            string name in new[]
            {
                "CrossAttentionNorm",
                "CrossAttentionOutputNorm",
                "CrossQuery",
                "CrossKey",
                "CrossValue",
                "CrossKeyValue",
                "CrossOutput",
            }
        )
        {
            Exclude(
                name,
                architecture.Stack != Stack.EncoderDecoder,
                "a model without a source",
                "remove it, or declare Stack.EncoderDecoder"
            );
        }

        Exclude(
            "CrossAttentionOutputNorm",
            architecture.Stack == Stack.EncoderDecoder && architecture.Arrangement != LayerArrangement.Sandwich,
            "an arrangement without norms before and after the blocks",
            "remove it, or declare LayerArrangement.Sandwich"
        );
        Exclude("CrossKey", given.Has("CrossKeyValue"), "CrossKeyValue", "use either one fused tensor or two tensors");
        Exclude("CrossValue", given.Has("CrossKeyValue"), "CrossKeyValue", "use either one fused tensor or two tensors");
        foreach (string name in new[] { "GlobalQuery", "GlobalKey", "GlobalValue" })
        {
            Exclude(name, !architecture.GlobalTokens, "a model without GlobalTokens", "remove it, or set GlobalTokens of [Attention]");
        }

        Exclude(
            "FeedForwardNorm",
            architecture.Arrangement == LayerArrangement.ParallelOneNorm,
            "LayerArrangement.ParallelOneNorm",
            "name the shared norm with AttentionNorm"
        );
        Exclude("FinalNorm", !finalNorm, post && !output ? "LayerArrangement.PostNorm" : "NoFinalNorm", "remove one of them");
        if (
            storage != QueryKeyValueStorage.Separate
            && (attention.QueryBias != attention.KeyBias || attention.KeyBias != attention.ValueBias)
        )
        {
            context.Report(
                DiagnosticDescriptors.PartsExcludeEachOther,
                given.NamedLocation("QueryKeyValueStorage"),
                "A QueryKeyValueStorage in one tensor",
                "a bias on some of the projections only",
                "a fused tensor has one bias; give all three projections a bias or none"
            );
        }
    }

    /// <summary>The stacks of an encoder-decoder that have a tensor.</summary>
    private enum NameScope
    {
        /// <summary>Each stack has its own.</summary>
        EachStack,

        /// <summary>Each stack has its own, or both share one.</summary>
        AnyStack,

        /// <summary>Only the decoder has it.</summary>
        Decoder,
    }

    private sealed class Reader(AttributeReader given, bool readable, string stack, ParseContext context)
    {
        private readonly Dictionary<string, string> _properties = new(StringComparer.Ordinal);

        public string Suffix(string property, string usual)
        {
            string suffix = readable ? given.Named<string?>(property, null) ?? usual : usual;
            if (TensorNameOverridesParser.IsUnreadable(suffix))
            {
                context.Report(
                    DiagnosticDescriptors.UnsuitableTensorName,
                    given.NamedLocation(property),
                    property,
                    suffix,
                    "contains a quotation mark, a backslash or a control character"
                );
            }

            return suffix;
        }

        public string Name(string property, string usual, bool perLayer = true, NameScope scope = NameScope.EachStack)
        {
            if (!readable || !given.Has(property))
            {
                // Hugging Face's usual encoder-decoder names have the stack before the layers.
                return (
                    stack.Length > 0 && scope == NameScope.EachStack && usual.IndexOf(StackName, StringComparison.Ordinal) < 0
                        ? usual.Replace("model.", "model.{stack}.")
                        : usual
                ).Replace(StackName, stack);
            }

            string name = given.Named<string?>(property, null) ?? "";
            string? problem = Problem(property, name, perLayer, scope);
            if (problem is not null)
            {
                context.Report(DiagnosticDescriptors.UnsuitableTensorName, given.NamedLocation(property), property, name, problem);
            }

            _properties[name] = property;
            return name.Replace(StackName, stack);
        }

        private string? Problem(string property, string name, bool perLayer, NameScope scope)
        {
            int stacks = TensorNameOverridesParser.Count(name, StackName);
            bool each = stack.Length > 0 && scope == NameScope.EachStack;
            return TensorNameOverridesParser.Problem(name, perLayer) is { } problem ? problem
                : each && stacks == 0
                    ? "must contain \"{stack}\" in the place of \"encoder\" or \"decoder\", because each stack has its own"
                : stacks > 0 && (stack.Length == 0 || scope == NameScope.Decoder)
                    ? "must not contain \"{stack}\", because only one stack has such a tensor"
                : _properties.TryGetValue(name, out string? other) ? "is " + other + "'s name too: every tensor needs a name of its own"
                : null;
        }
    }
}
