using System;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks;

namespace Specializer;

/// <summary>
/// Packs weights in the layout that the generated kernels read. Generated code calls it with valid blocks and with tensors of the
/// required shapes.
/// </summary>
/// <remarks>
/// A panel contains the weights of as many outputs as two vectors have lanes. For each input it stores the weights of all
/// outputs. A kernel reads it sequentially. Outputs are padded with zeros to a multiple of 16; if that is not a whole number of
/// panels, the last panel is narrower. Two 16-bit weights share a word: the panel's first vector is in the lower halves, its
/// second in the upper halves.
/// </remarks>
public static unsafe class WeightPacking
{
    internal const int VectorsPerPanel = 2;

    /// <summary>The number of bytes of weights that all cores pack before the pages of their checkpoint are released.</summary>
    private const int BytesTogether = 4 << 20;

    /// <summary>Packs the consecutive rows of one or more matrices as the outputs of a linear kernel.</summary>
    /// <param name="destination">Receives <paramref name="packedColumns"/> times <paramref name="inputs"/> floats, or words of two weights each.</param>
    /// <param name="instructionSet">The instruction set of the kernel.</param>
    /// <param name="packedColumns">The number of outputs, padded to a multiple of 16.</param>
    /// <param name="inputs">The number of inputs of every matrix.</param>
    /// <param name="matrices">The matrices.</param>
    /// <param name="storage">The storage type of the weights.</param>
    /// <exception cref="WeightsException">A weight does not fit into the storage type.</exception>
    [CLSCompliant(false)]
    public static void Panels(
        float* destination,
        InstructionSet instructionSet,
        int packedColumns,
        int inputs,
        ReadOnlySpan<TensorSlice> matrices,
        WeightStorage storage = WeightStorage.Float32
    )
    {
        var sources = new PanelSource[packedColumns];
        int column = 0;
        for (int matrix = 0; matrix < matrices.Length; matrix++)
        {
            for (int row = 0; row < matrices[matrix].Rows; row++)
            {
                sources[column++] = new PanelSource(matrix, row);
            }
        }

        Array.Fill(sources, PanelSource.Zeros, column, packedColumns - column);
        new PanelPacking(destination, Lanes(instructionSet), inputs, sources, matrices, storage).Run();
    }

    /// <summary>
    /// Packs a gate and an up projection for a gated linear kernel. Each panel has one vector of gate outputs and one of up
    /// outputs.
    /// </summary>
    /// <param name="destination">
    /// Receives <paramref name="packedColumns"/> times <paramref name="inputs"/> floats, or words of two weights each.
    /// </param>
    /// <param name="instructionSet">The instruction set of the kernel.</param>
    /// <param name="packedColumns">The number of outputs of both, each padded to a multiple of 16.</param>
    /// <param name="inputs">The number of inputs of both.</param>
    /// <param name="gate">The gate projection.</param>
    /// <param name="up">The up projection.</param>
    /// <param name="storage">The storage type of the weights.</param>
    /// <exception cref="WeightsException">A weight does not fit into the storage type.</exception>
    [CLSCompliant(false)]
    public static void GatedPanels(
        float* destination,
        InstructionSet instructionSet,
        int packedColumns,
        int inputs,
        TensorSlice gate,
        TensorSlice up,
        WeightStorage storage = WeightStorage.Float32
    )
    {
        int lanes = Lanes(instructionSet);
        var sources = new PanelSource[packedColumns];
        for (int column = 0; column < packedColumns; column++)
        {
            // Vectors alternate: the even ones belong to the gate.
            int row = (column / (VectorsPerPanel * lanes) * lanes) + (column % lanes);
            sources[column] = row < gate.Rows ? new PanelSource(column / lanes % VectorsPerPanel, row) : PanelSource.Zeros;
        }

        new PanelPacking(destination, lanes, inputs, sources, [gate, up], storage).Run();
    }

    /// <summary>Packs the biases of a gated linear kernel in the layout of <see cref="GatedPanels"/>.</summary>
    /// <param name="destination">Receives twice the length of the gate's bias, each padded to a multiple of 16.</param>
    /// <param name="instructionSet">The instruction set of the kernel.</param>
    /// <param name="gate">The gate's bias.</param>
    /// <param name="up">The up projection's bias.</param>
    [CLSCompliant(false)]
    public static void GatedVectors(float* destination, InstructionSet instructionSet, TensorSlice gate, TensorSlice up)
    {
        int lanes = Lanes(instructionSet);
        for (int first = 0; first < gate.Rows; first += lanes)
        {
            int count = Math.Min(lanes, gate.Rows - first);
            gate.CopyElements(first, new Span<float>(destination + (VectorsPerPanel * first), count));
            up.CopyElements(first, new Span<float>(destination + (VectorsPerPanel * first) + lanes, count));
        }

        gate.LetGo(0, gate.Rows);
        up.LetGo(0, up.Rows);
    }

