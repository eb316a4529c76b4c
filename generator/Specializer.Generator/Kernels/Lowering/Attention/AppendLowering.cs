using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention;

/// <summary>
/// Lowers the preparation of projected queries, keys and values. Queries and keys are normalized and rotated if the model
/// requires it, and queries are scaled. Keys are appended to the cache in panels, values in rows.
/// </summary>
internal sealed class AppendLowering
{
    private readonly AttentionKernel _kernel;
    private readonly KernelCode _code;
    private readonly CacheAppend _cache;
    private readonly RotaryPositions? _rotary;
    private readonly Expr _scale;
    private readonly int _width;
    private readonly int _keysAt;

    private AppendLowering(AttentionKernel kernel, InstructionSetDescription target)
    {
        _kernel = kernel;
        _code = new KernelCode(kernel, KernelPart.Append);
        _cache = new CacheAppend(_code, kernel, target);
        _rotary = kernel.Attention.Positions as RotaryPositions;
        _scale = kernel.Attention.ScaleByInverseLayer ? _code[KernelParameters.Scale] : kernel.Attention.Scale;
        _width = kernel.Attention.HeadDim;
        _keysAt = kernel.Attention.Heads * _width;
    }

    /// <summary>Gets whether keys are stored as they are projected, so that they need not be copied first.</summary>
    private bool StoresProjectedKeys => _rotary is null && !_kernel.Attention.QueryKeyNorm;

    private Expr Projected => _code[KernelParameters.Projected];

    private int ValuesAt => _keysAt + (_kernel.Attention.KeyValueHeads * _width);

    public static KernelMethod Lower(AttentionKernel kernel, InstructionSetDescription target) =>
        new AppendLowering(kernel, target).Lower();

    private KernelMethod Lower()
    {
        Expr? keys = StoresProjectedKeys ? null : _code.StackFloats("newKeys", StoreKeysLowering.Together * _kernel.HeadStride);
        _cache.EachRowsOfHead(rows =>
        {
            Expr newKeys =
                keys ?? _code.Let("newKeys", Projected.At((rows.First.AsNInt * _kernel.InputStride) + (rows.Head * _width) + _keysAt));
            _cache.EachRow(
                rows,
                row =>
                {
                    Variable source = _code.Let("source", Projected.At((row.AsNInt * _kernel.InputStride) + (rows.Head * _width)));
                    Expr? table = _rotary is null
                        ? null
                        : _code.Let(
                            "table",
                            _code[KernelParameters.RotaryTable].At((_code[KernelParameters.Position] + row).AsNInt * _rotary.RotaryDim)
                        );
                    PrepareQueries(rows.Head, row, source, table);
                    if (!StoresProjectedKeys)
                    {
                        Variable key = _code.Let("key", newKeys.At((row - rows.First) * _kernel.HeadStride));
                        Prepare(source.At(_keysAt), KernelParameters.KeyNorm, table, key, 1f);
                    }

                    _cache.StoreValues(rows, row, source.At(ValuesAt));
                }
            );
            _cache.StoreKeys(rows, newKeys, StoresProjectedKeys ? _kernel.InputStride : _kernel.HeadStride);
        });
        return _code.Method(Comment());
    }

    /// <summary>Prepares the queries of a row that share a key/value head.</summary>
    private void PrepareQueries(Variable head, Variable row, Variable source, Expr? table)
    {
        QueryGroup group = new(_code, _kernel);
        group.EachMember(
            head,
            row,
            (member, query) =>
                Prepare(
                    member is null ? source : source.At((head * ((_kernel.Attention.GroupSize - 1) * _width)) + (member * _width)),
                    KernelParameters.QueryNorm,
                    table,
                    query,
                    _scale
                )
        );
    }

    /// <summary>Normalizes, rotates and scales one head.</summary>
    private void Prepare(Expr source, KernelParameter norm, Expr? table, Expr output, Expr scale)
    {
        if (_kernel.Attention is { QueryKeyNorm: true, NormsRotated: true } && table is not null)
        {
            _code.Call(RotateLowering.Name(_rotary!, _kernel.Attention.HeadDim), source, table, output, 1f);
            _code.Call(HeadNormLowering.Name(_kernel), output, _code[norm], output);
            source = output;
            table = null;
        }
        else if (_kernel.Attention.QueryKeyNorm)
        {
            _code.Call(HeadNormLowering.Name(_kernel), source, _code[norm], output);
            source = output;
        }

        if (table is null)
        {
            _code.Call(ScaleLowering.Name(_kernel), source, output, scale);
        }
        else
        {
            _code.Call(RotateLowering.Name(_rotary!, _kernel.Attention.HeadDim), source, table, output, scale);
        }
    }

    private string Comment()
    {
        AttentionArchitecture attention = _kernel.Attention;
        string scale = attention.ScaleByInverseLayer ? "scale" : Constant.Of(attention.Scale).Text,
            ring = _kernel.IsRing ? $" The cache is a ring: position p is stored at p modulo {_kernel.CacheLength}." : "";
        return $"A row holds {attention.Heads} query heads, {attention.KeyValueHeads} key heads and as many value heads of {_width}. "
            + $"Queries are scaled by {scale}.{ring}";
    }
}
