using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention;

/// <summary>
/// Lowers the preparation of projections for attention to another sequence. Queries, and the keys and values of the source, are
/// projected at different times, so each has a method.
/// </summary>
internal static class CrossAppendLowering
{
    /// <summary>Scales the queries.</summary>
    public static KernelMethod LowerQueries(AttentionKernel kernel)
    {
        AttentionArchitecture attention = kernel.Attention;
        int width = attention.HeadDim;
        var code = new KernelCode(kernel, KernelPart.PrepareQueries);
        var group = new QueryGroup(code, kernel);
        code.EachOfWorker(
            "head",
            attention.KeyValueHeads,
            head =>
                code.Each(
                    "row",
                    code[KernelParameters.Rows],
                    row =>
                    {
                        Variable source = code.Let(
                            "source",
                            code[KernelParameters.Projected].At((row.AsNInt * kernel.InputStride) + (head * (attention.GroupSize * width)))
                        );
                        group.EachMember(
                            head,
                            row,
                            (member, query) =>
                                code.Call(
                                    ScaleLowering.Name(kernel),
                                    member is null ? source : source.At(member * width),
                                    query,
                                    attention.Scale
                                )
                        );
                    }
                )
        );
        return code.Method(
            $"A row holds {attention.Heads} query heads of {width}. Queries are scaled by {Constant.Of(attention.Scale).Text}."
        );
    }

    /// <summary>Appends the source's keys and values to the cache.</summary>
    public static KernelMethod LowerKeysAndValues(AttentionKernel kernel, InstructionSetDescription target)
    {
        int width = kernel.Attention.HeadDim,
            heads = kernel.Attention.KeyValueHeads,
            stride = kernel.SourceStride;
        var code = new KernelCode(kernel, KernelPart.Append);
        var cache = new CacheAppend(code, kernel, target);
        cache.EachRowsOfHead(rows =>
        {
            Variable newKeys = code.Let("newKeys", code[KernelParameters.Projected].At((rows.First.AsNInt * stride) + (rows.Head * width)));
            cache.EachRow(
                rows,
                row =>
                {
                    Variable source = code.Let("source", newKeys.At((row - rows.First) * stride));
                    cache.StoreValues(rows, row, source.At(heads * width));
                }
            );
            cache.StoreKeys(rows, newKeys, stride);
        });
        return code.Method($"A row holds {heads} key heads and as many value heads of {width}.");
    }
}
