using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>The tables of positions that all layers of a kind share.</summary>
/// <param name="Table">Rotary angles, slopes or biases; null if there is none.</param>
/// <param name="ShortTable">The rotary angles of short sequences, if those of long ones differ.</param>
internal sealed record PositionTables(WeightRef? Table, WeightRef? ShortTable)
{
    /// <summary>Places the tables of every kind of layer of a stack.</summary>
    public static IReadOnlyList<PositionTables> Place(StackContext stack) =>
        [
            .. stack.Architecture.LayerKinds.Select(kind => new PositionTables(
                stack.Weights.Positions(kind.Name, kind.Attention, stack.Architecture.ContextLength, stack.Names.RelativeBias),
                stack.Weights.ShortPositions(kind.Name, kind.Attention)
            )),
        ];
}
