#if GENERATOR
namespace Specializer.Generator.Architecture;

#else
namespace Specializer;

#endif

/// <summary>Specifies the form of an attention.</summary>
#if GENERATOR
internal
#else
public
#endif
enum AttentionForm
{
    /// <summary>The softmax of the products with the keys (Vaswani et al. 2017).</summary>
    Softmax,

    /// <summary>
    /// Linear attention: φ(q) · φ(k) with φ(x) = elu(x) + 1 (Katharopoulos et al. 2020). A state of constant size holds the sum
    /// over the keys. The cost is linear in the length, and the memory of a decoder's session does not depend on its context.
    /// </summary>
    Linear,
}
