using System;

namespace Specializer.Text;

/// <summary>
/// Vectors in memory, and an exact search among them that compares the query with every vector. Searches may run on several
/// threads at once while no vector is added.
/// </summary>
/// <example>
/// <code>
/// var index = new VectorIndex(embedder.Dimensions);
/// index.AddRange(embedder.Embed(passages));
/// foreach (VectorMatch match in index.Search(embedder.Embed("a question"), 5))
/// {
///     Console.WriteLine($"{match.Score:F3} {passages[match.Index]}");
/// }
/// </code>
/// </example>
public sealed class VectorIndex
{
    private float[] _vectors = [];
    private float[] _squares = [];

    /// <summary>Creates an empty index.</summary>
    /// <param name="dimensions">The number of elements of each vector.</param>
    /// <param name="similarity">The kind of score.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimensions"/> is less than 1, or the kind of score is not defined.</exception>
    public VectorIndex(int dimensions, VectorSimilarity similarity = VectorSimilarity.Cosine)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        if (!Enum.IsDefined(similarity))
        {
            throw new ArgumentOutOfRangeException(nameof(similarity), similarity, "The kind of score is not defined.");
        }

        Dimensions = dimensions;
        Similarity = similarity;
    }

    /// <summary>The number of elements of each vector.</summary>
    public int Dimensions { get; }

    /// <summary>The kind of score.</summary>
    public VectorSimilarity Similarity { get; }

    /// <summary>The number of vectors.</summary>
    public int Count { get; private set; }

    /// <summary>Returns a vector, as it was added.</summary>
    /// <param name="index">The index, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such vector.</exception>
    public ReadOnlySpan<float> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return _vectors.AsSpan(index * Dimensions, Dimensions);
        }
    }

    /// <summary>Adds a vector.</summary>
    /// <param name="vector">The vector, of <see cref="Dimensions"/> finite numbers.</param>
    /// <returns>The index of the vector.</returns>
    /// <exception cref="ArgumentException">The vector has another length, or an element is not finite.</exception>
    public int Add(ReadOnlySpan<float> vector)
    {
        CheckVector(vector);
        int needed = checked((Count + 1) * Dimensions);
        if (needed > _vectors.Length)
        {
            int vectors = (int)Math.Min(Math.Max(16L, Count * 2L), Array.MaxLength / Dimensions);
            Array.Resize(ref _vectors, Math.Max(needed, vectors * Dimensions));
            Array.Resize(ref _squares, Math.Max(Count + 1, vectors));
        }

        vector.CopyTo(_vectors.AsSpan(Count * Dimensions));
        _squares[Count] = VectorSearch.Dot(vector, vector);
        return Count++;
    }

    /// <summary>Adds vectors.</summary>
    /// <param name="vectors">The vectors, each of <see cref="Dimensions"/> finite numbers.</param>
    /// <exception cref="ArgumentException">A vector has another length, or an element is not finite. The vectors before it stay.</exception>
    public void AddRange(ReadOnlySpan<float[]> vectors)
    {
        foreach (float[] vector in vectors)
        {
            Add(vector);
        }
    }

    /// <summary>Finds the most similar vectors.</summary>
    /// <param name="query">The query, of <see cref="Dimensions"/> finite numbers.</param>
    /// <param name="count">The number of matches wanted.</param>
    /// <returns>The matches, best first; the lower index first if scores are equal.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    /// <exception cref="ArgumentException">The query has another length, or an element is not finite.</exception>
    public VectorMatch[] Search(ReadOnlySpan<float> query, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var best = new VectorMatch[Math.Min(count, Count)];
        Search(query, best);
        return best;
    }

    /// <summary>Finds the most similar vectors, without allocation.</summary>
    /// <param name="query">The query, of <see cref="Dimensions"/> finite numbers.</param>
    /// <param name="best">Receives the matches, best first. Its length is the number of matches wanted.</param>
    /// <returns>The number of matches: the smaller one of the length of <paramref name="best"/> and <see cref="Count"/>.</returns>
    /// <exception cref="ArgumentException">The query has another length, or an element is not finite.</exception>
    public int Search(ReadOnlySpan<float> query, Span<VectorMatch> best)
    {
        CheckVector(query);
        ReadOnlySpan<float> vectors = _vectors.AsSpan(0, Count * Dimensions);
        if (Similarity != VectorSimilarity.Cosine)
        {
            return VectorSearch.FindBest(vectors, query, best, Similarity);
        }

        int found = 0;
        float square = VectorSearch.Dot(query, query);
        for (int row = 0; row < Count; row++)
        {
            float dot = VectorSearch.Dot(vectors.Slice(row * Dimensions, Dimensions), query);
            VectorSearch.Insert(best, ref found, row, VectorSearch.Cosine(dot, _squares[row], square));
        }

        return found;
    }

    private void CheckVector(ReadOnlySpan<float> vector)
    {
        if (vector.Length != Dimensions)
        {
            throw new ArgumentException($"The vector has {vector.Length} elements; the index has vectors of {Dimensions}.");
        }

        for (int i = 0; i < vector.Length; i++)
        {
            if (!float.IsFinite(vector[i]))
            {
                throw new ArgumentException(
                    FormattableString.Invariant($"Element {i} of the vector is {vector[i]}; expected a finite number.")
                );
            }
        }
    }
}
