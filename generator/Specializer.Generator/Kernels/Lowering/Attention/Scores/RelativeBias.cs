using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention.Scores;

/// <summary>
/// Adds a learned bias for each distance and query head (T5). A head's biases begin as far before that of distance 0 as the
/// context is long.
/// </summary>
internal sealed class RelativeBias(AttentionKernel kernel) : ScoreModifier
{
    public override KernelParameter Table => KernelParameters.RelativeBias;

    public override long TableFloatsPerHead => (long)kernel.Attention.GroupSize * kernel.BiasStride;

    public override string MethodName => "AddBias";

    public override void Modify(ScoreRow row)
    {
        Expr distanceZero = row.IsOnlyHead ? kernel.BiasOrigin : (row.Head * kernel.BiasStride) + kernel.BiasOrigin;
        row.Code.Call(MethodName, row.Scores, row.Visible, row.Code[Table].At(distanceZero + row.Code.Block - row.Position));
    }

    public override KernelMethod Method(InstructionSetDescription target, RequiredFunctions functions)
    {
        Vectors vectors = target.Vectors;
        var code = new CodeBuilder();
        Variable scores = code.Pointer("scores"),
            count = code.Int("count"),
            bias = code.Pointer("bias");
        code.For("i", 0, count, vectors.Lanes, i => code.Store(vectors.Load(scores.At(i)) + vectors.Load(bias.At(i)), scores.At(i)));
        return code.Method(MethodName, comment: "Adds the bias of every key's distance; 'bias' is that of the block's first key.");
    }
}
