using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Diagnostics;

namespace Specializer.Generator.Parsing;

/// <summary>Reads under which names and in which layout a checkpoint keeps the tensors.</summary>
internal static class TensorNamesParser
{
    private const string Layer = "{layer}";

    /// <summary>The names that no family after LLaMA's has, where the parts that need them are declared.</summary>
    public static CheckpointLayout Parse(DeclaredParts parts, TransformerArchitecture architecture, bool finalNorm, ParseContext context)
    {
        AttributeReader given = parts.Part("TensorNames");
        bool readable = given.IsPresent && ArchitectureParser.IsReadable(given, context);
        var reader = new Reader(given, readable, context);
        bool sandwich = architecture.Arrangement == BlockArrangement.Sandwich;
        CheckpointNames usual = CheckpointNames.Llama;
        int storage = readable ? given.Named("QueryKeyValueStorage", 0) : 0;
        bool gateUp = readable && given.Has("GateUp");
        if (readable)
        {
            ArchitectureParser.CheckEnum(storage, 3, "QueryKeyValueStorage", given.NamedLocation("QueryKeyValueStorage"), "a value of QueryKeyValueStorage", context);
            CheckContradictions(given, architecture, storage, gateUp, finalNorm, context);
        }

        var names = new CheckpointNames(
            reader.Name("TokenEmbedding", usual.TokenEmbedding, perLayer: false),
            reader.Name("AttentionNorm", usual.AttentionNorm),
            reader.Name("Query", usual.Query),
            reader.Name("Key", usual.Key),
            reader.Name("Value", usual.Value),
            reader.Name("AttentionOutput", usual.AttentionOutput),
            reader.Name("FeedForwardNorm", sandwich ? "model.layers.{layer}.pre_feedforward_layernorm" : usual.FeedForwardNorm),
            reader.Name("Gate", usual.Gate),
            reader.Name("Up", usual.Up),
            reader.Name("Down", usual.Down),
            finalNorm ? reader.Name("FinalNorm", usual.FinalNorm, perLayer: false) : "",
            reader.Name("Logits", usual.Logits, perLayer: false))
        {
            PositionEmbedding = architecture.Embeddings.Positions is LearnedPositions ? reader.Name("PositionEmbedding", "model.embed_positions", perLayer: false) : "",
            EmbeddingNorm = architecture.Embeddings.Norm ? reader.Name("EmbeddingNorm", "model.layernorm_embedding", perLayer: false) : "",
            QueryKeyValue = storage == 0 ? "" : reader.Name("QueryKeyValue", "model.layers.{layer}.self_attn.qkv_proj"),
            GateUp = gateUp ? reader.Name("GateUp", "") : "",
            QueryNorm = architecture.Attention.QueryKeyNorm ? reader.Name("QueryNorm", "model.layers.{layer}.self_attn.q_norm") : "",
            KeyNorm = architecture.Attention.QueryKeyNorm ? reader.Name("KeyNorm", "model.layers.{layer}.self_attn.k_norm") : "",
            AttentionOutputNorm = sandwich ? reader.Name("AttentionOutputNorm", "model.layers.{layer}.post_attention_layernorm") : "",
            FeedForwardOutputNorm = sandwich ? reader.Name("FeedForwardOutputNorm", "model.layers.{layer}.post_feedforward_layernorm") : "",
        };
        return CheckpointLayout.Llama with
        {
            Names = names,
            QueryKeyValue = (QueryKeyValueLayout)storage,
            GateUpConcatenated = gateUp,
            InputsFirst = readable && given.Named("InputsFirst", false),
        };
    }

