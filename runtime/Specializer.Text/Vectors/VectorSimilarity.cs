namespace Specializer.Text;

/// <summary>Specifies how two vectors are compared. A higher score means more similar vectors.</summary>
/// <remarks>Source: UKPLab/sentence-transformers, <c>similarity_fn_name</c> of <c>config_sentence_transformers.json</c>.</remarks>
public enum VectorSimilarity
{
    /// <summary>The cosine of the angle, Σ aᵢ · bᵢ / (|a| · |b|); 0 if a vector has the length 0 (<c>cosine</c>).</summary>
    Cosine,

    /// <summary>The dot product, Σ aᵢ · bᵢ (<c>dot</c>).</summary>
    DotProduct,

    /// <summary>The negative Euclidean distance, -√Σ (aᵢ - bᵢ)² (<c>euclidean</c>).</summary>
    Euclidean,

    /// <summary>The negative Manhattan distance, -Σ |aᵢ - bᵢ| (<c>manhattan</c>).</summary>
    Manhattan,
}
