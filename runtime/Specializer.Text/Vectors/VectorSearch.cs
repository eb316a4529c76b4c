using System;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Specializer.Text;

/// <summary>Compares vectors, and finds the vectors that are most similar to a query. No method allocates.</summary>
public static class VectorSearch
{
    /// <summary>Compares two vectors.</summary>
    /// <param name="first">The first vector.</param>
    /// <param name="second">The second vector, of the same length.</param>
    /// <param name="similarity">The kind of score.</param>
    /// <returns>The score; higher is more similar.</returns>
    /// <exception cref="ArgumentException">The vectors have different lengths.</exception>
    public static float Compare(
        ReadOnlySpan<float> first,
        ReadOnlySpan<float> second,
        VectorSimilarity similarity = VectorSimilarity.Cosine
    )
    {
        if (first.Length != second.Length)
        {
            throw new ArgumentException($"The vectors have {first.Length} and {second.Length} elements; expected equal lengths.");
        }

        return similarity switch
        {
            VectorSimilarity.Cosine => Cosine(Dot(first, second), Dot(first, first), Dot(second, second)),
            VectorSimilarity.DotProduct => Dot(first, second),
            VectorSimilarity.Euclidean => -MathF.Sqrt(SquaredDistance(first, second)),
            VectorSimilarity.Manhattan => -ManhattanDistance(first, second),
            _ => throw new ArgumentOutOfRangeException(nameof(similarity), similarity, "The kind of score is not defined."),
        };
    }

    /// <summary>Finds the most similar vectors of a matrix.</summary>
    /// <param name="vectors">The vectors, [count, query.Length], row after row.</param>
    /// <param name="query">The query.</param>
    /// <param name="best">
    /// Receives the best matches, best first; the lower index first if scores are equal. Its length is the number of matches wanted.
    /// </param>
    /// <param name="similarity">The kind of score.</param>
    /// <returns>The number of matches: the smaller one of the length of <paramref name="best"/> and the number of vectors.</returns>
    /// <exception cref="ArgumentException">
    /// The query is empty, the matrix has no whole number of rows, or a score is not a number.
    /// </exception>
    public static int FindBest(
        ReadOnlySpan<float> vectors,
        ReadOnlySpan<float> query,
        Span<VectorMatch> best,
        VectorSimilarity similarity = VectorSimilarity.Cosine
    )
    {
        if (query.IsEmpty || vectors.Length % query.Length != 0)
        {
            throw new ArgumentException(
                query.IsEmpty
                    ? "The query is empty; expected at least one element."
                    : $"{vectors.Length} elements are no whole number of vectors of {query.Length} elements, the length of the query."
            );
        }

        int found = 0;
        float length = similarity == VectorSimilarity.Cosine ? Dot(query, query) : 0;
        for (int row = 0; row * query.Length < vectors.Length; row++)
        {
            ReadOnlySpan<float> vector = vectors.Slice(row * query.Length, query.Length);
            float score =
                similarity == VectorSimilarity.Cosine
                    ? Cosine(Dot(vector, query), Dot(vector, vector), length)
                    : Compare(vector, query, similarity);
            Insert(best, ref found, row, score);
        }

        return found;
    }

    /// <summary>Divides a vector by its Euclidean length. A vector of zeros is left as it is.</summary>
    /// <param name="vector">The vector.</param>
    public static void Normalize(Span<float> vector)
    {
        double sum = 0;
        foreach (float value in vector)
        {
            sum += (double)value * value;
        }

        // The smallest divisor is that of PyTorch's normalize.
        double length = Math.Max(Math.Sqrt(sum), 1e-12);
        foreach (ref float value in vector)
        {
            value = (float)(value / length);
        }
    }

    /// <summary>Returns the dot product of two vectors of equal lengths.</summary>
    internal static float Dot(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        // Four sums, because each addition waits for the previous one of its sum.
        ReadOnlySpan<Vector<float>> a = MemoryMarshal.Cast<float, Vector<float>>(first),
            b = MemoryMarshal.Cast<float, Vector<float>>(second);
        Vector<float> sum0 = default,
            sum1 = default,
            sum2 = default,
            sum3 = default;
        int i = 0;
        for (; i + 3 < a.Length && i + 3 < b.Length; i += 4)
        {
            sum0 += a[i] * b[i];
            sum1 += a[i + 1] * b[i + 1];
            sum2 += a[i + 2] * b[i + 2];
            sum3 += a[i + 3] * b[i + 3];
        }

        for (; i < a.Length && i < b.Length; i++)
        {
            sum0 += a[i] * b[i];
        }

        float sum = Vector.Sum((sum0 + sum1) + (sum2 + sum3));
        for (int rest = a.Length * Vector<float>.Count; rest < first.Length; rest++)
        {
            sum += first[rest] * second[rest];
        }

        return sum;
    }

    /// <summary>Returns the cosine from a dot product and the squared lengths.</summary>
    internal static float Cosine(float dot, float firstSquared, float secondSquared)
    {
        float length = MathF.Sqrt(firstSquared) * MathF.Sqrt(secondSquared);
        return length == 0 ? 0 : dot / length;
    }

    /// <summary>Inserts a match if it is among the best ones.</summary>
    internal static void Insert(Span<VectorMatch> best, ref int found, int index, float score)
    {
        if (float.IsNaN(score))
        {
            throw new ArgumentException($"The score of vector {index} is not a number; expected vectors of finite numbers.");
        }

        if (found == best.Length && (best.IsEmpty || !(score > best[^1].Score)))
        {
            return;
        }

        int place = found < best.Length ? found++ : best.Length - 1;
        while (place > 0 && best[place - 1].Score < score)
        {
            best[place] = best[place - 1];
            place--;
        }

        best[place] = new VectorMatch(index, score);
    }

    private static float SquaredDistance(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        ReadOnlySpan<Vector<float>> a = MemoryMarshal.Cast<float, Vector<float>>(first),
            b = MemoryMarshal.Cast<float, Vector<float>>(second);
        Vector<float> sums = default;
        for (int i = 0; i < a.Length && i < b.Length; i++)
        {
            Vector<float> difference = a[i] - b[i];
            sums += difference * difference;
        }

        float sum = Vector.Sum(sums);
        for (int rest = a.Length * Vector<float>.Count; rest < first.Length; rest++)
        {
            float difference = first[rest] - second[rest];
            sum += difference * difference;
        }

        return sum;
    }

    private static float ManhattanDistance(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        ReadOnlySpan<Vector<float>> a = MemoryMarshal.Cast<float, Vector<float>>(first),
            b = MemoryMarshal.Cast<float, Vector<float>>(second);
        Vector<float> sums = default;
        for (int i = 0; i < a.Length && i < b.Length; i++)
        {
            sums += Vector.Abs(a[i] - b[i]);
        }

        float sum = Vector.Sum(sums);
        for (int rest = a.Length * Vector<float>.Count; rest < first.Length; rest++)
        {
            sum += MathF.Abs(first[rest] - second[rest]);
        }

        return sum;
    }
}
