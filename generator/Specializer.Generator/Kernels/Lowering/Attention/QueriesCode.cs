using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention;

/// <summary>
/// Builds the method that attends from some queries of one key/value head. Its parameters are those of the kernel up to the
/// number of rows, with the pointers at the head, and the queries.
/// </summary>
internal sealed class QueriesCode : SignatureCode
{
    private readonly AttentionKernel _kernel;
    private readonly Tuning _tuning;

    /// <param name="kernel">The kernel.</param>
    /// <param name="target">The target.</param>
    public QueriesCode(AttentionKernel kernel, InstructionSetDescription target)
    {
        _kernel = kernel;
        _tuning = target.Tuning;
        foreach (KernelParameter parameter in Inherited(kernel))
        {
            AddParameter(parameter);
        }

        First = Int("first");
        Rows = Int("rows");
        Variable scratch = Pointer("scratch");
        KeyBlock = Const("KeyBlock", Layout.KeyBlock);
        Scratch = new AttentionScratch(this, scratch, kernel, target);
        Block = new Variable(DataType.Int, "block");
        Count = new Variable(DataType.Int, "count");
        Slot = kernel.IsRing ? new Variable(DataType.Int, "slot") : Block;
    }

    /// <summary>Gets the first query, counted in rows times heads of the group.</summary>
    public Variable First { get; }

    /// <summary>Gets the number of queries.</summary>
    public Variable Rows { get; }

    /// <summary>Gets the number of keys in a block.</summary>
    public Variable KeyBlock { get; }

    /// <summary>Gets the memory for what is computed of each query.</summary>
    public AttentionScratch Scratch { get; }

    /// <summary>Gets the first position of the block of keys.</summary>
    public Variable Block { get; }

    /// <summary>Gets the number of keys of the block that some query may attend to, counted from its first.</summary>
    public Variable Count { get; }

    /// <summary>Gets the place of the block in the cache.</summary>
    public Variable Slot { get; }

    public static string Name(AttentionKernel kernel) => kernel.Name + "Queries";

    /// <summary>The parameters of a kernel that this method has too.</summary>
    public static IEnumerable<KernelParameter> Inherited(AttentionKernel kernel) =>
        kernel.Signature().Parameters.TakeWhile(static parameter => parameter != KernelParameters.Rows);

    /// <summary>The position of a query.</summary>
    /// <param name="query">Makes the number of the query from that of the first one.</param>
    public Expr PositionOf(Func<Expr, Expr> query)
    {
        Variable position = this[KernelParameters.Position];
        int group = _kernel.Attention.GroupSize;
        return group == 1 ? query(position + First) : position + (query(First) / group);
    }

    /// <summary>The scores of a query against the block.</summary>
    public Expr ScoresOf(Expr row) => Scratch.Scores.At(row * KeyBlock);

    /// <summary>A loop over the queries.</summary>
    public void EachRow(Action<Variable> body) => Each("row", Rows, body);

    /// <summary>A loop over tiles of queries, each with its first row and its height.</summary>
    public void EachTile(TileShape tile, Action<Variable, Variable> body)
    {
        Variable row = new(DataType.Int, "row"),
            height = new(DataType.Int, "height");
        Loop(
            [new Let(row, 0), new Let(height, null)],
            row < Rows,
            [Step(row, height)],
            () =>
            {
                Set(height, TileHeights.Next(tile, _tuning, Rows - row));
                body(row, height);
            }
        );
    }
}
