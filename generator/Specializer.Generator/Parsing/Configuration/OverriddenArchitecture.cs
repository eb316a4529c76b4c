using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Parsing.Configuration;

/// <summary>Puts what attributes say in the place of what a config.json says.</summary>
internal static class OverriddenArchitecture
{
    /// <exception cref="ConfigurationException">The file's model has not what is overridden.</exception>
    public static TransformerArchitecture Apply(TransformerArchitecture architecture, ArchitectureOverrides overrides)
    {
        architecture = WithStorage(architecture, overrides.WeightStorage);
        if (!(overrides with { WeightStorage = WeightStorage.Float32 }).Any)
        {
            return architecture;
        }

        Refuse(architecture.Encoder is not null, "it declares an encoder-decoder, beside which only ContextLength, ChunkLength, SourceLength and WeightStorage may be given");
        Refuse(
            architecture.Stack == Stack.Encoder && (overrides.TiedEmbeddings is not null || overrides.LogitsSoftCap is not null),
            "it declares an encoder, which has no logits: remove TiedEmbeddings and LogitsSoftCap");
        Refuse(
            overrides.NormFormula is { } formula && formula != architecture.Norm.Formula,
            architecture.Norm.Formula == NormFormula.Layer ? "it declares LayerNorm: write NormKind.Layer" : "it declares RMSNorm: write NormKind.RootMeanSquare");
        Refuse(architecture.Embeddings.Patches is not null && overrides.VocabularySize is not null, "it declares an encoder of images, which has no vocabulary: remove VocabularySize");
        return architecture with
        {
            Embeddings = architecture.Embeddings with
            {
                VocabularySize = overrides.VocabularySize ?? architecture.Embeddings.VocabularySize,
                Scale = overrides.EmbeddingScale ?? architecture.Embeddings.Scale,
            },
            Attention = architecture.Attention with
            {
                Scale = overrides.AttentionScale ?? architecture.Attention.Scale,
                SoftCap = overrides.AttentionSoftCap ?? architecture.Attention.SoftCap,
            },
            Norm = architecture.Norm with { Epsilon = overrides.NormEpsilon ?? architecture.Norm.Epsilon },
            Logits = architecture.Logits with
            {
                Tied = overrides.TiedEmbeddings ?? architecture.Logits.Tied,
                SoftCap = overrides.LogitsSoftCap ?? architecture.Logits.SoftCap,
            },
            LayerKinds = new EquatableArray<LayerKind>(Kinds(architecture, overrides)),
        };
    }

    /// <summary>An encoder holds its weights as its decoder does.</summary>
    private static TransformerArchitecture WithStorage(TransformerArchitecture architecture, WeightStorage storage) =>
        architecture with { WeightStorage = storage, Encoder = architecture.Encoder is { } encoder ? encoder with { WeightStorage = storage } : null };

    /// <summary>Where layers differ in their rotary base, the attribute speaks of those without a window.</summary>
    private static IEnumerable<LayerKind> Kinds(TransformerArchitecture architecture, ArchitectureOverrides overrides)
    {
        if (overrides.RotaryBase is null && overrides.RotaryScaling is null)
        {
            return architecture.LayerKinds;
        }

        Refuse(!architecture.LayerKinds.Any(static kind => kind.Positions is RotaryPositions), "it declares no rotary positions: remove [RotaryPositions]");
        bool differ = architecture.LayerKinds.Select(static kind => kind.Positions).Distinct().Count() > 1;
        return architecture.LayerKinds.Select(kind => kind.Positions is RotaryPositions rotary && !(differ && kind.Window > 0)
            ? kind with { Positions = rotary with { Base = overrides.RotaryBase ?? rotary.Base, Scaling = overrides.RotaryScaling ?? rotary.Scaling } }
            : kind);
    }

    private static void Refuse(bool condition, string why)
    {
        if (condition)
        {
            throw new ConfigurationException(why, 0, 1);
        }
    }
}
