using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention.Scores;

/// <summary>One query's scores against a block of keys, before the softmax.</summary>
/// <param name="code">The method.</param>
/// <param name="kernel">The kernel.</param>
/// <param name="row">The row of the scores.</param>
/// <param name="visible">The number of visible keys of the block, counted from its first; a modifier may change it.</param>
internal sealed class ScoreRow(QueriesCode code, AttentionKernel kernel, Variable row, Variable visible)
{
    /// <summary>Gets the method.</summary>
    public QueriesCode Code => code;

    /// <summary>Gets the number of visible keys.</summary>
    public Variable Visible => visible;

    /// <summary>Gets the scores.</summary>
    public Expr Scores => code.ScoresOf(row);

    /// <summary>Gets the query's position.</summary>
    public Expr Position => code.PositionOf(first => first + row);

    /// <summary>Gets whether only one query head shares the key/value head.</summary>
    public bool IsOnlyHead => kernel.Attention.GroupSize == 1;

    /// <summary>Gets the query's head among those that share the key/value head.</summary>
    public Expr Head => IsOnlyHead ? 0 : (code.First + row) % kernel.Attention.GroupSize;

    /// <summary>A position relative to the block's first key, within the block's keys.</summary>
    public Expr InBlock(Expr position, Expr most) => Scalars.Clamp(position - code.Block, 0, most);

    /// <summary>Hides the first keys from the softmax.</summary>
    public void HideFirst(Expr count) => code.Fill(Scores, count, Constant.MinFloat);
}
