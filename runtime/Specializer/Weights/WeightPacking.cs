using System;

namespace Specializer;

/// <summary>
/// Lays weights out as the generated kernels read them. Called by generated code, which knows where each block lies and
/// that the tensors have the shapes it needs.
/// </summary>
/// <remarks>
/// A panel holds the weights of as many outputs as two vectors have lanes: for each input, one after the other, the
/// weights of all outputs of the panel. A kernel reads it from front to back. Outputs are filled up with zeros to a
/// multiple of 16; if that is no whole number of panels, the last one is narrower.
/// </remarks>
public static unsafe class WeightPacking
{
    /// <summary>Inputs that are converted at a time.</summary>
    private const int BlockInputs = 256;

    private const int VectorsPerPanel = 2;

    /// <summary>Packs one or several matrices, their rows one after the other, as the outputs of a linear kernel.</summary>
    /// <param name="destination">Receives <paramref name="packedColumns"/> times <paramref name="inputs"/> floats.</param>
    /// <param name="instructionSet">The instruction set of the kernel.</param>
    /// <param name="packedColumns">The outputs, filled up to a multiple of 16.</param>
    /// <param name="inputs">The inputs of every matrix.</param>
    /// <param name="matrices">The matrices.</param>
    public static void Panels(float* destination, InstructionSet instructionSet, int packedColumns, int inputs, ReadOnlySpan<TensorSlice> matrices)
    {
        int panelWidth = VectorsPerPanel * Lanes(instructionSet);
        int matrix = 0;
        int row = 0;
        Span<Source> sources = stackalloc Source[panelWidth];
        for (int first = 0; first < packedColumns; first += panelWidth)
        {
            int width = Math.Min(panelWidth, packedColumns - first);
            for (int column = 0; column < width; column++)
            {
                while (matrix < matrices.Length && row == matrices[matrix].Rows)
                {
                    matrix++;
                    row = 0;
                }

                sources[column] = matrix < matrices.Length ? new Source(matrix, row++) : new Source(-1, 0);
            }

            FillPanel(destination + ((nint)first * inputs), sources[..width], matrices, inputs);
        }
    }

    /// <summary>Packs a gate and an up projection for a gated linear kernel: in each panel one vector of the gate's outputs and one of the up projection's.</summary>
    /// <param name="destination">Receives <paramref name="packedColumns"/> times <paramref name="inputs"/> floats.</param>
    /// <param name="instructionSet">The instruction set of the kernel.</param>
    /// <param name="packedColumns">The outputs of both, each filled up to a multiple of 16.</param>
    /// <param name="inputs">The inputs of both.</param>
    /// <param name="gate">The gate projection.</param>
    /// <param name="up">The up projection.</param>
    public static void GatedPanels(float* destination, InstructionSet instructionSet, int packedColumns, int inputs, TensorSlice gate, TensorSlice up)
    {
        int lanes = Lanes(instructionSet);
        int panelWidth = VectorsPerPanel * lanes;
        Span<Source> sources = stackalloc Source[panelWidth];
        for (int first = 0; first < packedColumns; first += panelWidth)
        {
            for (int column = 0; column < panelWidth; column++)
            {
                int row = (first / VectorsPerPanel) + (column % lanes);
                sources[column] = new Source(row < gate.Rows ? column / lanes : -1, row);
            }

            FillPanel(destination + ((nint)first * inputs), sources, [gate, up], inputs);
        }
    }

    /// <summary>Packs the biases of a gated linear kernel as <see cref="GatedPanels"/> packs its weights.</summary>
    /// <param name="destination">Receives twice the gate's length, each filled up to a multiple of 16.</param>
    /// <param name="instructionSet">The instruction set of the kernel.</param>
    /// <param name="gate">The gate's bias.</param>
    /// <param name="up">The up projection's bias.</param>
    public static void GatedVectors(float* destination, InstructionSet instructionSet, TensorSlice gate, TensorSlice up)
    {
        int lanes = Lanes(instructionSet);
        for (int first = 0; first < gate.Rows; first += lanes)
        {
            int count = Math.Min(lanes, gate.Rows - first);
            gate.CopyElements(first, new Span<float>(destination + (VectorsPerPanel * first), count));
            up.CopyElements(first, new Span<float>(destination + (VectorsPerPanel * first) + lanes, count));
        }
    }

    /// <summary>Copies one or several vectors one after the other.</summary>
    /// <param name="destination">Receives the vectors; what lies behind stays zero.</param>
    /// <param name="vectors">The vectors.</param>
    public static void Vectors(float* destination, ReadOnlySpan<TensorSlice> vectors)
    {
        foreach (TensorSlice vector in vectors)
        {
            vector.CopyElements(0, new Span<float>(destination, vector.Rows));
            destination += vector.Rows;
        }
    }

