using System;
using System.Globalization;
using System.Linq;

namespace Specializer.Benchmarks;

/// <summary>The probabilities of the next token after every position of some texts, compared with those of weights in floats.</summary>
/// <param name="texts">The texts, all of the same length.</param>
/// <param name="rows">A distribution for every position of every text.</param>
internal sealed class Distributions(int[][] texts, double[][] rows)
{
    /// <summary>Computes the probabilities of a model.</summary>
    public static Distributions Of(IDecoderModel model, int[][] texts)
    {
        int vocabulary = model.Description.VocabularySize;
        using IDecoderSession session = model.CreateSession();
        return new Distributions(
            texts,
            [
                .. texts.SelectMany(text =>
                {
                    session.Reset();
                    float[] logits = new float[text.Length * vocabulary];
                    session.Prefill(text, logits);
                    return logits.Chunk(vocabulary).Select(static row => Softmax(row)).ToArray();
                }),
            ]
        );
    }

    /// <summary>Computes the probabilities of a model in llama.cpp.</summary>
    public static Distributions Of(LlamaCppModel model, int[][] texts) =>
        new(
            texts,
            [
                .. texts.SelectMany(text =>
                    text.Select(
                            (token, position) =>
                            {
                                if (position == 0)
                                {
                                    model.Prefill([token]);
                                }
                                else
                                {
                                    model.Decode(position, [token]);
                                }

                                return Softmax(model.Logits);
                            }
                        )
                        .ToArray()
                ),
            ]
        );

    /// <summary>exp of the mean of −ln p of the tokens after the first of every text.</summary>
    public double Perplexity
    {
        get
        {
            int length = texts[0].Length;
            double sum = 0;
            for (int i = 0; i < rows.Length; i++)
            {
                int position = i % length;
                if (position < length - 1)
                {
                    sum -= Math.Log(rows[i][texts[i / length][position + 1]]);
                }
            }

            return Math.Exp(sum / (texts.Length * (length - 1)));
        }
    }

    /// <summary>Returns the columns of a report: the KL divergence from these distributions, equal top tokens, and perplexity.</summary>
    public string Compare(Distributions other)
    {
        double[] divergences = [.. rows.Zip(other.Rows, Divergence).Order()];
        double same = rows.Zip(other.Rows, static (p, q) => Highest(p) == Highest(q) ? 1.0 : 0.0).Average(),
            own = other.Perplexity;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{divergences.Average():E2} | {divergences[divergences.Length / 2]:E2} | {divergences[(int)(0.999 * (divergences.Length - 1))]:E2} | {100 * same:F2} % | {own:F4} | {own - Perplexity:+0.0000;-0.0000}"
        );
    }

    private double[][] Rows => rows;

    /// <summary>exp(x) / Σ exp(x).</summary>
    public static double[] Softmax(ReadOnlySpan<float> logits)
    {
        double highest = double.NegativeInfinity;
        foreach (float logit in logits)
        {
            highest = Math.Max(highest, logit);
        }

        double[] values = new double[logits.Length];
        double sum = 0;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Math.Exp(logits[i] - highest);
            sum += values[i];
        }

        return Array.ConvertAll(values, value => value / sum);
    }

    /// <summary>Σ p ln(p / q) (Kullback and Leibler 1951).</summary>
    private static double Divergence(double[] p, double[] q)
    {
        double sum = 0;
        for (int i = 0; i < p.Length; i++)
        {
            sum += p[i] == 0 ? 0 : p[i] * Math.Log(p[i] / q[i]);
        }

        return Math.Max(sum, 0);
    }

    private static int Highest(double[] distribution) => Array.IndexOf(distribution, distribution.Max());
}
