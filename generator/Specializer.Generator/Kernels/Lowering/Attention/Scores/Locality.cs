using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention.Scores;

/// <summary>Limits how far from its own position a query attends: other blocks of keys are left out, other scores hidden.</summary>
internal abstract class Locality : ScoreModifier
{
    /// <summary>The locality of a kernel; null for any distance.</summary>
    public static Locality? For(AttentionKernel kernel) =>
        kernel.Attention.Window > 0 ? new SlidingWindow(kernel.Attention.Window)
        : kernel.Attention.Band == 0 ? null
        : kernel.GlobalTokens ? new BandWithGlobalTokens(kernel.Attention.Band)
        : new Band(kernel.Attention.Band);

    /// <summary>Declares the range of positions that some query attends to.</summary>
    /// <param name="code">The method.</param>
    /// <param name="lastVisible">The position after the last visible one; a locality may lower it.</param>
    public abstract void DeclareRange(QueriesCode code, Variable lastVisible);

    /// <summary>The first block of keys.</summary>
    public abstract Expr FirstBlock(QueriesCode code);

    /// <summary>Continues with the next block where no query attends to this one, if a block before the last may be such.</summary>
    public virtual void SkipBlock(QueriesCode code) { }

    /// <summary>Declares the first position that some query attends to.</summary>
    /// <param name="code">The method.</param>
    /// <param name="distance">The distance that the first query attends to.</param>
    protected static Variable DeclareFirstVisible(QueriesCode code, int distance) =>
        code.Let("firstVisible", Scalars.Max(0, code.PositionOf(static first => first) - distance));

    /// <summary>The block with a position.</summary>
    protected static Expr BlockOf(QueriesCode code, Expr position) => position & -code.KeyBlock;
}
