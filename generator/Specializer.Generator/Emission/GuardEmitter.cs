using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission;

/// <summary>
/// Writes the places of the blocks of a layout with guards. Tests read these tables and make the memory between blocks
/// inaccessible. Other layouts have no tables.
/// </summary>
internal static class GuardEmitter
{
    /// <summary>Writes the blocks of the packed weights.</summary>
    public static void EmitWeights(SourceWriter writer, ExecutionPlan plan)
    {
        if (!plan.Guarded)
        {
            return;
        }

        var blocks = new List<(long Offset, long Floats, long Copies, long Stride)>();
        foreach (WeightPlan weight in plan.Weights)
        {
            long floats = (weight.Floats + Layout.Line - 1) / Layout.Line * Layout.Line;
            if (weight.PerLayer && plan.LayerOffsets.Count > 0)
            {
                blocks.AddRange(plan.LayersOf(weight).Select(layer => (plan.LayerOffsets[layer] + weight.Offset, floats, 1L, 0L)));
                continue;
            }

            blocks.Add(
                weight switch
                {
                    { PerLayer: false } => (weight.Offset, floats, 1, 0),
                    { InEncoder: true } => (
                        plan.Encoder!.LayersOffset + weight.Offset,
                        floats,
                        plan.Encoder.Architecture.Layers,
                        plan.Encoder.LayerStride
                    ),
                    _ => (plan.LayersOffset + weight.Offset, floats, plan.WeightSets, plan.LayerStride),
                }
            );
        }

        Emit(writer, "GuardedWeights", "Blocks of the packed weights", blocks);
    }

    /// <summary>Writes the buffers of a session; those that every sequence has of its own count 0 copies.</summary>
    public static void EmitBuffers(SourceWriter writer, ExecutionPlan plan)
    {
        if (plan.Guarded)
        {
            Emit(
                writer,
                "GuardedBuffers",
                "Buffers of a session",
                plan.Buffers.Select(buffer =>
                    (buffer.Offset, buffer.Floats, buffer.PerSequence ? 0L : 1L, buffer.PerSequence ? plan.SequenceFloats : 0)
                )
            );
        }
    }

    private static void Emit(
        SourceWriter writer,
        string name,
        string what,
        IEnumerable<(long Offset, long Floats, long Copies, long Stride)> blocks
    )
    {
        writer.Separate();
        writer.Line($"/// <summary>{what}: offset and size in floats, number of copies, and floats from one copy to the next.</summary>");
        writer.Line($"private static readonly long[] {name} =");
        writer.Line("[");
        using (writer.Indented())
        {
            foreach ((long offset, long floats, long copies, long stride) in blocks)
            {
                writer.Line(string.Format(CultureInfo.InvariantCulture, "{0}, {1}, {2}, {3},", offset, floats, copies, stride));
            }
        }

        writer.Line("];");
    }
}
