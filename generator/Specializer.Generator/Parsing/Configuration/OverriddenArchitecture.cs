using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Parsing.Configuration;

/// <summary>Replaces values of a config.json with those of attributes.</summary>
internal static class OverriddenArchitecture
{
    /// <param name="architecture">The architecture of the file.</param>
    /// <param name="overrides">The values of the attributes.</param>
    /// <param name="problems">Receives overridden values that the model of the file does not have.</param>
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
            "it declares an encoder-decoder, for which only ContextLength, ChunkLength, SourceLength, WeightStorage and [TensorNames] can be set"
        );
        Refuse(
            problems,
            architecture.Stack == Stack.Encoder && (overrides.TiedEmbeddings is not null || overrides.LogitsSoftCap is not null),
            "it declares an encoder, which has no logits: remove TiedEmbeddings and LogitsSoftCap"
        );
        Refuse(
            problems,
            overrides.NormKind is { } formula && formula != architecture.Norm.Kind,
            architecture.Norm.Kind == NormKind.Layer
                ? "it declares LayerNorm: write NormKind.Layer"
                : "it declares RMSNorm: write NormKind.RootMeanSquare"
        );
        Refuse(
            problems,
            architecture.Embeddings.Patches is not null && overrides.VocabularySize is not null,
            "it declares an image encoder, which has no vocabulary: remove VocabularySize"
        );
        CheckPositions(architecture, overrides, problems);
        return architecture.WithAttention(attention => Attention(attention, overrides)) with
        {
            Embeddings = architecture.Embeddings with
            {
                VocabularySize = overrides.VocabularySize ?? architecture.Embeddings.VocabularySize,
                Scale = overrides.EmbeddingScale ?? architecture.Embeddings.Scale,
            },
            Norm = architecture.Norm with { Epsilon = overrides.NormEpsilon ?? architecture.Norm.Epsilon },
            Logits = architecture.Logits with
            {
                Tied = overrides.TiedEmbeddings ?? architecture.Logits.Tied,
                SoftCap = overrides.LogitsSoftCap ?? architecture.Logits.SoftCap,
            },
        };
    }

    private static AttentionArchitecture Attention(AttentionArchitecture attention, ArchitectureOverrides overrides) =>
        attention with
        {
            Scale = overrides.AttentionScale ?? attention.Scale,
            SoftCap = overrides.AttentionSoftCap ?? attention.SoftCap,
            Positions = Positions(attention, overrides),
        };

    /// <summary>Gives the encoder of an encoder-decoder the storage type of the decoder.</summary>
    private static TransformerArchitecture WithStorage(TransformerArchitecture architecture, WeightStorage storage) =>
        architecture with
        {
            WeightStorage = storage,
            Encoder = architecture.Encoder is { } encoder ? encoder with { WeightStorage = storage } : null,
        };

    /// <summary>
    /// Returns the overridden positions. Base and Scaling apply to the layers that use rope_theta, WindowBase to
    /// layers with fields of their own. An attribute changes the kind that it names, whatever the values of the other kind.
    /// </summary>
    private static AttentionPositions Positions(AttentionArchitecture attention, ArchitectureOverrides overrides) =>
        attention.Positions is not RotaryPositions rotary ? attention.Positions
        : attention.OwnPositions ? rotary with { Base = overrides.WindowRotaryBase ?? rotary.Base }
        : rotary with { Base = overrides.RotaryBase ?? rotary.Base, Scaling = overrides.FrequencyScaling ?? rotary.Scaling };

    private static void CheckPositions(
        TransformerArchitecture architecture,
        ArchitectureOverrides overrides,
        ConfigurationProblems problems
    )
    {
        Refuse(
            problems,
            overrides.WindowRotaryBase is not null
                && !architecture.LayerKinds.Any(static kind => kind.Mixer is AttentionArchitecture { OwnPositions: true }),
            "its layers with a window have no rotary positions of their own: remove WindowBase"
        );
        bool changes = overrides.RotaryBase is not null || overrides.FrequencyScaling is not null || overrides.WindowRotaryBase is not null;
        Refuse(
            problems,
            changes && !architecture.LayerKinds.Any(static kind => kind.Mixer is AttentionArchitecture { Positions: RotaryPositions }),
            "it declares no rotary positions: remove [RotaryPositions]"
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
