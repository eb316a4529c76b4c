using System;
using System.Globalization;

namespace Specializer;

/// <summary>The source of a packed column: a row of a matrix, or none.</summary>
internal readonly record struct PanelSource(int Matrix, int Row)
{
    public static PanelSource Zeros => new(-1, 0);
}

/// <summary>Packs the rows of matrices as the columns of panels, on all cores.</summary>
internal sealed unsafe class PanelPacking
{
    /// <summary>
    /// The number of inputs that are packed at a time: a block of a panel of any instruction set fits into the L1 cache.
    /// </summary>
    private const int BlockInputs = 128;

    private readonly float* _destination;
    private readonly int _lanes;
    private readonly int _inputs;
    private readonly PanelSource[] _sources;
    private readonly TensorSlice[] _matrices;
    private readonly WeightStorage _storage;

    public PanelPacking(
        float* destination,
        int lanes,
        int inputs,
        PanelSource[] sources,
        ReadOnlySpan<TensorSlice> matrices,
        WeightStorage storage
    )
    {
        _destination = destination;
        _lanes = lanes;
        _inputs = inputs;
        _sources = sources;
        _matrices = matrices.ToArray();
        _storage = storage;
    }

    private int PanelWidth => WeightPacking.VectorsPerPanel * _lanes;

    /// <exception cref="WeightsException">A weight does not fit into the storage type.</exception>
    public void Run()
    {
        int panels = (_sources.Length + PanelWidth - 1) / PanelWidth;
        WeightPacking.PartByPart(
            panels,
            WeightPacking.RowsTogether(_inputs) / PanelWidth,
            Pack,
            (first, end) => LetGo(_sources.AsSpan(first * PanelWidth, Math.Min(end * PanelWidth, _sources.Length) - (first * PanelWidth)))
        );
    }

    /// <summary>
    /// Releases pages of the checkpoint that are packed. No column is packed twice, so little of the checkpoint stays in memory.
    /// </summary>
    private void LetGo(ReadOnlySpan<PanelSource> sources)
    {
        for (int matrix = 0; matrix < _matrices.Length; matrix++)
        {
            int first = int.MaxValue,
                end = 0;
            foreach (PanelSource source in sources)
            {
                if (source.Matrix == matrix)
                {
                    first = Math.Min(first, source.Row);
                    end = Math.Max(end, source.Row + 1);
                }
            }

            if (end > 0)
            {
                _matrices[matrix].LetGo(first, end - first);
            }
        }
    }

    private void Pack(int panel)
    {
        int first = panel * PanelWidth;
        ReadOnlySpan<PanelSource> sources = _sources.AsSpan(first, Math.Min(PanelWidth, _sources.Length - first));
        if (_storage == WeightStorage.Float32)
        {
            float* target = _destination + ((nint)first * _inputs);
            for (int input = 0; input < _inputs; input += BlockInputs)
            {
                Fill(target + ((nint)input * sources.Length), sources, input, Math.Min(BlockInputs, _inputs - input));
            }

            return;
        }

        if (_storage is WeightStorage.Int8 or WeightStorage.Int4 or WeightStorage.UInt4)
        {
            Quantize(panel, sources);
            return;
        }

        uint* words = (uint*)_destination + ((nint)panel * _lanes * _inputs);
        float* block = stackalloc float[BlockInputs * PanelWidth];
        for (int input = 0; input < _inputs; input += BlockInputs)
        {
            int count = Math.Min(BlockInputs, _inputs - input);
            Fill(block, sources, input, count);
            Narrow(block, words + ((nint)input * _lanes), sources, count);
        }
    }

    /// <summary>Writes the blocks of a panel. Inputs after the last one are zero.</summary>
    private void Quantize(int panel, ReadOnlySpan<PanelSource> sources)
    {
        int blocks = (_inputs + BlockQuantizer.Inputs - 1) / BlockQuantizer.Inputs;
        int recordBytes = BlockQuantizer.RecordBytes(_storage, _lanes);
        byte* record = (byte*)_destination + ((nint)panel * blocks * recordBytes);
        float* block = stackalloc float[BlockInputs * PanelWidth];
        float* column = stackalloc float[BlockQuantizer.Inputs];
        for (int input = 0; input < _inputs; input += BlockInputs)
        {
            int count = Math.Min(BlockInputs, _inputs - input);
            Fill(block, sources, input, count);
            for (int first = 0; first < count; first += BlockQuantizer.Inputs, record += recordBytes)
            {
                new Span<byte>(record, recordBytes).Clear();
                int width = Math.Min(BlockQuantizer.Inputs, count - first);
                for (int source = 0; source < sources.Length; source++)
                {
                    if (TryTakeOver(sources[source], input + first, record, source))
                    {
                        continue;
                    }

                    new Span<float>(column, BlockQuantizer.Inputs).Clear();
                    for (int i = 0; i < width; i++)
                    {
                        column[i] = block[((first + i) * sources.Length) + source];
                    }

                    int wrong =
                        _storage == WeightStorage.Int8
                            ? BlockQuantizer.Write(column, record, _lanes, source)
                            : NibbleQuantizer.Write(column, width, record, _lanes, source, hasMinima: _storage == WeightStorage.UInt4);
                    if (wrong >= 0)
                    {
                        throw DoesNotFit(column[wrong], sources[source], BlockQuantizer.GreatestOf(_storage));
                    }
                }
            }
        }
    }

