using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Lowering.Attention.Scores;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention;

/// <summary>
/// Builds the softmax of a block: the scores are modified, then become weights relative to the highest score so far; a higher
/// maximum scales down what was summed before.
/// </summary>
/// <param name="code">The method.</param>
/// <param name="kernel">The kernel.</param>
/// <param name="target">The target.</param>
/// <param name="visibility">The keys that queries may attend to.</param>
/// <param name="functions">Takes the vector functions that the method calls.</param>
internal sealed class SoftmaxBlock(
    QueriesCode code,
    AttentionKernel kernel,
    InstructionSetDescription target,
    Visibility visibility,
    RequiredFunctions functions
)
{
    private readonly AttentionScratch _scratch = code.Scratch;
    private readonly Vectors _vectors = target.Vectors;

    public void Build()
    {
        code.EachRow(FindHighest);
        code.For("row", DataType.Int, 0, code.Rows, target.Lanes, ReplaceMaxima);
        code.EachRow(SumWeights);
    }

    private void FindHighest(Variable row)
    {
        Variable visible = code.Let("visible", visibility.InBlock(code, code.PositionOf(first => first + row)));
        var scores = new ScoreRow(code, kernel, row, visible);
        foreach (ScoreModifier modifier in ScoreModifier.Of(kernel, visibility))
        {
            modifier.Modify(scores);
        }

        code.Set(_scratch.Seen[row], visible);
        code.Set(
            _scratch.Highest[row],
            new MethodCall(DataType.Float, SoftmaxLowering.HighestName, null, [scores.Scores, visible, _scratch.Maxima[row]])
        );
    }

    private void ReplaceMaxima(Variable row)
    {
        Expr maxima = _vectors.Load(_scratch.Maxima.At(row)),
            highest = _vectors.Load(_scratch.Highest.At(row));
        code.Store(SoftmaxLowering.Weight(functions, _vectors, maxima, highest), _scratch.Factors.At(row));
        code.Store(highest, _scratch.Maxima.At(row));
    }

    private void SumWeights(Variable row)
    {
        Variable sum = code.Let("sum", _scratch.Sums.At(row * target.Lanes)),
            weights = code.Let(
                "weights",
                new MethodCall(
                    _vectors.Type,
                    SoftmaxLowering.WeighName,
                    null,
                    [code.ScoresOf(row), _scratch.Seen[row], code.Count, _scratch.Highest[row]]
                )
            );
        code.Store(_vectors.MultiplyAdd(weights, _vectors.Load(sum), _vectors.Broadcast(_scratch.Factors[row])), sum);
    }
}
