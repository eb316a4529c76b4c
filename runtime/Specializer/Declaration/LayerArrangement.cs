#if GENERATOR
namespace Specializer.Generator.Architecture;

#else
namespace Specializer;

#endif

/// <summary>Specifies the positions of the norms and residual connections in a layer.</summary>
#if GENERATOR
internal
#else
public
#endif
enum LayerArrangement
{
    /// <summary>x += attention(norm(x)); x += feedForward(norm(x)) (Xiong et al. 2020).</summary>
    PreNorm,

    /// <summary>x += attention(norm(x)) + feedForward(norm(x)), one norm for both (GPT-J, Phi; Chowdhery et al. 2022, PaLM).</summary>
    ParallelOneNorm,

    /// <summary>x += attention(norm₁(x)) + feedForward(norm₂(x)) (Black et al. 2022, GPT-NeoX).</summary>
    ParallelTwoNorms,

    /// <summary>x += norm(attention(norm(x))); x += norm(feedForward(norm(x))) (Gemma 2 and 3).</summary>
    Sandwich,

    /// <summary>
    /// x = norm(x + attention(x)); x = norm(x + feedForward(x)), without a norm after the last layer (Vaswani et al. 2017; BERT).
    /// </summary>
    PostNorm,

    /// <summary>
    /// x = norm(x); x += attention(x); x = norm(x); x += feedForward(x). The residual connection starts from the output of the
    /// norm (BLOOM's apply_residual_connection_post_layernorm; Workshop et al. 2022).
    /// </summary>
    NormedResidual,

    /// <summary>x += norm(attention(x)); x += norm(feedForward(x)) (OLMo et al. 2024, OLMo 2; EXAONE 4).</summary>
    OutputNorm,
#if GENERATOR

    /// <summary>
    /// x += attention(x); x += feedForward(norm(x)), the first layer after a norm of the embeddings (ModernBERT). Only a
    /// configuration selects it: a declaration has one arrangement for all layers.
    /// </summary>
    FeedForwardNorm,
#endif
}