    /// <summary>Writes a column of a block with the integers of a quantized file, if these are what the storage type contains.</summary>
    private bool TryTakeOver(PanelSource source, int input, byte* record, int column)
    {
        sbyte* integers = stackalloc sbyte[BlockQuantizer.Inputs];
        if (
            source.Matrix < 0
            || !_matrices[source.Matrix]
                .TryCopyBlock(source.Row, input, _storage, new Span<sbyte>(integers, BlockQuantizer.Inputs), out Half scale)
        )
        {
            return false;
        }

        if (_storage == WeightStorage.Int8)
        {
            BlockQuantizer.WriteIntegers(integers, scale, record, _lanes, column);
            return true;
        }

        byte* nibbles = stackalloc byte[BlockQuantizer.Inputs];
        for (int i = 0; i < BlockQuantizer.Inputs; i++)
        {
            nibbles[i] = (byte)(integers[i] + NibbleQuantizer.Offset);
        }

        NibbleQuantizer.WriteIntegers(nibbles, scale, Half.Zero, record, _lanes, column, hasMinima: false);
        return true;
    }

    /// <summary>Writes inputs of the sources side by side: block[input, column].</summary>
    private void Fill(float* block, ReadOnlySpan<PanelSource> sources, int first, int count)
    {
        int width = sources.Length;
        float* values = stackalloc float[BlockInputs];
        for (int column = 0; column < width; )
        {
            PanelSource source = sources[column];
            if (source.Matrix >= 0 && _matrices[source.Matrix].InputsFirst)
            {
                column += CopyColumns(block, column, sources, first, count);
                continue;
            }

            if (source.Matrix < 0)
            {
                new Span<float>(values, count).Clear();
            }
            else
            {
                _matrices[source.Matrix].CopyRow(source.Row, first, new Span<float>(values, count));
            }

            float* target = block + column;
            for (int i = 0; i < count; i++, target += width)
            {
                *target = values[i];
            }

            column++;
        }
    }

    /// <summary>Copies adjacent columns of a matrix [inputs, outputs], which has the same order as the panel.</summary>
    private int CopyColumns(float* block, int column, ReadOnlySpan<PanelSource> sources, int first, int count)
    {
        PanelSource source = sources[column];
        int run = 1;
        while (column + run < sources.Length && sources[column + run].Matrix == source.Matrix)
        {
            run++;
        }

        int copied = run;
        for (int i = 0; i < count; i++)
        {
            copied = _matrices[source.Matrix]
                .CopyInput(first + i, source.Row, new Span<float>(block + ((nint)i * sources.Length) + column, run));
        }

        return copied;
    }

    /// <summary>
    /// Stores two weights in a word: a weight of the panel's first vector in the lower half, one of its second in the upper half.
    /// A narrow panel has no second vector.
    /// </summary>
    private void Narrow(float* block, uint* words, ReadOnlySpan<PanelSource> sources, int count)
    {
        int width = sources.Length;
        for (int i = 0; i < count; i++, block += width, words += _lanes)
        {
            for (int lane = 0; lane < _lanes; lane++)
            {
                uint low = Narrow(block[lane], sources[lane]);
                uint high = width > _lanes ? Narrow(block[lane + _lanes], sources[lane + _lanes]) : 0;
                words[lane] = low | (high << 16);
            }
        }
    }

    private uint Narrow(float weight, PanelSource source)
    {
        if (_storage == WeightStorage.BFloat16)
        {
            return FloatConversion.ToBFloat16(weight);
        }

        ushort half = BitConverter.HalfToUInt16Bits((Half)weight);
        return (half & FloatConversion.HalfInfinity) != FloatConversion.HalfInfinity
            ? half
            : throw DoesNotFit(weight, source, (float)Half.MaxValue);
    }

    private WeightsException DoesNotFit(float weight, PanelSource source, float greatest)
    {
        string name = _matrices[source.Matrix].TensorName;
        string message = FormattableString.Invariant(
            $"Tensor \"{name}\" contains the weight {weight}, which exceeds the range of WeightStorage.{_storage}; the largest value is {greatest}. Declare WeightStorage.BFloat16 or WeightStorage.Float32."
        );
        return new WeightsException(
            "weights",
            new WeightsProblem(WeightsProblemKind.WeightOutOfRange, name, message)
            {
                Expected = FormattableString.Invariant($"-{greatest} to {greatest}"),
                Found = weight.ToString(CultureInfo.InvariantCulture),
            }
        );
    }
}
