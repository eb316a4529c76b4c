using System;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Text.Tests.Pipelines;

/// <summary>The search equals sorting all scores, each computed by its formula in double precision.</summary>
[Feature("pipelines")]
public sealed class VectorIndexTests
{
    [Theory]
    [InlineData(VectorSimilarity.Cosine)]
    [InlineData(VectorSimilarity.DotProduct)]
    [InlineData(VectorSimilarity.Euclidean)]
    [InlineData(VectorSimilarity.Manhattan)]
    public void The_best_vectors_are_those_of_a_sort(VectorSimilarity similarity)
    {
        var random = new Random(7);
        foreach (int dimensions in new[] { 1, 3, 8, 17, 64, 100, 384 })
        {
            float[][] vectors = [.. Enumerable.Range(0, 200).Select(_ => Draw(random, dimensions))];
            float[] query = Draw(random, dimensions);
            var index = new VectorIndex(dimensions, similarity);
            index.AddRange(vectors);
            double[] expected = [.. vectors.Select(vector => Formula(similarity, vector, query))];
            VectorMatch[] matches = index.Search(query, 10);
            int[] order = [.. Enumerable.Range(0, 200).OrderByDescending(i => expected[i]).Take(10)];
            Assert.Equal(10, matches.Length);
            for (int i = 0; i < matches.Length; i++)
            {
                double tolerance = 1e-5 * Math.Max(1, Math.Abs(expected[order[i]]));
                Assert.Equal(expected[order[i]], matches[i].Score, tolerance);
                Assert.Equal(expected[matches[i].Index], matches[i].Score, tolerance);
                Assert.Equal(expected[matches[i].Index], VectorSearch.Compare(vectors[matches[i].Index], query, similarity), tolerance);
            }

            var direct = new VectorMatch[10];
            Assert.Equal(10, VectorSearch.FindBest(vectors.SelectMany(static row => row).ToArray(), query, direct, similarity));
            Assert.Equal(matches, direct);
            Assert.Equal(200, index.Search(query, 1000).Length);
        }
    }

    [Fact]
    public void Equal_scores_keep_the_order_of_the_vectors()
    {
        var index = new VectorIndex(2);
        index.AddRange([
            [1, 0],
            [0, 1],
            [2, 0],
            [0, 0],
            [3, 0],
        ]);
        Assert.Equal([(0, 1f), (2, 1f), (4, 1f), (1, 0f), (3, 0f)], index.Search([5, 0], 9).Select(match => (match.Index, match.Score)));
        Assert.Empty(index.Search([5, 0], 0));
        Assert.Equal([0f, 1f], index[1].ToArray());
    }

    [Fact]
    public void Vectors_that_do_not_fit_are_refused()
    {
        var index = new VectorIndex(2);
        Assert.Equal(
            "The vector has 3 elements; the index has vectors of 2.",
            Assert.Throws<ArgumentException>(() => index.Add([1, 2, 3])).Message
        );
        Assert.Equal(
            "Element 1 of the vector is NaN; expected a finite number.",
            Assert.Throws<ArgumentException>(() => index.Add([1, float.NaN])).Message
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => index[0].Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => new VectorIndex(0));
        Assert.Throws<ArgumentException>(() => VectorSearch.FindBest([1, 2, 3], [1, 2], new VectorMatch[1]));
        Assert.Throws<ArgumentException>(() => VectorSearch.Compare([1], [1, 2]));
    }

    private static float[] Draw(Random random, int dimensions) =>
        [.. Enumerable.Range(0, dimensions).Select(_ => (float)(random.NextDouble() - 0.5))];

    private static double Formula(VectorSimilarity similarity, float[] a, float[] b)
    {
        double dot = a.Zip(b).Sum(static pair => (double)pair.First * pair.Second);
        double Length(float[] vector) => Math.Sqrt(vector.Sum(static value => (double)value * value));
        return similarity switch
        {
            VectorSimilarity.Cosine => dot / (Length(a) * Length(b)),
            VectorSimilarity.DotProduct => dot,
            VectorSimilarity.Euclidean => -Math.Sqrt(a.Zip(b).Sum(static pair => Math.Pow((double)pair.First - pair.Second, 2))),
            _ => -a.Zip(b).Sum(static pair => Math.Abs((double)pair.First - pair.Second)),
        };
    }
}