    /// <summary>Copies one or more vectors consecutively.</summary>
    /// <param name="destination">Receives the vectors; the rest stays zero.</param>
    /// <param name="vectors">The vectors.</param>
    [CLSCompliant(false)]
    public static void Vectors(float* destination, ReadOnlySpan<TensorSlice> vectors)
    {
        foreach (TensorSlice vector in vectors)
        {
            vector.CopyElements(0, new Span<float>(destination, vector.Rows));
            vector.LetGo(0, vector.Rows);
            destination += vector.Rows;
        }
    }

    /// <summary>Copies a vector and adds one to every element, for norms whose checkpoint stores the weight minus one.</summary>
    /// <param name="destination">Receives the vector; the rest stays zero.</param>
    /// <param name="vector">The vector.</param>
    [CLSCompliant(false)]
    public static void UnitOffsetVector(float* destination, TensorSlice vector)
    {
        Vectors(destination, [vector]);
        for (int i = 0; i < vector.Rows; i++)
        {
            destination[i] += 1;
        }
    }

    /// <summary>Copies a matrix row by row.</summary>
    /// <param name="destination">Receives the rows.</param>
    /// <param name="rowStride">The number of floats from one row to the next.</param>
    /// <param name="matrix">The matrix, [rows, row length]; leading dimensions count as rows.</param>
    [CLSCompliant(false)]
    public static void Rows(float* destination, int rowStride, TensorView matrix)
    {
        int length = checked((int)matrix.Shape[^1]);
        int rows = checked((int)(matrix.ElementCount / length));
        PartByPart(
            rows,
            RowsTogether(length),
            row => matrix.CopyRangeTo((long)row * length, new Span<float>(destination + ((nint)row * rowStride), length)),
            (first, end) => matrix.LetGo((long)first * length, (long)(end - first) * length)
        );
    }

    /// <summary>Fills the table of rotary positions: for each position the cosines of all pairs, then their sines.</summary>
    /// <param name="destination">Receives [positions][2 · pairs] floats.</param>
    /// <param name="positions">The number of positions.</param>
    /// <param name="angles">The angles of the positions.</param>
    [CLSCompliant(false)]
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
    /// Fills the table of rotary positions of an image (Siméoni et al. 2025, DINOv3). The center of a patch has coordinates from −1
    /// to 1, and the angles are 2π times a coordinate times θ^(−4i / dimension). The first half of the angles depends on the row
    /// of the patch, the second half on its column.
    /// </summary>
    /// <param name="destination">Receives [leading + side · side][dimension] floats: cosines, then sines.</param>
    /// <param name="leading">The number of positions before the patches, whose angles are zero.</param>
    /// <param name="side">The number of patches in each direction.</param>
    /// <param name="dimension">The number of elements of a head that are rotated; divisible by 4.</param>
    /// <param name="theta">θ.</param>
    [CLSCompliant(false)]
    public static void RotaryGrid(float* destination, int leading, int side, int dimension, double theta)
    {
        int pairs = dimension / 2,
            frequencies = dimension / 4;
        for (int position = 0; position < leading + (side * side); position++)
        {
            float* row = destination + ((nint)position * dimension);
            int patch = position - leading;
            for (int pair = 0; pair < pairs; pair++)
            {
                int place = pair < frequencies ? patch / side : patch % side;
                double coordinate = (2 * (place + 0.5) / side) - 1,
                    frequency = Math.Pow(theta, -(double)(pair % frequencies) / frequencies);
                (double sine, double cosine) = patch < 0 ? (0, 1) : Math.SinCos(2 * Math.PI * coordinate * frequency);
                row[pair] = (float)cosine;
                row[pair + pairs] = (float)sine;
            }
        }
    }

