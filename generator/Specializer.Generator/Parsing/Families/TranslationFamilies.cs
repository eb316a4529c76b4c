using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>mBART's blocks with sinusoidal positions and no norm of the embeddings: M2M100, which NLLB uses, and PEGASUS.</summary>
internal static class TranslationFamilies
{
    /// <summary>
    /// M2M100ForConditionalGeneration (Fan et al. 2021; NLLB): fairseq's sinusoids, whose first position follows the padding token's
    /// number and whose last frequency is 1 / 10000.
    /// </summary>
    /// <remarks>Every token has a position, unlike in transformers, where padding tokens have none.</remarks>
    public static TransformerArchitecture M2M100(ModelConfiguration configuration)
    {
        const string name = "M2M100ForConditionalGeneration";
        ModelClass.Require(configuration, ModelClass.Name(configuration, name), [name]);
        RefuseOthers(configuration);
        int padding = configuration.Find("pad_token_id") is null
            ? 1
            : (int)configuration.Number("pad_token_id", 1, NumberRange.ZeroOrPositive);
        return BartFamilies.Build(
            configuration,
            new SinusoidalPositions(Interleaved: false) { First = padding + 1, Endpoint = true },
            embeddingNorm: false,
            epsilon: 1e-5,
            logitsBias: false,
            "relu",
            preNorm: true,
            vocabulary: 128_112,
            scales: true
        );
    }

    /// <summary>PegasusForConditionalGeneration (Zhang et al. 2020): Marian's sinusoids and a bias on the logits.</summary>
    public static TransformerArchitecture Pegasus(ModelConfiguration configuration)
    {
        const string name = "PegasusForConditionalGeneration";
        ModelClass.Require(configuration, ModelClass.Name(configuration, name), [name]);
        RefuseOthers(configuration);
        return BartFamilies.Build(
            configuration,
            new SinusoidalPositions(Interleaved: false),
            embeddingNorm: false,
            epsilon: 1e-5,
            logitsBias: true,
            "gelu",
            preNorm: true
        );
    }

    /// <summary>Accounts for the fields of BART's first class, which published files contain and both classes ignore.</summary>
    private static void RefuseOthers(ModelConfiguration configuration)
    {
        configuration.Fix("normalize_before", true);
        configuration.Fix("add_final_layer_norm", true);
        configuration.Fix("normalize_embedding", false);
        configuration.Fix("static_position_embeddings", true);
    }
}
