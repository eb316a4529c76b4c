using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>EuroBertModel and EuroBertForMaskedLM (Boizard et al. 2025): the body of LLaMA with bidirectional attention.</summary>
internal static class EuroBertFamily
{
    private static readonly LlamaFamilies.Defaults s_euroBert = new(128_256, 768, 3072, 12, 12, null, 8192) { Epsilon = 1e-5 };

    public static TransformerArchitecture EuroBert(ModelConfiguration configuration)
    {
        TransformerArchitecture model = LlamaFamilies.Common(configuration, s_euroBert);
        bool bias = configuration.Flag("attention_bias", false),
            innerBias = configuration.Flag("mlp_bias", false);
        configuration.WithoutEffect("classifier_pooling", "clf_pooling");
        const string body = "EuroBertModel",
            masked = "EuroBertForMaskedLM";
        string name = ModelClass.Name(configuration, body);
        ModelClass.Require(configuration, name, [body, masked]);
        OutputArchitecture output = new(model.Embeddings.VocabularySize, model.Logits.Tied, innerBias);
        return DecoderBody.AsEncoder(
            model
                .WithAttention(attention => attention.WithBias(bias, bias))
                .WithFeedForward(feedForward => feedForward with { Bias = innerBias }),
            name == masked ? new HeadArchitecture(PoolingKind.None, null, Norm: false, Normalize: false, output) : null,
            bidirectional: true,
            name == masked ? "lm_head" : ""
        );
    }
}