    /// <summary>
    /// Computes the slopes of ALiBi (Press et al. 2022). With p the largest power of two that does not exceed the number of
    /// heads, they are 2^(−m k / p) for k = 1 to p. The remaining heads have 2^(−m (2k − 1) / 2p) for k = 1, 2, ...
    /// </summary>
    /// <param name="destination">Receives a slope for each head.</param>
    /// <param name="heads">The number of heads.</param>
    /// <param name="maximumBias">m, 8 in the paper.</param>
    [CLSCompliant(false)]
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
    /// Expands a table of biases by bucket to all distances (Raffel et al. 2020, T5; section 2.1), with r = key − query. A
    /// bidirectional table uses the first half of its buckets for r ≤ 0 and the second half for r &gt; 0. In each direction the
    /// first half of the buckets are single distances, and the others grow logarithmically up to the largest distance.
    /// </summary>
    /// <param name="destination">
    /// Receives <paramref name="headStride"/> floats for each head; the bias of r is at <paramref name="positions"/> + r.
    /// </param>
    /// <param name="positions">The number of positions; r is greater than −positions and less than positions.</param>
    /// <param name="headStride">The number of floats from one head to the next.</param>
    /// <param name="maximumDistance">The distance from which on all keys are in the last bucket.</param>
    /// <param name="bidirectional">Whether keys after the query have buckets of their own; otherwise their distance is 0.</param>
    /// <param name="table">The biases, [buckets, heads].</param>
    [CLSCompliant(false)]
    public static void RelativeBias(
        float* destination,
        int positions,
        int headStride,
        int maximumDistance,
        bool bidirectional,
        TensorView table
    )
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

    /// <summary>Returns the bucket of a distance, key − query.</summary>
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
        // A power of two at a boundary belongs to the next bucket, however its logarithm is rounded.
        return first + Math.Min(single + (int)((growth * (count - single)) + 1e-9), count - 1);
    }

    /// <summary>
    /// Computes sinusoidal positions (Vaswani et al. 2017, section 3.5): sines and cosines of position / 10000^(2i / width).
    /// </summary>
    /// <param name="destination">Receives the rows.</param>
    /// <param name="positions">The number of positions.</param>
    /// <param name="width">
    /// The width of a row. If it is odd, the last frequency has a sine only or, with an endpoint, the last element is zero.
    /// </param>
    /// <param name="rowStride">The number of floats from one row to the next.</param>
    /// <param name="interleaved">
    /// Whether sines and cosines alternate, as printed in the paper; otherwise all sines precede all cosines (Marian).
    /// </param>
    /// <param name="first">The number of the first position.</param>
    /// <param name="endpoint">
    /// Whether the last frequency is 1 / 10000 (tensor2tensor, fairseq, OpenNMT); otherwise the frequencies end one step
    /// earlier.
    /// </param>
    [CLSCompliant(false)]
    public static void SinusoidalTable(
        float* destination,
        int positions,
        int width,
        int rowStride,
        bool interleaved,
        int first = 0,
        bool endpoint = false
    )
    {
        // Sines come first: of an odd width there is one more of them (Marian), and none where fairseq pads with a zero.
        int half = width / 2,
            sines = endpoint ? half : width - half;
        for (int i = 0; i < sines; i++)
        {
            double frequency = Math.Pow(10_000, endpoint ? -(double)i / Math.Max(half - 1, 1) : -2.0 * i / width);
            for (int position = 0; position < positions; position++)
            {
                (double sine, double cosine) = Math.SinCos((first + position) * frequency);
                float* row = destination + ((nint)position * rowStride);
                row[interleaved ? 2 * i : i] = (float)sine;
                if (i < half)
                {
                    row[interleaved ? (2 * i) + 1 : i + sines] = (float)cosine;
                }
            }
        }
    }

    /// <summary>
    /// Returns the number of rows of a length that are packed before their pages are released. It is a multiple of the widest
    /// panel's columns, so that no panel is split.
    /// </summary>
    internal static int RowsTogether(int length)
    {
        const int WidestPanel = VectorsPerPanel * 16;
        return (int)Math.Max(1, BytesTogether / ((long)length * sizeof(float) * WidestPanel)) * WidestPanel;
    }

    /// <summary>
    /// Packs in batches on all cores and releases the source of each batch. An exception of one core is rethrown unchanged; if
    /// several cores throw, which one is rethrown depends on timing.
    /// </summary>
    /// <param name="count">The number of items to pack.</param>
    /// <param name="together">The number of items in a batch.</param>
    /// <param name="pack">Packs one item.</param>
    /// <param name="letGo">Releases a range of items, given by its start and its exclusive end.</param>
    internal static void PartByPart(int count, int together, Action<int> pack, Action<int, int> letGo)
    {
        for (int first = 0; first < count; first += together)
        {
            int end = Math.Min(first + together, count);
            try
            {
                Parallel.For(first, end, pack);
            }
            catch (AggregateException exception)
            {
                ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
            }

            letGo(first, end);
        }
    }

    private static int Lanes(InstructionSet instructionSet) =>
        instructionSet switch
        {
            InstructionSet.Avx512 => 16,
            InstructionSet.Avx2 => 8,
            _ => 4,
        };
}
