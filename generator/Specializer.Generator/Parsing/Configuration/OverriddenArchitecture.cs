using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Parsing.Configuration;

/// <summary>Puts what attributes say in the place of what a config.json says.</summary>
internal static class OverriddenArchitecture
{
    /// <param name="architecture">What the file says.</param>
    /// <param name="overrides">What the attributes say.</param>
    /// <param name="problems">Is told where the file's model has not what is overridden.</param>
    public static TransformerArchitecture Apply(
        TransformerArchitecture architecture,
        ArchitectureOverrides overrides,
        ConfigurationProblems problems
    )
    {
        architecture = WithStorage(architecture, overrides.WeightStorage);
        architecture = overrides.TensorNames is { } names ? RenamedCheckpoint.Apply(architecture, names, problems) : architecture;
        if (!(overrides with { WeightStorage = WeightStorage.Float32, TensorNames = null }).Any)
        {
            return architecture;
        }

        Refuse(
            problems,
            architecture.Encoder is not null,
            "it declares an encoder-decoder, beside which only ContextLength, ChunkLength, SourceLength, WeightStorage and [TensorNames] may be given"
        );
        Refuse(
            problems,
            architecture.Stack == Stack.Encoder && (overrides.TiedEmbeddings is not null || overrides.LogitsSoftCap is not null),
            "it declares an encoder, which has no logits: remove TiedEmbeddings and LogitsSoftCap"
        );
        Refuse(
            problems,
            overrides.NormFormula is { } formula && formula != architecture.Norm.Formula,
            architecture.Norm.Formula == NormFormula.Layer
                ? "it declares LayerNorm: write NormKind.Layer"
                : "it declares RMSNorm: write NormKind.RootMeanSquare"
        );
        Refuse(
            problems,
            architecture.Embeddings.Patches is not null && overrides.VocabularySize is not null,
            "it declares an encoder of images, which has no vocabulary: remove VocabularySize"
        );
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
            LayerKinds = new EquatableArray<LayerKind>(Kinds(architecture, overrides, problems)),
        };
    }

    /// <summary>An encoder holds its weights as its decoder does.</summary>
    private static TransformerArchitecture WithStorage(TransformerArchitecture architecture, WeightStorage storage) =>
        architecture with
        {
            WeightStorage = storage,
            Encoder = architecture.Encoder is { } encoder ? encoder with { WeightStorage = storage } : null,
        };

    /// <summary>
    /// Base and Scaling are for the layers that the file's rope_theta is for, WindowBase for those with fields of their own: an
    /// attribute changes the kind that it names, whatever the values of the other.
    /// </summary>
    private static IEnumerable<LayerKind> Kinds(
        TransformerArchitecture architecture,
        ArchitectureOverrides overrides,
        ConfigurationProblems problems
    )
    {
        Refuse(
            problems,
            overrides.WindowRotaryBase is not null && !architecture.LayerKinds.Any(static kind => kind.OwnPositions),
            "it has no rotary positions of their own for layers with a window: remove WindowBase"
        );
        if (overrides.RotaryBase is null && overrides.RotaryScaling is null && overrides.WindowRotaryBase is null)
        {
            return architecture.LayerKinds;
        }

        Refuse(
            problems,
            !architecture.LayerKinds.Any(static kind => kind.Positions is RotaryPositions),
            "it declares no rotary positions: remove [RotaryPositions]"
        );
        return architecture.LayerKinds.Select(kind =>
            kind.Positions is not RotaryPositions rotary ? kind
            : kind.OwnPositions ? kind with { Positions = rotary with { Base = overrides.WindowRotaryBase ?? rotary.Base } }
            : kind with
            {
                Positions = rotary with { Base = overrides.RotaryBase ?? rotary.Base, Scaling = overrides.RotaryScaling ?? rotary.Scaling },
            }
        );
    }

    private static void Refuse(ConfigurationProblems problems, bool condition, string why)
    {
        if (condition)
        {
            problems.Add(why);
        }
    }
}
