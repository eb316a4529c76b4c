using Specializer.Generator.Kernels.Ir;

namespace Specializer.Generator.Kernels.Lowering.Attention.Scores;

/// <summary>A query attends to positions up to a distance before and after its own.</summary>
internal class Band(int distance) : Locality
{
    protected Variable? FirstVisible { get; private set; }

    public override void DeclareRange(QueriesCode code, Variable lastVisible)
    {
        FirstVisible = DeclareFirstVisible(code, distance);
        DeclareEnd(code, lastVisible, code.PositionOf(first => first + code.Rows - 1) + (distance + 1));
    }

    public override Expr FirstBlock(QueriesCode code) => BlockOf(code, FirstVisible!);

    public override void Modify(ScoreRow row)
    {
        QueriesCode code = row.Code;
        Variable from = code.Let("from", row.InBlock(row.Position - distance, code.Count)),
            to = code.Let("to", row.InBlock(row.Position + (distance + 1), code.Count));
        Hide(row, from, to);
    }

    /// <summary>Takes the position after the last one in the band of some query.</summary>
    protected virtual void DeclareEnd(QueriesCode code, Variable lastVisible, Expr end) =>
        code.Set(lastVisible, Scalars.Min(lastVisible, end));

    /// <summary>Hides the keys of the block before the band and after it; a query whose band has none leaves the block out.</summary>
    protected virtual void Hide(ScoreRow row, Variable from, Variable to)
    {
        row.HideFirst(from);
        row.Code.Set(row.Visible, (from < to).Select(to, 0));
    }
}