    /// <summary>Names of tensors that the model does not have, so that a slip in the declaration is not read over.</summary>
    private static void CheckContradictions(
        AttributeReader given, TransformerArchitecture architecture, int storage, bool gateUp, bool finalNorm, ParseContext context)
    {
        AttentionArchitecture attention = architecture.Attention;
        void Exclude(string name, bool excluded, string other, string mend)
        {
            if (excluded && given.Has(name))
            {
                context.Report(DiagnosticDescriptors.PartsExcludeEachOther, given.NamedLocation(name), Mend.Remove, name, other, mend);
            }
        }

        foreach (string name in new[] { "Query", "Key", "Value" })
        {
            Exclude(name, storage != 0, "a QueryKeyValueStorage in one tensor", "name the one tensor with QueryKeyValue");
        }

        Exclude("QueryKeyValue", storage == 0, "QueryKeyValueStorage.Separate", "say with QueryKeyValueStorage how the one tensor is laid out");
        Exclude("Gate", gateUp, "GateUp", "one tensor holds both or two hold one each");
        Exclude("Up", gateUp, "GateUp", "one tensor holds both or two hold one each");
        Exclude("Gate", !architecture.FeedForward.Gated, "an activation without a gate", "remove it, or declare a gated activation");
        Exclude("GateUp", !architecture.FeedForward.Gated, "an activation without a gate", "name the projection with Up, or declare a gated activation");
        Exclude("PositionEmbedding", architecture.Embeddings.Positions is not LearnedPositions, "a model without [LearnedPositions]", "remove it, or declare learned positions");
        Exclude("EmbeddingNorm", !architecture.Embeddings.Norm, "a model without EmbeddingNorm", "remove it, or set EmbeddingNorm of [Transformer]");
        Exclude("QueryNorm", !attention.QueryKeyNorm, "a model without QueryKeyNorm", "remove it, or set QueryKeyNorm of [Attention]");
        Exclude("KeyNorm", !attention.QueryKeyNorm, "a model without QueryKeyNorm", "remove it, or set QueryKeyNorm of [Attention]");
        Exclude("AttentionOutputNorm", architecture.Arrangement != BlockArrangement.Sandwich, "an arrangement without norms behind the blocks", "remove it, or declare LayerArrangement.Sandwich");
        Exclude("FeedForwardOutputNorm", architecture.Arrangement != BlockArrangement.Sandwich, "an arrangement without norms behind the blocks", "remove it, or declare LayerArrangement.Sandwich");
        Exclude("FeedForwardNorm", architecture.Arrangement == BlockArrangement.ParallelOneNorm, "LayerArrangement.ParallelOneNorm", "the one norm is named with AttentionNorm");
        Exclude("FinalNorm", !finalNorm, "NoFinalNorm", "remove one of them");
        if (storage != 0 && (attention.QueryBias != attention.KeyBias || attention.KeyBias != attention.ValueBias))
        {
            context.Report(
                DiagnosticDescriptors.PartsExcludeEachOther,
                given.NamedLocation("QueryKeyValueStorage"),
                "A QueryKeyValueStorage in one tensor",
                "a bias on some of the projections only",
                "one tensor has one bias, so give all three projections a bias or none");
        }
    }

    private sealed class Reader(AttributeReader given, bool readable, ParseContext context)
    {
        private readonly Dictionary<string, string> _properties = new(StringComparer.Ordinal);

        public string Name(string property, string usual, bool perLayer = true)
        {
            if (!readable || !given.Has(property))
            {
                return usual;
            }

            string name = given.Named<string?>(property, null) ?? "";
            string? problem = Problem(property, name, perLayer);
            if (problem is not null)
            {
                context.Report(DiagnosticDescriptors.UnsuitableTensorName, given.NamedLocation(property), property, name, problem);
            }

            _properties[name] = property;
            return name;
        }

        private string? Problem(string property, string name, bool perLayer)
        {
            int layers = (name.Length - name.Replace(Layer, "").Length) / Layer.Length;
            return name.Trim().Length == 0 ? "is empty: give the tensor's name without \".weight\""
                : name.Any(static letter => char.IsControl(letter) || letter is '"' or '\\') ? "holds a quotation mark, a backslash or a control character"
                : name.EndsWith(".weight", StringComparison.Ordinal) || name.EndsWith(".bias", StringComparison.Ordinal) ? "ends in what is added to it: leave out \".weight\" and \".bias\""
                : perLayer && layers != 1 ? "must hold \"{layer}\" once, where the layer's number stands"
                : !perLayer && layers != 0 ? "must not hold \"{layer}\", since the model has one such tensor"
                : _properties.TryGetValue(name, out string? other) ? "is " + other + "'s name too: every tensor has its own"
                : null;
        }
    }
}
