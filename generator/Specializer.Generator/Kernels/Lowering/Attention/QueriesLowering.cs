using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Lowering.Attention.Scores;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention;

/// <summary>
/// Lowers attention from some queries over the cache, block of keys by block of keys. Every query keeps a running maximum, a
/// running sum and a running result (the online softmax of Milakov and Gimelshein 2018, tiled as in Dao et al. 2022), so that
/// memory does not grow with the square of the length.
/// </summary>
internal sealed class QueriesLowering
{
    private readonly AttentionKernel _kernel;
    private readonly InstructionSetDescription _target;
    private readonly QueriesCode _code;
    private readonly Visibility _visibility;
    private readonly RequiredFunctions _functions;

    private QueriesLowering(AttentionKernel kernel, InstructionSetDescription target, RequiredFunctions functions)
    {
        _kernel = kernel;
        _target = target;
        _code = new QueriesCode(kernel, target);
        _visibility = Visibility.Of(kernel);
        _functions = functions;
    }

    public static KernelMethod Lower(AttentionKernel kernel, InstructionSetDescription target, RequiredFunctions functions) =>
        new QueriesLowering(kernel, target, functions).Lower();

    private KernelMethod Lower()
    {
        ClearResults();
        Variable queries = _code[KernelParameters.Queries];
        _code.Set(queries, queries.At(_code.First.AsNInt * _kernel.HeadStride));
        Variable lastVisible = _code.Let("lastVisible", _visibility.End(_code, _code.PositionOf(first => first + _code.Rows - 1)));
        _visibility.Locality?.DeclareRange(_code, lastVisible);
        _code.Loop(
            [new Let(_code.Block, _visibility.Locality?.FirstBlock(_code) ?? 0)],
            _code.Block < lastVisible,
            [CodeBuilder.Step(_code.Block, _code.KeyBlock)],
            () => AttendBlock(lastVisible)
        );
        StoreResults();
        return _code.Method(
            QueriesCode.Name(_kernel),
            compilation: Compilation.Optimized,
            comment: "Queries first to first + rows - 1 of one key/value head, block of keys by block of keys."
        );
    }

    private void ClearResults()
    {
        AttentionScratch scratch = _code.Scratch;
        _code.Clear(scratch.Results, _code.Rows * _kernel.HeadStride);
        _code.Clear(scratch.Sums, _code.Rows * _target.Lanes);
        _code.Fill(scratch.Maxima, _code.Rows, Constant.MinFloat);
    }

    private void AttendBlock(Variable lastVisible)
    {
        if (_kernel.IsRing)
        {
            _code.Declare(_code.Slot, _code.Block % _kernel.CacheLength);
        }

        _code.Declare(_code.Count, Scalars.Min(_code.KeyBlock, lastVisible - _code.Block));
        _visibility.Locality?.SkipBlock(_code);
        new ScoreTiles(_code, _kernel, _target, _visibility).Build();
        new SoftmaxBlock(_code, _kernel, _target, _visibility, _functions).Build();
        new ValueTiles(_code, _kernel, _target, _visibility).Build();
    }

    /// <summary>Stores the results, divided by the sums of weights.</summary>
    private void StoreResults() =>
        _code.EachRow(row =>
        {
            int width = _kernel.Attention.HeadDim,
                lanes = new AttentionTiles(_kernel, _target).ValueLanes,
                whole = width / lanes * lanes;
            Vectors vectors = _target.Vectors,
                ofValues = new(_target, lanes);
            AttentionScratch scratch = _code.Scratch;
            Variable result = _code.Let("result", scratch.Results.At(row * _kernel.HeadStride)),
                output = _code.Let("target", OutputOf(row)),
                scale = _code.Let("scale", 1 / vectors.Sum(vectors.Load(scratch.Sums.At(row * _target.Lanes))));
            if (whole > 0)
            {
                _code.For("i", 0, whole, lanes, i => _code.Store(ofValues.Load(result.At(i)) * scale, output.At(i)));
            }

            if (whole < width)
            {
                _code.For("i", DataType.Int, whole, width, 1, i => _code.Set(output[i], result[i] * scale));
            }
        });

    private Expr OutputOf(Variable row)
    {
        int group = _kernel.Attention.GroupSize,
            stride = _kernel.OutputStride;
        Expr query = _code.First + row;
        return _code[KernelParameters.Output]
            .At(group == 1 ? query * ((Expr)stride).AsNInt : (query.AsNInt / group * stride) + (query % group * _kernel.Attention.HeadDim));
    }
}
