using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>Lowers the pooling of a sequence's states into one.</summary>
internal sealed class PoolLowering
{
    private readonly PoolKernel _kernel;
    private readonly KernelCode _code;
    private readonly Vectors _vectors;
    private readonly Variable _input;
    private readonly Variable _output;
    private readonly Variable _length;
    private readonly int _padded;

    private PoolLowering(PoolKernel kernel, InstructionSetDescription target)
    {
        _kernel = kernel;
        _code = new KernelCode(kernel);
        _vectors = target.Vectors;
        _input = _code[KernelParameters.Input];
        _output = _code[KernelParameters.Output];
        _length = _code[KernelParameters.Length];
        _padded = Layout.Pad(kernel.Width);
    }

    public static KernelMethod Lower(PoolKernel kernel, InstructionSetDescription target) => new PoolLowering(kernel, target).Lower();

    private KernelMethod Lower()
    {
        _code.Comment("One worker is faster than the time in which several could meet.");
        _code.If(_code.Worker.IsNot(0), () => _code.Return());
        if (_kernel.Skipped > 0)
        {
            _code.Set(_input, _input.At(_kernel.Skipped * _kernel.Stride));
            _code.Set(_length, _length - _kernel.Skipped);
        }

        switch (_kernel.Pooling)
        {
            case PoolingKind.Mean or PoolingKind.WeightedMean:
                Mean(_kernel.Pooling == PoolingKind.WeightedMean);
                break;
            case PoolingKind.Max:
                Maximum();
                break;
            default:
                Expr row =
                    _kernel.Pooling == PoolingKind.First ? _input
                    : _kernel.EndToken is { } end ? _input.At(EndRow(end).AsNInt * _kernel.Stride)
                    : _input.At((_length - 1).AsNInt * _kernel.Stride);
                _code.Copy(row, _output, _padded);
                break;
        }

        if (_kernel.Normalize)
        {
            NormalizeLowering.AddRow(_code, _vectors, _kernel.Width, _output, _output);
        }

        return _code.Method(Comment());
    }

    /// <summary>The row of the first end token, or of the first of the largest tokens; 0 if there is no end token.</summary>
    private Variable EndRow(int end)
    {
        Variable tokens = _code[KernelParameters.Tokens],
            found = _code.Let("found", DataType.Int, 0);
        _code.For(
            "candidate",
            DataType.Int,
            0,
            _length,
            1,
            candidate =>
                _code.If(
                    end == HeadArchitecture.LargestToken ? tokens[candidate] > tokens[found] : tokens[candidate].Is(end),
                    () =>
                    {
                        _code.Set(found, candidate);
                        if (end != HeadArchitecture.LargestToken)
                        {
                            _code.Break();
                        }
                    }
                )
        );
        return found;
    }

    private void Mean(bool weighted)
    {
        _code.Clear(_output, _padded);
        var row = new Variable(DataType.Int, "row");
        _code.Loop(
            [new Let(row, 0)],
            row < _length,
            [CodeBuilder.Step(row, 1), new Assign(_input, _input.At(_kernel.Stride))],
            () =>
                Each(
                    (sum, value) =>
                        weighted ? _vectors.MultiplyAdd(sum, value, _vectors.Broadcast((row + 1).As(DataType.Float))) : sum + value
                )
        );
        Variable scale = _code.Let(
            "scale",
            weighted ? (2 / (_length * (_length + new Constant(DataType.Double, "1d")))).As(DataType.Float) : 1f / _length
        );
        _code.For("i", 0, _padded, _vectors.Lanes, i => _code.Store(_vectors.Load(_output.At(i)) * scale, _output.At(i)));
    }

    private void Maximum()
    {
        _code.Copy(_input, _output, _padded);
        _code.For(
            "row",
            DataType.Int,
            1,
            _length,
            1,
            _ =>
            {
                _code.Set(_input, _input.At(_kernel.Stride));
                Each(_vectors.MaximumNative);
            }
        );
    }

    /// <summary>Combines what the output holds with a row of the input, vector by vector.</summary>
    private void Each(System.Func<Expr, Expr, Expr> combine) =>
        _code.For(
            "i",
            0,
            _padded,
            _vectors.Lanes,
            i => _code.Store(combine(_vectors.Load(_output.At(i)), _vectors.Load(_input.At(i))), _output.At(i))
        );

    private string Comment() =>
        _kernel.Pooling switch
        {
            PoolingKind.First => "The first of the rows",
            PoolingKind.Last => "The last of the rows",
            PoolingKind.WeightedMean => "The mean of the rows, each weighted by its number from 1 on, summed from first to last",
            PoolingKind.Max => "The maximum of the rows",
            _ => "The mean of the rows, summed from first to last",
        } + (_kernel.Normalize ? ", divided by its Euclidean length." : ".");
}
