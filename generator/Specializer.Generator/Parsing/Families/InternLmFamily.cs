using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>InternLM2ForCausalLM (Cai et al. 2024): LLaMA with fused queries, keys and values, one key/value head after another.</summary>
internal static class InternLmFamily
{
    private static readonly LlamaFamilies.Defaults s_internLm2 = new(103_168, 4096, 11_008, 32, 32, null, 2048) { HasHeadDim = false };

    public static TransformerArchitecture InternLm2(ModelConfiguration configuration)
    {
        TransformerArchitecture model = LlamaFamilies.Common(configuration, s_internLm2);
        bool bias = configuration.Flag("bias", true);
        const string layer = "model.layers.{layer}.";
        DecoderClass classes = new("InternLM2") { SequenceClassification = "InternLM2ForSequenceClassification" };
        return classes.Apply(
            configuration,
            model.WithAttention(attention => attention.WithBias(bias, bias)) with
            {
                Checkpoint = model.Checkpoint with
                {
                    QueryKeyValue = QueryKeyValueStorage.PerKeyValueHead,
                    Names = new CheckpointNames(
                        "model.tok_embeddings",
                        layer + "attention_norm",
                        "",
                        "",
                        "",
                        layer + "attention.wo",
                        layer + "ffn_norm",
                        layer + "feed_forward.w1",
                        layer + "feed_forward.w3",
                        layer + "feed_forward.w2",
                        "model.norm",
                        "output"
                    )
                    {
                        QueryKeyValue = layer + "attention.wqkv",
                    },
                },
            }
        );
    }
}
