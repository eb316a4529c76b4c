using System;
using System.Collections.Generic;

namespace Specializer.Text.Pipelines;

/// <summary>Finds the most probable spans of a window.</summary>
/// <remarks>Source: huggingface/transformers, src/transformers/pipelines/question_answering.py, decode and postprocess.</remarks>
internal sealed class AnswerSpans
{
    private readonly double[] _starts;
    private readonly double[] _ends;
    private readonly bool[] _allowed;

    /// <param name="logits">The logits of start and end for each token, [tokens, 2].</param>
    /// <param name="sequence">The tokens: special tokens, the question and a part of the context.</param>
    /// <param name="firstToken">The id of the token with which inputs begin, such as [CLS]; -1 if unknown.</param>
    public AnswerSpans(ReadOnlySpan<float> logits, TokenSequence sequence, int firstToken)
    {
        _allowed = new bool[sequence.Count];
        for (int i = 0; i < _allowed.Length; i++)
        {
            _allowed[i] = sequence.SequenceIds[i] == 1 || sequence.Ids[i] == firstToken;
        }

        _starts = Probabilities(logits, 0);
        _ends = Probabilities(logits, 1);
        NoAnswer = _starts[0] * _ends[0];
        for (int i = 0; i < _allowed.Length; i++)
        {
            _allowed[i] = sequence.SequenceIds[i] == 1;
        }
    }

    /// <summary>The score of no answer.</summary>
    public double NoAnswer { get; }

    /// <summary>Returns the spans with the highest scores, best first; the one that starts and ends first if scores are equal.</summary>
    /// <param name="count">The number of spans wanted.</param>
    /// <param name="maximumTokens">The maximum number of tokens of a span.</param>
    public List<(int First, int Last, double Score)> Best(int count, int maximumTokens)
    {
        var best = new List<(int First, int Last, double Score)>();
        for (int first = 0; first < _allowed.Length; first++)
        {
            for (int last = first; _allowed[first] && last < _allowed.Length && last - first < maximumTokens; last++)
            {
                double score = _starts[first] * _ends[last];
                if (!_allowed[last] || (best.Count == count && !(score > best[^1].Score)))
                {
                    continue;
                }

                int place = best.Count;
                while (place > 0 && best[place - 1].Score < score)
                {
                    place--;
                }

                best.Insert(place, (first, last, score));
                if (best.Count > count)
                {
                    best.RemoveAt(count);
                }
            }
        }

        return best;
    }

    // The softmax over the tokens that an answer may contain, and over the first token, which means no answer.
    private double[] Probabilities(ReadOnlySpan<float> logits, int column)
    {
        double highest = double.NegativeInfinity,
            sum = 0;
        var result = new double[_allowed.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = _allowed[i] ? logits[(i * 2) + column] : -10_000;
            highest = Math.Max(highest, result[i]);
        }

        foreach (ref double value in result.AsSpan())
        {
            value = Math.Exp(value - highest);
            sum += value;
        }

        foreach (ref double value in result.AsSpan())
        {
            value /= sum;
        }

        return result;
    }
}
