using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention;

/// <summary>The memory that attention keeps for each query of a unit of work.</summary>
internal sealed class AttentionScratch
{
    /// <param name="code">The method.</param>
    /// <param name="memory">The memory.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="target">The target.</param>
    public AttentionScratch(CodeBuilder code, Expr memory, AttentionKernel kernel, InstructionSetDescription target)
    {
        int perQuery = PerQuery(target);
        Scores = code.Let("scores", memory);
        Results = code.Let("results", Scores.At(target.Tuning.QueryRows * Layout.KeyBlock));
        Sums = code.Let("sums", Results.At(target.Tuning.QueryRows * kernel.HeadStride));
        Maxima = code.Let("maxima", Sums.At(target.Tuning.QueryRows * target.Lanes));
        Highest = code.Let("highest", Maxima.At(perQuery));
        Factors = code.Let("factors", Highest.At(perQuery));
        Seen = code.Let("seen", Factors.At(perQuery).As(DataType.Int.Pointer));
    }

    /// <summary>Gets the scores against a block of keys, [query][key]; later their weights.</summary>
    public Variable Scores { get; }

    /// <summary>Gets the running sums of weighted values, [query][head stride].</summary>
    public Variable Results { get; }

    /// <summary>Gets the running sums of weights, lane by lane.</summary>
    public Variable Sums { get; }

    /// <summary>Gets the running maxima of the scores before the block.</summary>
    public Variable Maxima { get; }

    /// <summary>Gets the running maxima with the block's scores.</summary>
    public Variable Highest { get; }

    /// <summary>Gets the factors by which a higher maximum scales the running sums.</summary>
    public Variable Factors { get; }

    /// <summary>Gets the numbers of keys of the block that are visible.</summary>
    public Variable Seen { get; }

    /// <summary>The size of the memory in floats.</summary>
    public static int Floats(AttentionKernel kernel, InstructionSetDescription target) =>
        (target.Tuning.QueryRows * (Layout.KeyBlock + kernel.HeadStride + target.Lanes)) + (4 * PerQuery(target));

    /// <summary>The number of floats for one number of each query, in whole vectors.</summary>
    private static int PerQuery(InstructionSetDescription target) => Layout.Pad(target.Tuning.QueryRows);
}
