namespace Specializer;

/// <summary>How an encoder's output comes from the last hidden states of all tokens.</summary>
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
}
