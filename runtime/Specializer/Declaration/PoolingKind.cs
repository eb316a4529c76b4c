#if GENERATOR
namespace Specializer.Generator.Architecture;

#else
namespace Specializer;

#endif

/// <summary>Specifies how the last hidden states of all tokens become the output of a model.</summary>
#if GENERATOR
internal
#else
public
#endif
enum PoolingKind
{
    /// <summary>No pooling: the output has one state for each token.</summary>
    None,

    /// <summary>The state of the first token (BERT's [CLS], without its pooler).</summary>
    First,

    /// <summary>The mean of the states of all tokens (Reimers and Gurevych 2019, Sentence-BERT).</summary>
    Mean,

    /// <summary>The state of the last token.</summary>
    Last,

    /// <summary>The mean of all states, weighted by their positions counted from 1: Σ i · xᵢ / Σ i (Muennighoff 2022, SGPT).</summary>
    WeightedMean,

    /// <summary>The maximum of each element over the states of all tokens (Reimers and Gurevych 2019, Sentence-BERT).</summary>
    Max,
}
