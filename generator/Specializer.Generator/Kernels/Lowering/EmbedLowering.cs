using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>Lowers the look-up of token embeddings, with what is added to them.</summary>
internal sealed class EmbedLowering(EmbedKernel kernel, InstructionSetDescription target)
{
    private readonly KernelCode _code = new(kernel);
    private readonly Vectors _vectors = target.Vectors;

    public static KernelMethod Lower(EmbedKernel kernel, InstructionSetDescription target) => new EmbedLowering(kernel, target).Lower();

    private KernelMethod Lower()
    {
        _code.EachRow(row =>
        {
            Variable token = _code.Let("token", DataType.NInt, _code[KernelParameters.Tokens][row]),
                x = _code.Let("x", _code[KernelParameters.Output].At(row.AsNInt * kernel.Stride));
            Variable embedding;
            if (kernel.Tied)
            {
                Gather(token, x);
                embedding = x;
            }
            else
            {
                embedding = _code.Let("embedding", _code[KernelParameters.Table].At(token * kernel.Stride));
            }

            Add(row, token, embedding, x);
        });
        return _code.Method(
            kernel.Tied
                ? $"Token n's embedding is column n of the packed output matrix, panels of {target.PanelWidth} columns by {kernel.Width}."
                : $"Token n's embedding is row n of the table, {kernel.Stride} floats apart."
        );
    }

    /// <summary>Scales the embedding and adds those of position and type.</summary>
    private void Add(Variable row, Variable token, Variable embedding, Variable x)
    {
        Variable? added = kernel.PositionOffset is { } offset
                ? _code.Let("added", _code[KernelParameters.Positions].At(PositionRow(row, token, offset).AsNInt * kernel.Stride))
                : null,
            type = kernel.TokenTypes ? _code.Let("type", _code[KernelParameters.Types].At(TypeRow(row).AsNInt * kernel.Stride)) : null;
        if (embedding == x && kernel.Scale == 1 && added is null && type is null)
        {
            return;
        }

        _code.For(
            "i",
            0,
            Layout.Pad(kernel.Width),
            _vectors.Lanes,
            i =>
            {
                Expr value = _vectors.Load(embedding.At(i));
                value = kernel.Scale == 1 ? value : value * kernel.Scale;
                value = added is null ? value : value + _vectors.Load(added.At(i));
                value = type is null ? value : value + _vectors.Load(type.At(i));
                _code.Store(value, x.At(i));
            }
        );
    }

    /// <summary>The row of the table of positions: of padding its own, and for other tokens the padding before them does not count (RoBERTa).</summary>
    private Expr PositionRow(Variable row, Variable token, int offset)
    {
        Variable position = _code[KernelParameters.Position];
        if (kernel.PaddingToken is not { } padding)
        {
            return position + row + offset;
        }

        _code.Comment($"Token {padding} is padding: it has row {padding}, and the tokens after it count as if it were absent.");
        Expr paddingBefore = Scalars.CountEqual(_code[KernelParameters.Tokens] - position, position + row, padding);
        return _code.Let("index", DataType.Int, token.Is(padding).Select(padding, position + row - paddingBefore + offset));
    }

    private Expr TypeRow(Variable row)
    {
        Variable types = _code[KernelParameters.TokenTypes];
        return types.IsNull().Select(0, types[row]);
    }

    /// <summary>Gathers a column of the packed output matrix.</summary>
    private void Gather(Variable token, Variable x)
    {
        Variable panel = _code.Let("panel", token / target.PanelWidth);
        if (kernel.Storage == WeightStorage.Float32)
        {
            GatherFloats(token, panel, x);
        }
        else if (IntegerLayout.IsInteger(kernel.Storage))
        {
            GatherIntegers(token, panel, x);
        }
        else
        {
            GatherHalves(token, panel, x);
        }
    }

    private void GatherFloats(Variable token, Variable panel, Variable x)
    {
        int columns = Layout.Pad(kernel.VocabularySize);
        int wholeColumns = columns / target.PanelWidth * target.PanelWidth;
        Variable column = _code.Let(
            "column",
            _code[KernelParameters.Table].At((panel * (target.PanelWidth * kernel.Width)) + (token % target.PanelWidth))
        );
        Expr step =
            wholeColumns == columns
                ? target.PanelWidth
                : _code.Let("columns", (token < wholeColumns).Select(target.PanelWidth, columns - wholeColumns));
        _code.For(
            "i",
            0,
            kernel.Width,
            1,
            i =>
            {
                _code.Set(x[i], column.Value);
                _code.Set(column, column.At(step));
            }
        );
    }

