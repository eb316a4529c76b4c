using Specializer.Generator.Architecture;

namespace Specializer.Fuzzing;

using LayerArrangement = Specializer.Generator.Architecture.LayerArrangement;

/// <content>The names of the tensors of a case.</content>
internal sealed partial record FuzzCase
{
    private CheckpointNames Names(string side)
    {
        string layer = side + "layers.{layer}." + (SetsPerGroup == 1 ? "" : "inner.{inner}.");
        bool post = Arrangement == LayerArrangement.PostNorm;
        return new CheckpointNames(
            SharedEmbeddings ? "embed" : side + "embed",
            layer + "norm1",
            layer + "q",
            layer + "k",
            layer + "v",
            layer + "o",
            layer + "norm2",
            layer + "gate",
            layer + "up",
            layer + "down",
            NoFinalNorm || post ? "" : side + "norm",
            "logits"
        )
        {
            PositionEmbedding = side + "positions",
            PatchProjection = side + "patches",
            FirstState = side + "first_state",
            LaterStates = side + "later_states",
            AttentionScale = layer + "scale1",
            FeedForwardScale = layer + "scale2",
            FirstConvolution = side + "conv1",
            SecondConvolution = side + "conv2",
            TokenTypeEmbedding = side + "types",
            EmbeddingNorm = side + "embed_norm",
            EmbeddingProjection = side + "embed_projection",
            RelativeBias = side + "relative",
            QueryKeyValue = layer + "qkv",
            GateUp = layer + "gate_up",
            QueryNorm = layer + "q_norm",
            KeyNorm = layer + "k_norm",
            AttentionOutputNorm = layer + "norm1_after",
            FeedForwardOutputNorm = layer + "norm2_after",
            CrossAttentionNorm = layer + "cross_norm",
            CrossAttentionOutputNorm = layer + "cross_norm_after",
            CrossQuery = layer + "cross_q",
            CrossKey = layer + "cross_k",
            CrossValue = layer + "cross_v",
            CrossKeyValue = CrossKeyValue ? layer + "cross_kv" : "",
            CrossOutput = layer + "cross_o",
            GlobalQuery = layer + "global_q",
            GlobalKey = layer + "global_k",
            GlobalValue = layer + "global_v",
            Probe = "probe",
            ProbeAttention = "probe_attention.",
            ProbeNorm = "probe_norm",
            ProbeUp = "probe_up",
            ProbeDown = "probe_down",
            HeadDense = "head_dense",
            HeadNorm = "head_norm",
        };
    }
}
