using System;
using System.Threading;

namespace Specializer;

/// <summary>A matrix whose rows llama.cpp's converter has permuted to interleaved rotary pairs, in the order of Hugging Face.</summary>
/// <remarks>
/// LlamaModel.permute of the converter writes row (h, j, i) of [heads, 2, half] to (h, i, j). A vector (a bias) has rows of one element.
/// </remarks>
/// <param name="stored">The stored rows.</param>
/// <param name="headRows">The number of rows of a head.</param>
/// <param name="rowLength">The number of elements of a row.</param>
internal sealed class PairedRows(TensorContent stored, long headRows, long rowLength) : TensorContent
{
    public override void Read(long start, Span<float> destination)
    {
        while (!destination.IsEmpty)
        {
            long row = start / rowLength,
                column = start % rowLength;
            int count = (int)Math.Min(rowLength - column, destination.Length);
            stored.Read((StoredRow(row) * rowLength) + column, destination[..count]);
            destination = destination[count..];
            start += count;
        }
    }

    public override bool TryReadBlock(long start, WeightStorage storage, Span<sbyte> integers, out Half scale)
    {
        long column = start % rowLength;
        if (column + integers.Length > rowLength)
        {
            scale = default;
            return false;
        }

        return stored.TryReadBlock((StoredRow(start / rowLength) * rowLength) + column, storage, integers, out scale);
    }

    public override void LetGo(long start, long count)
    {
        // The rows of a head are permuted within the head.
        long head = headRows * rowLength,
            first = start / head * head;
        stored.LetGo(first, ((start + count + head - 1) / head * head) - first);
    }

    private long StoredRow(long row)
    {
        long inHead = row % headRows,
            half = headRows / 2;
        return row - inHead + (inHead % half * 2) + (inHead / half);
    }
}

/// <summary>The weights of a norm to which llama.cpp's converter has added 1 (Gemma).</summary>
/// <param name="stored">The stored weights.</param>
internal sealed class LessOne(TensorContent stored) : TensorContent
{
    public override void Read(long start, Span<float> destination)
    {
        stored.Read(start, destination);
        foreach (ref float value in destination)
        {
            value -= 1;
        }
    }

    public override void LetGo(long start, long count) => stored.LetGo(start, count);
}

/// <summary>A matrix that llama.cpp's converter has transposed to [outputs, inputs], as [inputs, outputs] (GPT-2).</summary>
/// <param name="cache">The matrix that was transposed last, which all matrices of a file share.</param>
/// <param name="stored">The stored matrix.</param>
/// <param name="outputs">The number of its rows.</param>
/// <param name="inputs">The number of its columns.</param>
internal sealed class Transposed(TransposedMatrix cache, TensorContent stored, long outputs, long inputs) : TensorContent
{
    public override void Read(long start, Span<float> destination) =>
        cache.Of(this).AsSpan((int)start, destination.Length).CopyTo(destination);

    // The matrix is in memory, so that the file is not read again.
    public override void LetGo(long start, long count) => stored.LetGo(0, outputs * inputs);

    /// <summary>Converts and transposes the matrix.</summary>
    public float[] Transpose()
    {
        float[] matrix = new float[checked(outputs * inputs)],
            row = new float[inputs];
        for (long output = 0; output < outputs; output++)
        {
            stored.Read(output * inputs, row);
            for (long input = 0; input < inputs; input++)
            {
                matrix[(input * outputs) + output] = row[input];
            }
        }

        return matrix;
    }
}

/// <summary>The matrix of a file that was transposed last. Packing reads one matrix after another, each of them many times.</summary>
internal sealed class TransposedMatrix
{
    private readonly Lock _lock = new();
    private Transposed? _last;
    private float[] _matrix = [];

    /// <summary>Returns the elements of a matrix.</summary>
    public float[] Of(Transposed matrix)
    {
        lock (_lock)
        {
            if (_last != matrix)
            {
                _matrix = matrix.Transpose();
                _last = matrix;
            }

            return _matrix;
        }
    }
}