    /// <summary>The bytes of a column in each block of its panel, times the scale of the block.</summary>
    private void GatherIntegers(Variable token, Variable panel, Variable x)
    {
        int lanes = target.Lanes,
            blocks = IntegerLayout.Blocks(kernel.Width),
            record = IntegerLayout.WordsPerLane(kernel.Storage) * lanes;
        Variable words = _code.Let("words", _code[KernelParameters.Table].At(panel * (record * blocks)).As(DataType.UInt.Pointer)),
            lane = _code.Let("lane", token % lanes),
            vector = _code.Let("vector", token / lanes % 2);
        _code.For(
            "i",
            DataType.Int,
            0,
            kernel.Width,
            1,
            i =>
            {
                Variable block = _code.Let("block", words.At(i / IntegerLayout.Block * record)),
                    depth = _code.Let("depth", i % IntegerLayout.Block);
                if (IntegerLayout.IsNibble(kernel.Storage))
                {
                    SetNibble(x[i], block, depth, lane, vector);
                    return;
                }

                Variable half = LetHalf("scales", "half", block, IntegerLayout.Block / 2, lane, vector);
                Variable word,
                    index;
                if (target.MultipliesWords)
                {
                    // A word holds two pairs: the bytes of inputs 16 apart, of two columns.
                    word = _code.Let("word", block[(depth % 16 * lanes) + (vector * (lanes / 2)) + (lane / 2)]);
                    index = _code.Let("index", (lane % 2 * 2).As(DataType.Int) + (depth / 16));
                }
                else
                {
                    word = _code.Let("word", block[(depth / 4 * (2 * lanes)) + (vector * lanes) + lane]);
                    index = _code.Let("index", depth % 4);
                }

                _code.Set(x[i], ByteOf(word, index) * Scalars.HalfBitsToFloat(half));
            }
        );
    }

    /// <summary>Sets a weight of 4 bits: a byte of a word holds one of each vector of the panel.</summary>
    private void SetNibble(Expr place, Variable block, Variable depth, Variable lane, Variable vector)
    {
        const int Quads = IntegerLayout.Block / 4;
        Variable scale = LetHalf("scales", "scale", block, Quads, lane, vector);
        bool isSpaced = target.MultipliesWords;
        Variable word = _code.Let("word", block[((isSpaced ? depth % Quads : depth / 4) * target.Lanes) + lane]),
            bits = _code.Let("bits", ((isSpaced ? depth / Quads : depth % 4) * 8) + (vector.As(DataType.Int) * 4));
        Expr nibble = (Binary.Of(BinaryOp.ShiftRight, word, bits) & Constant.UInt("15")).As(DataType.Int);
        if (kernel.Storage == WeightStorage.Int4)
        {
            _code.Set(place, (nibble - 8).As(DataType.Float) * Scalars.HalfBitsToFloat(scale));
            return;
        }

        Variable minimum = LetHalf("minima", "minimum", block, Quads + 1, lane, vector);
        _code.Set(place, (nibble.As(DataType.Float) * Scalars.HalfBitsToFloat(scale)) + Scalars.HalfBitsToFloat(minimum));
    }

    /// <summary>Declares the bits of the half of a vector, in the words of both at an index of words per lane.</summary>
    private Variable LetHalf(string ofBoth, string name, Variable block, int index, Variable lane, Variable vector)
    {
        Variable both = _code.Let(ofBoth, block[(index * target.Lanes) + lane]);
        return _code.Let(name, vector.Is(1).Select(both >> 16, both & Constant.UInt("0xFFFF")));
    }

    /// <summary>A signed byte of a word as a float.</summary>
    private static Expr ByteOf(Expr word, Variable index)
    {
        Expr top = Binary.Of(BinaryOp.ShiftLeft, word, 24 - (8 * index));
        return (top.As(DataType.Int) >> 24).As(DataType.Float);
    }

    /// <summary>Two weights of 16 bits share a word: one of the panel's first vector in its lower half, one of its second in the upper.</summary>
    private void GatherHalves(Variable token, Variable panel, Variable x)
    {
        Expr first = _code[KernelParameters.Table].At((panel * (target.Lanes * kernel.Width)) + (token % target.Lanes));
        Variable column = _code.Let("column", first.As(DataType.UInt.Pointer)),
            upper = _code.Let("upper", (token / target.Lanes % 2).Is(1));
        _code.For(
            "i",
            0,
            kernel.Width,
            1,
            i =>
            {
                Variable weight = _code.Let("weight", upper.Select(column.Value >> 16, column.Value & Constant.UInt("0xFFFF")));
                _code.Set(
                    x[i],
                    kernel.Storage == WeightStorage.BFloat16 ? Scalars.BitsToFloat(weight << 16) : Scalars.HalfBitsToFloat(weight)
                );
                _code.Set(column, column.At(target.Lanes));
            }
        );
    }
}