    /// <summary>Copies a vector and adds one to every element, for norms whose checkpoint holds the weight less one.</summary>
    /// <param name="destination">Receives the vector; what lies behind stays zero.</param>
    /// <param name="vector">The vector.</param>
    public static void UnitOffsetVector(float* destination, TensorSlice vector)
    {
        vector.CopyElements(0, new Span<float>(destination, vector.Rows));
        for (int i = 0; i < vector.Rows; i++)
        {
            destination[i] += 1;
        }
    }

    /// <summary>Copies a matrix row by row.</summary>
    /// <param name="destination">Receives the rows.</param>
    /// <param name="rowStride">The floats from one row to the next.</param>
    /// <param name="matrix">The matrix, [rows, row length]; dimensions before those count as rows.</param>
    public static void Rows(float* destination, int rowStride, TensorView matrix)
    {
        int length = checked((int)matrix.Shape[^1]);
        for (long row = 0; row < matrix.ElementCount / length; row++)
        {
            matrix.CopyRangeTo(row * length, new Span<float>(destination + (row * rowStride), length));
        }
    }

    /// <summary>Fills the table of rotary positions: for each position the cosines of all pairs, then their sines.</summary>
    /// <param name="destination">Receives [positions][2 · pairs] floats.</param>
    /// <param name="positions">The number of positions.</param>
    /// <param name="angles">The angles per position.</param>
    public static void RotaryTable(float* destination, int positions, RotaryFrequencies angles)
    {
        ArgumentNullException.ThrowIfNull(angles);
        int pairs = angles.Frequencies.Length;
        for (int i = 0; i < pairs; i++)
        {
            double frequency = angles.Frequencies[i];
            for (int position = 0; position < positions; position++)
            {
                (double sine, double cosine) = Math.SinCos(position * frequency);
                float* row = destination + ((nint)position * 2 * pairs);
                row[i] = (float)(cosine * angles.Amplitude);
                row[i + pairs] = (float)(sine * angles.Amplitude);
            }
        }
    }

    /// <summary>
    /// The slopes of ALiBi (Press et al. 2022): with p the largest power of two that is at most the number of heads,
    /// 2^(−m k / p) for k = 1 to p, and for the remaining heads 2^(−m (2k − 1) / 2p) for k = 1, 2, ...
    /// </summary>
    /// <param name="destination">Receives a slope for each head.</param>
    /// <param name="heads">The number of heads.</param>
    /// <param name="maximumBias">m, 8 in the paper.</param>
    public static void AlibiSlopes(float* destination, int heads, double maximumBias)
    {
        int power = 1;
        while (power * 2 <= heads)
        {
            power *= 2;
        }

        for (int head = 0; head < heads; head++)
        {
            double exponent = head < power ? (head + 1.0) / power : ((2.0 * (head - power)) + 1) / (2 * power);
            destination[head] = (float)Math.Pow(2, -maximumBias * exponent);
        }
    }

    /// <summary>
    /// Spreads a table of biases by bucket over all distances (Raffel et al. 2020, T5; section 2.1). With r = key − query:
    /// of n buckets (half of them for r &gt; 0 if bidirectional, in the second half of the table) the first n / 2 are single
    /// distances, the others grow with the logarithm up to the largest distance.
    /// </summary>
    /// <param name="destination">Receives for each head <paramref name="headStride"/> floats; the bias of r stands at <paramref name="positions"/> + r.</param>
    /// <param name="positions">The number of positions, so that r is greater than −positions and less than positions.</param>
    /// <param name="headStride">The floats from one head to the next.</param>
    /// <param name="maximumDistance">The distance from which on all fall into the last bucket.</param>
    /// <param name="bidirectional">Whether keys behind the query have buckets of their own; otherwise they count as distance 0.</param>
    /// <param name="table">The biases, [buckets, heads].</param>
    public static void RelativeBias(float* destination, int positions, int headStride, int maximumDistance, bool bidirectional, TensorView table)
    {
        int heads = checked((int)table.RowLength);
        int buckets = checked((int)table.Shape[0]);
        float[] row = new float[heads];
        int behind = bidirectional ? positions - 1 : 0;
        for (int distance = 1 - positions; distance <= behind; distance++)
        {
            table.CopyRowTo(RelativeBucket(distance, buckets, maximumDistance, bidirectional), row);
            for (int head = 0; head < heads; head++)
            {
                destination[((nint)head * headStride) + positions + distance] = row[head];
            }
        }
    }

