using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention.Scores;

/// <summary>Adds a bias that is linear in the distance, with a slope for each query head (ALiBi, Press et al. 2022).</summary>
internal sealed class LinearBias(AttentionKernel kernel) : ScoreModifier
{
    public override KernelParameter Table => KernelParameters.Slopes;

    public override long TableFloatsPerHead => kernel.Attention.GroupSize;

    public override string MethodName => kernel.SeesAll ? "AddDistancesBothWays" : "AddDistances";

    public override void Modify(ScoreRow row) =>
        row.Code.Call(MethodName, row.Scores, row.Visible, row.Code[Table][row.Head], row.Code.Block - row.Position);

    public override KernelMethod Method(InstructionSetDescription target, RequiredFunctions functions)
    {
        Vectors vectors = target.Vectors;
        var code = new CodeBuilder();
        Variable scores = code.Pointer("scores"),
            count = code.Int("count"),
            slope = code.Parameter("slope", DataType.Float),
            distance = code.Int("distance");
        code.For(
            "i",
            DataType.Int,
            0,
            count,
            vectors.Lanes,
            i =>
            {
                Variable distances = code.Let(
                    "distances",
                    vectors.ConvertToFloat(vectors.Indices + vectors.BroadcastInteger(distance + i))
                );
                // Keys on both sides have a negative distance.
                Expr signed = kernel.SeesAll ? vectors.Minimum(distances, vectors.Zero - distances) : distances;
                code.Store(vectors.MultiplyAdd(vectors.Load(scores.At(i)), signed, vectors.Broadcast(slope)), scores.At(i));
            }
        );
        return code.Method(
            MethodName,
            comment: kernel.SeesAll
                ? "Adds slope * -|key's position - query's position|; 'distance' is that of the block's first key."
                : "Adds slope * (key's position - query's position); 'distance' is that of the block's first key."
        );
    }
}
