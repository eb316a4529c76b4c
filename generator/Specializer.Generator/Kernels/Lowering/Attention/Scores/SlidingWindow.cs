using Specializer.Generator.Kernels.Ir;

namespace Specializer.Generator.Kernels.Lowering.Attention.Scores;

/// <summary>A query attends to its own position and to those before it, so many in all.</summary>
internal sealed class SlidingWindow(int positions) : Locality
{
    private Variable? _firstVisible;

    public override void DeclareRange(QueriesCode code, Variable lastVisible) => _firstVisible = DeclareFirstVisible(code, positions - 1);

    public override Expr FirstBlock(QueriesCode code) => BlockOf(code, _firstVisible!);

    public override void Modify(ScoreRow row)
    {
        QueriesCode code = row.Code;
        Variable visible = row.Visible,
            hidden = code.Let("hidden", row.InBlock(row.Position - (positions - 1), visible));
        code.Set(visible, hidden.Is(visible).Select(0, visible));
        row.HideFirst(hidden);
    }
}