    /// <summary>The bucket of a distance, key − query.</summary>
    internal static int RelativeBucket(int distance, int buckets, int maximumDistance, bool bidirectional)
    {
        int count = bidirectional ? buckets / 2 : buckets;
        int first = bidirectional && distance > 0 ? count : 0;
        int length = bidirectional ? Math.Abs(distance) : Math.Max(-distance, 0);
        int single = count / 2;
        if (length < single)
        {
            return first + length;
        }

        double growth = Math.Log((double)length / single) / Math.Log((double)maximumDistance / single);
        // A power of two on a boundary belongs behind it, however its logarithm is rounded.
        return first + Math.Min(single + (int)((growth * (count - single)) + 1e-9), count - 1);
    }

    /// <summary>Sinusoidal positions (Vaswani et al. 2017, section 3.5): sines and cosines of position / 10000^(2i / width).</summary>
    /// <param name="destination">Receives the rows.</param>
    /// <param name="positions">The number of positions.</param>
    /// <param name="width">The width of a row; even.</param>
    /// <param name="rowStride">The floats from one row to the next.</param>
    /// <param name="interleaved">Sine and cosine in turn, as printed in the paper, instead of all sines and then all cosines (Marian).</param>
    /// <param name="first">The number that the first position has.</param>
    /// <param name="endpoint">Whether the last frequency is 1 / 10000 (tensor2tensor, fairseq, OpenNMT) instead of one step before it.</param>
    public static void SinusoidalTable(float* destination, int positions, int width, int rowStride, bool interleaved, int first = 0, bool endpoint = false)
    {
        int half = width / 2;
        for (int i = 0; i < half; i++)
        {
            double frequency = Math.Pow(10_000, endpoint ? -(double)i / Math.Max(half - 1, 1) : -2.0 * i / width);
            for (int position = 0; position < positions; position++)
            {
                (double sine, double cosine) = Math.SinCos((first + position) * frequency);
                float* row = destination + ((nint)position * rowStride);
                row[interleaved ? 2 * i : i] = (float)sine;
                row[interleaved ? (2 * i) + 1 : i + half] = (float)cosine;
            }
        }
    }

    private static int Lanes(InstructionSet instructionSet) => instructionSet switch
    {
        InstructionSet.Avx512 => 16,
        InstructionSet.Avx2 => 8,
        _ => 4,
    };

    /// <summary>Writes rows of the sources as columns of a panel.</summary>
    private static void FillPanel(float* panel, ReadOnlySpan<Source> sources, ReadOnlySpan<TensorSlice> matrices, int inputs)
    {
        int width = sources.Length;
        for (int column = 0; column < width;)
        {
            Source source = sources[column];
            if (source.Matrix >= 0 && matrices[source.Matrix].InputsFirst)
            {
                column += CopyColumns(panel, column, sources, matrices[source.Matrix], inputs);
            }
            else
            {
                TransposeRow(panel + column, width, source, matrices, inputs);
                column++;
            }
        }
    }

    /// <summary>Copies neighbouring columns of a matrix [inputs, outputs], which lie in it as in the panel.</summary>
    private static int CopyColumns(float* panel, int column, ReadOnlySpan<Source> sources, TensorSlice matrix, int inputs)
    {
        int run = 1;
        while (column + run < sources.Length && sources[column + run].Matrix == sources[column].Matrix)
        {
            run++;
        }

        int copied = run;
        for (int input = 0; input < inputs; input++)
        {
            copied = matrix.CopyInput(input, sources[column].Row, new Span<float>(panel + ((nint)input * sources.Length) + column, run));
        }

        return copied;
    }

    /// <summary>Writes a row of a matrix [outputs, inputs], or zeros, as a column of a panel, a block of inputs at a time.</summary>
    private static void TransposeRow(float* column, int width, Source source, ReadOnlySpan<TensorSlice> matrices, int inputs)
    {
        float* block = stackalloc float[BlockInputs];
        for (int first = 0; first < inputs; first += BlockInputs)
        {
            int count = Math.Min(BlockInputs, inputs - first);
            var values = new Span<float>(block, count);
            if (source.Matrix < 0)
            {
                values.Clear();
            }
            else
            {
                matrices[source.Matrix].CopyRow(source.Row, first, values);
            }

            for (int i = 0; i < count; i++)
            {
                column[(nint)(first + i) * width] = block[i];
            }
        }
    }

    /// <summary>Where a column comes from: a row of a matrix, or nowhere.</summary>
    private readonly record struct Source(int Matrix, int Row);
}
