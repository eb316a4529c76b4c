using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;

namespace Specializer.Generator.Kernels.Lowering.Attention.Scores;

/// <summary>Caps scores softly: cap · tanh(score / cap).</summary>
internal sealed class SoftCap(float cap) : ScoreModifier
{
    public override string MethodName => "CapScores" + Names.Number(cap);

    public override void Modify(ScoreRow row) => row.Code.Call(MethodName, row.Scores, row.Visible);

    public override KernelMethod Method(InstructionSetDescription target, RequiredFunctions functions)
    {
        Vectors vectors = target.Vectors;
        var code = new CodeBuilder();
        Variable scores = code.Pointer("scores"),
            count = code.Int("count");
        code.For(
            "i",
            0,
            count,
            vectors.Lanes,
            i => code.Store(functions.HyperbolicTangent(vectors.Load(scores.At(i)) * ((Expr)1 / cap)) * cap, scores.At(i))
        );
        string text = Constant.Of(cap).Text;
        return code.Method(MethodName, comment: $"{text} * tanh(score / {text}).");
    }
}
