using System;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention;

/// <summary>Builds the loop over the query heads of a row that share a key/value head.</summary>
/// <param name="code">The method, which has the prepared queries as a parameter.</param>
/// <param name="kernel">The kernel.</param>
internal readonly struct QueryGroup(KernelCode code, AttentionKernel kernel)
{
    /// <summary>The place of a row's first query of one key/value head among the prepared queries.</summary>
    public Expr IndexOf(Expr head, Expr row) => ((head.AsNInt * kernel.QueryRows) + row) * (kernel.Attention.GroupSize * kernel.HeadStride);

    /// <summary>The prepared queries of a row and one key/value head.</summary>
    public Expr QueriesOf(Expr head, Expr row) => code[KernelParameters.Queries].At(IndexOf(head, row));

    /// <summary>A loop over the members of the group, each with the place of its prepared query.</summary>
    /// <param name="head">The key/value head.</param>
    /// <param name="row">The row.</param>
    /// <param name="body">Takes the member, which is null where there is only one, and the place.</param>
    public void EachMember(Variable head, Variable row, Action<Variable?, Expr> body)
    {
        Variable query = code.Let("query", QueriesOf(head, row));
        int stride = kernel.HeadStride;
        if (kernel.Attention.GroupSize == 1)
        {
            body(null, query);
        }
        else
        {
            code.Each("member", kernel.Attention.GroupSize, member => body(member, query.At(member * stride)));
        }
    }
}
