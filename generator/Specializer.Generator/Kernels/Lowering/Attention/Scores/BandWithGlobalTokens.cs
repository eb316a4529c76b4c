using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention.Scores;

/// <summary>A query attends to a band and to global tokens anywhere (Longformer).</summary>
internal sealed class BandWithGlobalTokens(int distance) : Band(distance)
{
    private Variable? _endVisible;
    private Variable? _hasGlobals;

    public override string MethodName => "HideUnseen";

    public override Expr FirstBlock(QueriesCode code) => 0;

    public override void SkipBlock(QueriesCode code)
    {
        Variable globals = code[KernelParameters.GlobalsBefore];
        Expr end = code.Block + code.Count;
        _hasGlobals = code.Let("hasGlobals", globals[end] > globals[code.Block]);
        code.If((!_hasGlobals).AndAlso((end <= FirstVisible!).OrElse(code.Block >= _endVisible!)), code.Continue);
    }

    public override KernelMethod Method(InstructionSetDescription target, RequiredFunctions functions)
    {
        Vectors vectors = target.Vectors;
        var code = new CodeBuilder();
        Variable scores = code.Pointer("scores"),
            globals = code.Parameter("globalsBefore", DataType.Int.Pointer),
            from = code.Int("from"),
            to = code.Int("to"),
            count = code.Int("count");
        code.For(
            "i",
            DataType.Int,
            0,
            count,
            vectors.Lanes,
            i =>
            {
                Variable keys = code.Let("keys", vectors.Indices + vectors.BroadcastInteger(i)),
                    near = code.Let(
                        "near",
                        vectors.GreaterThanOrEqual(keys, vectors.BroadcastInteger(from))
                            & vectors.LessThan(keys, vectors.BroadcastInteger(to))
                    ),
                    everywhere = code.Let("everywhere", vectors.GreaterThan(vectors.Load(globals.At(i + 1)), vectors.Load(globals.At(i))));
                code.Store(
                    vectors.Choose(vectors.AsFloat(near | everywhere), vectors.Load(scores.At(i)), vectors.Broadcast(Constant.MinFloat)),
                    scores.At(i)
                );
            }
        );
        return code.Method(
            MethodName,
            comment: "Hides the keys of a block outside the band, from 'from' to 'to', except global ones. After a global token, the count is higher."
        );
    }

    protected override void DeclareEnd(QueriesCode code, Variable lastVisible, Expr end) => _endVisible = code.Let("endVisible", end);

    protected override void Hide(ScoreRow row, Variable from, Variable to)
    {
        QueriesCode code = row.Code;
        code.If(
            (from > 0).OrElse(to < code.Count),
            () => code.Call(MethodName, row.Scores, code[KernelParameters.GlobalsBefore].At(code.Block), from, to, code.Count)
        );
        code.Set(row.Visible, (from < to).OrElse(_hasGlobals!).Select(code.Count, 0));
    }
}
