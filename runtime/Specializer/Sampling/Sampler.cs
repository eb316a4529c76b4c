using System;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Specializer;

/// <summary>Chooses the next token of a sequence from the logits of a model.</summary>
/// <remarks>
/// <para>
/// A sampler belongs to one sequence and is not thread-safe. It allocates only when it is created. For the same logits, accepted
/// tokens and options it selects the same tokens on every platform. It computes exponentials and random numbers from operations
/// that are rounded equally everywhere.
/// </para>
/// <code>
/// Sampler sampler = new(vocabularySize, new SamplingOptions { Temperature = 0.8f, TopP = 0.95f, Seed = 42 });
/// ReadOnlySpan&lt;float&gt; logits = session.Prefill(prompt);
/// while (session.Position &lt; session.ContextLength)
/// {
///     int token = sampler.Sample(logits);
///     sampler.Accept(token);
///     logits = session.Decode(token);
/// }
/// </code>
/// </remarks>
public sealed partial class Sampler
{
    // Weights are summed in blocks, so that a draw reads one block and the sums of the others. The length is a multiple of every
    // vector length and fixed, so the order of summation is the same on every platform.
    private const int BlockLength = 256;

    private readonly int _vocabularySize;
    private readonly SamplingOptions _options;
    private readonly float[] _scores; // [VocabularySize] logits after the penalty; padded to whole blocks with -infinity
    private readonly float[] _weights; // [VocabularySize] exp((score - highest score) / temperature); padded with 0
    private readonly double[] _blockSums; // [blocks] of the weights
    private readonly ulong[] _ranks; // [VocabularySize] for the selection
    private readonly bool[] _isAccepted; // [VocabularySize]
    private readonly int[] _accepted; // [VocabularySize] the accepted tokens, each once
    private int _acceptedCount;
    private Xoshiro256StarStar _random;

    /// <summary>Creates a sampler without accepted tokens.</summary>
    /// <param name="vocabularySize">The number of tokens and of logits; at least 1.</param>
    /// <param name="options">The sampling options.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="vocabularySize"/> is less than 1.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    public Sampler(int vocabularySize, SamplingOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 1);
        ArgumentNullException.ThrowIfNull(options);
        _vocabularySize = vocabularySize;
        _options = options;

        bool draws = options.Temperature > 0;
        bool penalises = options.RepetitionPenalty != 1;
        int blocks = (int)(((long)vocabularySize + BlockLength - 1) / BlockLength);
        _scores = new float[blocks * BlockLength];
        _scores.AsSpan(vocabularySize).Fill(float.NegativeInfinity);
        _weights = draws ? new float[blocks * BlockLength] : [];
        _blockSums = draws ? new double[blocks] : [];
        _ranks = draws && (SelectsTopK || options.TopP < 1) ? new ulong[vocabularySize] : [];
        bool counts = options.FrequencyPenalty != 0 || options.PresencePenalty != 0;
        _counts = counts ? new int[vocabularySize] : [];
        _generated = counts ? new int[vocabularySize] : [];
        _bias = CheckBias();
        _isAccepted = penalises ? new bool[vocabularySize] : [];
        _accepted = penalises ? new int[vocabularySize] : [];
        _random = new Xoshiro256StarStar(options.Seed);
    }

    private bool SelectsTopK => _options.TopK > 0 && _options.TopK < _vocabularySize;

    private void CheckScores()
    {
        Vector<int> usable = Vector<int>.AllBitsSet;
        foreach (Vector<float> score in MemoryMarshal.Cast<float, Vector<float>>(_scores))
        {
            // False for NaN as well as for positive infinity.
            usable &= Vector.LessThanOrEqual(score, new Vector<float>(float.MaxValue));
        }

        if (usable == Vector<int>.AllBitsSet)
        {
            return;
        }

        int token = 0;
        while (_scores[token] <= float.MaxValue)
        {
            token++;
        }

        throw new ArgumentException(
            FormattableString.Invariant(
                $"The logit of token {token} of {_vocabularySize} is {_scores[token]}; expected a finite number, or negative infinity for a token to exclude. "
            ) + "Check the weights file and the input of the model for NaN and for values that overflow.",
            "logits"
        );
    }

    private float HighestScore()
    {
        Vector<float> highest = new(float.NegativeInfinity);
        foreach (Vector<float> score in MemoryMarshal.Cast<float, Vector<float>>(_scores))
        {
            highest = Vector.MaxNative(highest, score);
        }

        float result = highest[0];
        for (int lane = 1; lane < Vector<float>.Count; lane++)
        {
            result = Math.Max(result, highest[lane]);
        }

        return result;
    }

    private int FirstTokenWith(float score)
    {
        ReadOnlySpan<float> scores = _scores;
        int token = 0;
        while (!Vector.EqualsAny(new Vector<float>(scores[token..]), new Vector<float>(score)))
        {
            token += Vector<float>.Count;
        }

        while (scores[token] != score)
        {
            token++;
        }

        return token;
    }

    private int Draw(float highest)
    {
        if (SelectsTopK)
        {
            ulong last = TokenSelection.RankOfTopEnd(_scores, _options.TopK, _ranks);
            TokenSelection.Discard(last, _scores, _scores, float.NegativeInfinity);
        }

        ScaledExponential.Compute(_scores, highest, _options.Temperature, _weights);
        double total = SumBlocks();
        if (_options.TopP < 1)
        {
            double sum = _options.TopP * total;
            ulong last = TokenSelection.RankOfNucleusEnd(_scores, _weights, total, sum, _ranks);
            TokenSelection.Discard(last, _scores, _weights, discarded: 0);
            total = SumBlocks();
        }

        if (_options.MinP > 0)
        {
            // The most probable token has a weight of 1.
            DiscardBelow(_options.MinP);
            total = SumBlocks();
        }

        return TokenAt(_random.NextUnit() * total);
    }

    private double SumBlocks()
    {
        double total = 0;
        for (int block = 0; block < _blockSums.Length; block++)
        {
            // Eight partial sums, in an order that does not depend on the vector length.
            Vector128<double> sum0 = default,
                sum1 = default,
                sum2 = default,
                sum3 = default;
            ReadOnlySpan<Vector128<float>> weights = MemoryMarshal.Cast<float, Vector128<float>>(
                _weights.AsSpan(block * BlockLength, BlockLength)
            );
            for (int i = 0; i + 1 < weights.Length; i += 2)
            {
                sum0 += Vector128.WidenLower(weights[i]);
                sum1 += Vector128.WidenUpper(weights[i]);
                sum2 += Vector128.WidenLower(weights[i + 1]);
                sum3 += Vector128.WidenUpper(weights[i + 1]);
            }

            _blockSums[block] = Vector128.Sum((sum0 + sum1) + (sum2 + sum3));
            total += _blockSums[block];
        }

        return total;
    }

    // Finds the token whose interval of the cumulative weights contains the position. If rounding puts the position beyond the
    // end of the interval or of its block, the last token is returned.
    private int TokenAt(double position)
    {
        int block = 0;
        for (int next = 0; next < _blockSums.Length && position >= 0; next++)
        {
            if (_blockSums[next] > 0)
            {
                block = next;
                position -= _blockSums[next];
            }
        }

        int token = 0;
        position += _blockSums[block];
        for (int next = block * BlockLength; next < (block + 1) * BlockLength && position >= 0; next++)
        {
            if (_weights[next] > 0)
            {
                token = next;
                position -= _weights[next];
            }
        }

        return token;
    }
}
