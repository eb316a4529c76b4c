using System;

namespace Specializer.GenericEngine;

/// <summary>Normalizes one row.</summary>
/// <typeparam name="TInstructions">The instruction set.</typeparam>
/// <typeparam name="TVector">Its vector of floats.</typeparam>
internal static unsafe class NormalizationKernel<TInstructions, TVector>
    where TInstructions : struct, IVectorInstructions<TVector>
    where TVector : struct
{
    /// <summary>y = x / √(mean(x²) + ε) · w.</summary>
    /// <param name="x">The row.</param>
    /// <param name="weight">w, as many.</param>
    /// <param name="y">The result; it can be the row itself.</param>
    /// <param name="width">The number of elements.</param>
    /// <param name="epsilon">ε.</param>
    public static void RootMeanSquare(float* x, float* weight, float* y, int width, float epsilon)
    {
        float scale = 1f / MathF.Sqrt((SumOfSquares(x, 0f, width) / width) + epsilon);
        TVector scales = TInstructions.Broadcast(scale);
        int i = 0;
        for (; i <= width - TInstructions.Lanes; i += TInstructions.Lanes)
        {
            TInstructions.Store(
                y + i,
                TInstructions.Multiply(TInstructions.Multiply(TInstructions.Load(x + i), scales), TInstructions.Load(weight + i))
            );
        }

        for (; i < width; i++)
        {
            y[i] = x[i] * scale * weight[i];
        }
    }

    /// <summary>y = (x − mean(x)) / √(variance(x) + ε) · w + b.</summary>
    /// <param name="x">The row.</param>
    /// <param name="weight">w, as many.</param>
    /// <param name="bias">b, as many.</param>
    /// <param name="y">The result; it can be the row itself.</param>
    /// <param name="width">The number of elements.</param>
    /// <param name="epsilon">ε.</param>
    public static void Layer(float* x, float* weight, float* bias, float* y, int width, float epsilon)
    {
        float mean = Sum(x, width) / width;
        float scale = 1f / MathF.Sqrt((SumOfSquares(x, mean, width) / width) + epsilon);
        TVector means = TInstructions.Broadcast(mean);
        TVector scales = TInstructions.Broadcast(scale);
        int i = 0;
        for (; i <= width - TInstructions.Lanes; i += TInstructions.Lanes)
        {
            TVector normalized = TInstructions.Multiply(TInstructions.Subtract(TInstructions.Load(x + i), means), scales);
            TInstructions.Store(y + i, TInstructions.MultiplyAdd(normalized, TInstructions.Load(weight + i), TInstructions.Load(bias + i)));
        }

        for (; i < width; i++)
        {
            y[i] = ((x[i] - mean) * scale * weight[i]) + bias[i];
        }
    }

    private static float Sum(float* x, int width)
    {
        int lanes = TInstructions.Lanes;
        TVector a = TInstructions.Zero,
            b = TInstructions.Zero,
            c = TInstructions.Zero,
            d = TInstructions.Zero;
        int i = 0;
        for (; i <= width - (4 * lanes); i += 4 * lanes)
        {
            a = TInstructions.Add(a, TInstructions.Load(x + i));
            b = TInstructions.Add(b, TInstructions.Load(x + i + lanes));
            c = TInstructions.Add(c, TInstructions.Load(x + i + (2 * lanes)));
            d = TInstructions.Add(d, TInstructions.Load(x + i + (3 * lanes)));
        }

        for (; i <= width - lanes; i += lanes)
        {
            a = TInstructions.Add(a, TInstructions.Load(x + i));
        }

        float sum = TInstructions.Sum(TInstructions.Add(TInstructions.Add(a, b), TInstructions.Add(c, d)));
        for (; i < width; i++)
        {
            sum += x[i];
        }

        return sum;
    }

    private static float SumOfSquares(float* x, float mean, int width)
    {
        int lanes = TInstructions.Lanes;
        TVector means = TInstructions.Broadcast(mean);
        TVector a = TInstructions.Zero,
            b = TInstructions.Zero,
            c = TInstructions.Zero,
            d = TInstructions.Zero;
        int i = 0;
        for (; i <= width - (4 * lanes); i += 4 * lanes)
        {
            TVector x0 = TInstructions.Subtract(TInstructions.Load(x + i), means);
            TVector x1 = TInstructions.Subtract(TInstructions.Load(x + i + lanes), means);
            TVector x2 = TInstructions.Subtract(TInstructions.Load(x + i + (2 * lanes)), means);
            TVector x3 = TInstructions.Subtract(TInstructions.Load(x + i + (3 * lanes)), means);
            a = TInstructions.MultiplyAdd(x0, x0, a);
            b = TInstructions.MultiplyAdd(x1, x1, b);
            c = TInstructions.MultiplyAdd(x2, x2, c);
            d = TInstructions.MultiplyAdd(x3, x3, d);
        }

        for (; i <= width - lanes; i += lanes)
        {
            TVector x0 = TInstructions.Subtract(TInstructions.Load(x + i), means);
            a = TInstructions.MultiplyAdd(x0, x0, a);
        }

        float sum = TInstructions.Sum(TInstructions.Add(TInstructions.Add(a, b), TInstructions.Add(c, d)));
        for (; i < width; i++)
        {
            float difference = x[i] - mean;
            sum += difference * difference;
        }

        return sum;
    }
}
