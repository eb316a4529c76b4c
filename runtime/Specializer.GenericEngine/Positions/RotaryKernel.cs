namespace Specializer.GenericEngine;

/// <summary>Rotary positions (Su et al. 2021).</summary>
/// <typeparam name="TInstructions">The instruction set.</typeparam>
/// <typeparam name="TVector">Its vector of floats.</typeparam>
internal static unsafe class RotaryKernel<TInstructions, TVector>
    where TInstructions : struct, IVectorInstructions<TVector>
    where TVector : struct
{
    /// <summary>Rotates the heads of one position in place.</summary>
    /// <param name="layout">The table's layout.</param>
    /// <param name="row">The table's row of the position.</param>
    /// <param name="heads">The first head's elements.</param>
    /// <param name="count">The number of heads.</param>
    /// <param name="headDimension">The floats from one head to the next.</param>
    public static void Rotate(in RotaryLayout layout, float* row, float* heads, int count, int headDimension)
    {
        for (int head = 0; head < count; head++)
        {
            if (layout.Pairing == RotaryPairing.HalfSplit)
            {
                RotateHalves(heads, row, layout.Dimension / 2);
            }
            else
            {
                RotateNeighbours(heads, row, layout.Dimension);
            }

            heads += headDimension;
        }
    }

    private static void RotateHalves(float* head, float* row, int half)
    {
        int i = 0;
        for (; i <= half - TInstructions.Lanes; i += TInstructions.Lanes)
        {
            TVector cosine = TInstructions.Load(row + i),
                sine = TInstructions.Load(row + half + i);
            TVector first = TInstructions.Load(head + i),
                second = TInstructions.Load(head + half + i);
            TInstructions.Store(
                head + i,
                TInstructions.Subtract(TInstructions.Multiply(first, cosine), TInstructions.Multiply(second, sine))
            );
            TInstructions.Store(head + half + i, TInstructions.MultiplyAdd(first, sine, TInstructions.Multiply(second, cosine)));
        }

        for (; i < half; i++)
        {
            float cosine = row[i],
                sine = row[half + i],
                first = head[i],
                second = head[half + i];
            head[i] = (first * cosine) - (second * sine);
            head[half + i] = (first * sine) + (second * cosine);
        }
    }

    private static void RotateNeighbours(float* head, float* row, int dimension)
    {
        int i = 0;
        for (; i <= dimension - TInstructions.Lanes; i += TInstructions.Lanes)
        {
            TVector x = TInstructions.Load(head + i);
            TVector turned = TInstructions.Multiply(TInstructions.SwapPairs(x), TInstructions.Load(row + dimension + i));
            TInstructions.Store(head + i, TInstructions.MultiplyAdd(x, TInstructions.Load(row + i), turned));
        }

        for (; i < dimension; i += 2)
        {
            float first = head[i],
                second = head[i + 1];
            head[i] = (first * row[i]) + (second * row[dimension + i]);
            head[i + 1] = (first * row[dimension + i + 1]) + (second * row[i + 1]);
        }
    }
}
