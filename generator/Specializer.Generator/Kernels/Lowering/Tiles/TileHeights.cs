using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>Cuts rows into tiles.</summary>
internal static class TileHeights
{
    private const string NextMethod = "NextTileRows";

    /// <summary>Returns the heights for which a family has a method.</summary>
    public static IEnumerable<int> Of(TileShape shape, Tuning tuning)
    {
        int most = shape.RowsOf(tuning),
            small = Math.Min(most, tuning.SmallTileRows);
        return Enumerable.Range(1, small).Concat(small < most ? [most] : []).Where(rows => rows >= shape.LeastRows);
    }

    /// <summary>Returns the height of the next tile of a family.</summary>
    /// <param name="shape">The family.</param>
    /// <param name="tuning">The target's numbers.</param>
    /// <param name="rows">The rows that are left.</param>
    public static Expr Next(TileShape shape, Tuning tuning, Expr rows) =>
        new MethodCall(DataType.Int, NextMethod, null, [rows, shape.RowsOf(tuning)]);

    /// <summary>
    /// Returns the least height of a tile that follows another. A whole tile leaves enough rows for a busy one, or halves of
    /// little more than one tile.
    /// </summary>
    public static int LeastFollowing(Tuning tuning) => Math.Min(tuning.BusyRows, (tuning.SmallTileRows + 1) / 2);

    /// <summary>Lowers the method that cuts rows into tiles, once per target.</summary>
    public static KernelMethod Lower(Tuning tuning)
    {
        var code = new CodeBuilder();
        Variable rows = code.Int("rows"),
            most = code.Int("most");
        bool isEqual = tuning.SmallTileRows == tuning.TileRows;
        code.Return(isEqual ? AsEqualAsPossible(rows, most) : WholeFirst(rows, most, tuning));
        return code.Method(
            NextMethod,
            DataType.Int,
            Compilation.Inlined,
            isEqual
                ? "The height of the next tile: as few tiles as possible, as equal as possible, the highest first."
                : "The height of the next tile: whole tiles first; the rest is two halves rather than a tile and a thin last one.",
            isExpression: true
        );
    }

    /// <summary>Three rows take as long as four, since in thin tiles each multiplication waits for the one before.</summary>
    private static Expr AsEqualAsPossible(Expr rows, Expr most) =>
        Scalars.Min(most, Scalars.Max(rows - ((rows - 1) / most * (most - 1)), Scalars.Min(most - 1, Half(rows))));

    /// <summary>A whole tile leaves nothing, or enough for a busy tile; other rows are halved if no tile takes them all.</summary>
    private static Expr WholeFirst(Expr rows, Expr most, Tuning tuning)
    {
        int small = tuning.SmallTileRows;
        // The rows to halve are fewer than a whole tile and a busy one.
        bool canHalfBeTooHigh = tuning.TileRows + tuning.BusyRows - 1 > 2 * small;
        Expr half = canHalfBeTooHigh ? Scalars.Min(small, Half(rows)) : Half(rows);
        return (rows >= most + tuning.BusyRows).OrElse(rows.Is(most)).Select(most, (rows <= Scalars.Min(small, most)).Select(rows, half));
    }

    private static Expr Half(Expr rows) => (rows + 1) / 2;
}
