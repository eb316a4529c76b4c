using System.Globalization;
using System.Linq;
using Specializer.Generator.Kernels.Output;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission;

/// <summary>Writes what a decoder does with a chunk of positions.</summary>
internal static class DecoderEmitter
{
    public static void EmitForward(SourceWriter writer, ExecutionPlan plan)
    {
        BufferRef hidden = new(BufferRole.Hidden);
        string stride = plan.Buffer(hidden).RowStride.ToString(CultureInfo.InvariantCulture);
        var steps = new StepEmitter(writer, plan);
        writer.Separate();
        writer.Line("// Every worker runs the same steps on its share; a barrier precedes every read of another worker's results.");
        using (
            writer.Braces("private void Forward<TKernels>(int worker, int workers)\n    where TKernels : struct, " + KernelFiles.Interface)
        )
        {
            writer.Line("// The rows are positions of one sequence that follow each other, or one position of each of several sequences.");
            writer.Line("int rows = Rows, sequences = SequencesInWork, sequenceRows = rows / sequences;");
            writer.Line("float* weights = Weights;");
            BufferRef[] caches = [.. plan.AttentionByKind.SelectMany(static attention => new[] { attention.Keys, attention.Values })];
            foreach (BufferPlan buffer in plan.BuffersOf(plan.DecoderSteps))
            {
                string variable = Identifiers.VariableOf(buffer.Ref),
                    offset = Identifiers.OffsetOf(buffer.Ref);
                writer.Line(caches.Contains(buffer.Ref) ? $"long {variable} = {offset};" : $"float* {variable} = Memory + {offset};");
            }

            foreach (StepPlan step in plan.Before)
            {
                steps.Write(step);
            }

            writer.Line();
            writer.Line("float* layerWeights = weights + LayersOffset;");
            EmitReport(writer, "0", stride);
            writer.Line();
            using (writer.Braces("for (int layer = 0; layer < Layers; layer++)"))
            {
                foreach (StepPlan step in plan.Layer)
                {
                    steps.Write(step);
                }

                writer.Line();
                EmitReport(writer, "layer + 1", stride);
                writer.Line();
                writer.Line(
                    plan.LayerOffsets.Count > 0 ? "layerWeights = weights + LayerOffsets[layer + 1];" : "layerWeights += LayerStride;"
                );
            }

            writer.Line();
            writer.Line("// The rest is for the rows whose logits are computed, often only the last.");
            writer.Line($"hidden += (long)FirstLogitsRow * {stride};");
            writer.Line("rows -= FirstLogitsRow;");
            using (writer.Braces("if (rows > 0)"))
            {
                foreach (StepPlan step in plan.After)
                {
                    steps.Write(step);
                }
            }
        }
    }

    private static void EmitReport(SourceWriter writer, string layer, string stride)
    {
        using (writer.Braces("if (worker == 0)"))
        {
            writer.Line($"ReportHiddenStates({layer}, hidden, {stride});");
        }
    }
}
