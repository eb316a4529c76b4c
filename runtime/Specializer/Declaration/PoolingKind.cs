namespace Specializer;

/// <summary>How a model's output comes from the last hidden states of all tokens.</summary>
public enum PoolingKind
{
    /// <summary>It does not: every token keeps its own.</summary>
    None,

    /// <summary>The first token's (BERT's [CLS], without its pooler).</summary>
    First,

    /// <summary>The mean of all (Reimers and Gurevych 2019, Sentence-BERT).</summary>
    Mean,

    /// <summary>The last token's.</summary>
    Last,

    /// <summary>The mean of all, each weighted by its number from 1 on: Σ i · xᵢ / Σ i (Muennighoff 2022, SGPT).</summary>
    WeightedMean,

    /// <summary>The maximum of each element over all tokens (Reimers and Gurevych 2019, Sentence-BERT).</summary>
    Max,
}
