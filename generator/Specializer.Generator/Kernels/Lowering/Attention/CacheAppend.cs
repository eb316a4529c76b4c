using System;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention;

/// <summary>Builds the loops that append the keys and values of the rows of a chunk to the cache, head by head.</summary>
/// <param name="code">The method.</param>
/// <param name="kernel">The kernel.</param>
/// <param name="target">The target.</param>
internal sealed class CacheAppend(KernelCode code, AttentionKernel kernel, InstructionSetDescription target)
{
    private const int Together = StoreKeysLowering.Together;

    /// <summary>
    /// Emits a loop over the worker's heads and the rows of the chunk. It processes four rows together if the first one is at a
    /// multiple of four in the cache. Transposing their keys takes half the time of storing them element by element.
    /// </summary>
    public void EachRowsOfHead(Action<RowsOfHead> body) =>
        code.EachOfWorker(
            "head",
            kernel.Attention.KeyValueHeads,
            head =>
            {
                Variable first = new(DataType.Int, "first"),
                    end = new(DataType.Int, "end"),
                    rows = code[KernelParameters.Rows];
                code.Loop(
                    [new Let(first, 0), new Let(end, null)],
                    first < rows,
                    [new Assign(first, end)],
                    () =>
                    {
                        Expr position = code[KernelParameters.Position] + first;
                        Variable at = code.Let("at", DataType.NInt, kernel.IsRing ? position % kernel.CacheLength : position);
                        code.Set(end, (at % Together).Is(0).AndAlso(first + Together <= rows).Select(first + Together, first + 1));
                        body(new RowsOfHead(head, first, end, at));
                    }
                );
            }
        );

    /// <summary>A loop over the rows that are taken together.</summary>
    public void EachRow(RowsOfHead rows, Action<Variable> body)
    {
        Variable row = new(DataType.Int, "row");
        code.Loop([new Let(row, rows.First)], row < rows.End, [CodeBuilder.Step(row, 1)], () => body(row));
    }

    /// <summary>Stores a row's values of the head.</summary>
    public void StoreValues(RowsOfHead rows, Variable row, Expr newValues)
    {
        Variable value = code.Let(
            "value",
            code[KernelParameters.Values]
                .At((rows.Head * Constant.Of(kernel.ValuesPerHead).AsNInt) + ((rows.At + row - rows.First) * kernel.ValueStride))
        );
        code.Copy(newValues, value, kernel.Attention.HeadDim);
    }

    /// <summary>Stores the head's keys of the rows in their panel.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="newKeys">The keys of the first row.</param>
    /// <param name="stride">Floats from one row's keys to the next.</param>
    public void StoreKeys(RowsOfHead rows, Expr newKeys, int stride)
    {
        int width = target.PanelWidth;
        Variable panel = code.Let(
            "panel",
            code[KernelParameters.Keys]
                .At(
                    (rows.Head * Constant.Of(kernel.KeysPerHead).AsNInt)
                        + (rows.At / width * (width * kernel.Attention.HeadDim))
                        + (rows.At % width)
                )
        );
        code.Call(StoreKeysLowering.Name(kernel), newKeys, stride, panel, rows.End - rows.First);
    }
}

/// <summary>Rows of one head that are appended together.</summary>
/// <param name="Head">The key/value head.</param>
/// <param name="First">The first row.</param>
/// <param name="End">The row after the last.</param>
/// <param name="At">The first row's place in the cache.</param>
internal readonly record struct RowsOfHead(Variable Head, Variable First, Variable End, Variable At);
