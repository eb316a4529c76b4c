namespace Specializer;

/// <summary>How queries weigh values.</summary>
public enum AttentionForm
{
    /// <summary>By the softmax of their products with the keys (Vaswani et al. 2017).</summary>
    Softmax,

    /// <summary>
    /// By φ(q) · φ(k) with φ(x) = elu(x) + 1 (Katharopoulos et al. 2020): a sum over the keys that a state of constant size
    /// keeps, so that cost is linear in the length and a decoder's session does not grow with its context.
    /// </summary>
    Linear,
}
