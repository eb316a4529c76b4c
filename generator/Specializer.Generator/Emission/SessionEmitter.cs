using System;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission;

/// <summary>Writes the session: where its buffers lie, and the steps of the plan in order.</summary>
internal static class SessionEmitter
{
    public static void Emit(SourceWriter writer, PlannedModel model)
    {
        ExecutionPlan plan = model.Plan;
        string baseClass = plan.Encoder is null
            ? $"DecoderSession(model, SessionMemoryBytes, {Text(plan.LogitsRows)}, {Text(plan.LogitsStride)})"
            : (plan.Architecture.Embeddings.Patches is null ? "" : "Image") + "EncoderSession(model, SessionMemoryBytes)";
        writer.Line("/// <summary>One sequence in flight.</summary>");
        using (writer.Braces($"private sealed unsafe class Session({model.Class.Name} model) : global::Specializer.{baseClass}"))
        {
            writer.Line($"private const long SessionMemoryBytes = {Text(plan.SessionMemoryBytes)};");
            foreach (BufferPlan buffer in plan.Buffers)
            {
                writer.Separate();
                writer.Line($"/// <summary>Where the {buffer.Description} lie, in floats.</summary>");
                writer.Line($"private const long {buffer.Name}Offset = {Text(buffer.Offset)};");
            }

            writer.Separate();
            writer.Line("private readonly global::Specializer.InstructionSet _instructionSet = model.InstructionSet;");
            writer.Separate();
            writer.Line("/// <inheritdoc/>");
            using (writer.Braces("protected override void Forward(int worker, int workers)"))
            using (writer.Braces("switch (_instructionSet)"))
            {
                foreach (InstructionSetDescription isa in InstructionSetDescription.All)
                {
                    string label = isa == InstructionSetDescription.All.Last() ? "default" : $"case global::Specializer.InstructionSet.{isa.Name}";
                    writer.Line($"{label}:");
                    using (writer.Indented())
                    {
                        writer.Line($"Forward<{isa.Name}Kernels>(worker, workers);");
                        writer.Line("break;");
                    }
                }
            }

            if (plan.Encoder is { } encoder)
            {
                EncoderSessionEmitter.EmitForward(writer, plan, encoder);
            }
            else
            {
                EmitForward(writer, plan);
            }
        }
    }

    private static void EmitForward(SourceWriter writer, ExecutionPlan plan)
    {
        writer.Separate();
        writer.Line("// Every worker runs the same steps, each on its share; a barrier stands wherever one reads what another wrote.");
        using (writer.Braces("private void Forward<TKernels>(int worker, int workers)\n    where TKernels : struct, IKernels"))
        {
            writer.Line("int rows = Rows, position = FirstPosition;");
            writer.Line("float* weights = Weights;");
            foreach (BufferPlan buffer in plan.Buffers)
            {
                writer.Line($"float* {Variable(buffer.Name)} = Memory + {buffer.Name}Offset;");
            }

            var writerState = new StepWriter(writer, plan);
            foreach (StepPlan step in plan.Before)
            {
                writerState.Write(step, Scope.Chunk);
            }

            writer.Line();
            writer.Line("float* layerWeights = weights + LayersOffset;");
            writer.Line("if (worker == 0)");
            writer.Line("{");
            writer.Line($"    ReportHiddenStates(0, hidden, {Text(HiddenStride(plan))});");
            writer.Line("}");
            writer.Line();
            using (writer.Braces($"for (int layer = 0; layer < Layers; layer++)"))
            {
                foreach (StepPlan step in plan.Layer)
                {
                    writerState.Write(step, Scope.Layer);
                }

                writer.Line();
                writer.Line("if (worker == 0)");
                writer.Line("{");
                writer.Line($"    ReportHiddenStates(layer + 1, hidden, {Text(HiddenStride(plan))});");
                writer.Line("}");
                writer.Line();
                writer.Line("layerWeights += LayerStride;");
            }

            writer.Line();
            writer.Line("// The rest is for the rows whose logits are wanted, often only the last.");
            writer.Line($"hidden += (long)FirstLogitsRow * {Text(HiddenStride(plan))};");
            writer.Line("rows -= FirstLogitsRow;");
            using (writer.Braces("if (rows > 0)"))
            {
                foreach (StepPlan step in plan.After)
                {
                    writerState.Write(step, Scope.Logits);
                }
            }
        }
    }

    private static int HiddenStride(ExecutionPlan plan) => plan.Buffers.First(static buffer => buffer.Name == "Hidden").RowStride;

    private static string Variable(string name) => char.ToLowerInvariant(name[0]) + name.Substring(1);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private enum Scope
    {
        Chunk,
        Layer,
        Logits,
    }

    private sealed class StepWriter(SourceWriter writer, ExecutionPlan plan)
    {
        /// <summary>The buffer in which, with one row, every worker has a row of its own.</summary>
        private const string OwnRowBuffer = "Normed";

        public void Write(StepPlan step, Scope scope)
        {
            writer.Separate();
            writer.Line($"// {step.Title}.");
            switch (step)
            {
                case EmbedStep embed:
                    string positions = embed.Positions is null ? "" : Weight(embed.Positions) + ", position, ";
                    writer.Line($"TKernels.{embed.Kernel.Name}(Tokens, {Weight(embed.Weight)}, {positions}{Variable(embed.Output)}, rows, worker, workers);");
                    writer.Line("Synchronize();");
                    break;
                case NormStep norm:
                    WriteNorm(norm);
                    break;
                case LinearStep linear:
                    string output = scope == Scope.Logits ? "Logits" : Variable(linear.Output);
                    string bias = linear.Bias is null ? "" : Weight(linear.Bias) + ", ";
                    writer.Line($"TKernels.{linear.Kernel.Name}({Input(linear.Input)}, {Weight(linear.Weight)}, {bias}{output}, rows, worker, workers);");
                    if (scope != Scope.Logits)
                    {
                        writer.Line("Synchronize();");
                    }

                    break;
                case AttentionStep attention:
                    WriteAttention(attention);
                    break;
                default:
                    throw new NotSupportedException(step.GetType().Name);
            }
        }

        /// <summary>
        /// One row is cheaper to normalise than to wait for: every worker does it for itself, into a row of its own,
        /// unless the result goes where all can see it.
        /// </summary>
        private void WriteNorm(NormStep norm)
        {
            string shared = $"TKernels.{norm.Kernel.Name}({Variable(norm.Input)}, {Weight(norm.Weight)}, {Variable(norm.Output)}, rows, worker, workers);";
            if (norm.Output != OwnRowBuffer)
            {
                writer.Line(shared);
                writer.Line("Synchronize();");
                return;
            }

            using (writer.Braces("if (rows == 1)"))
            {
                writer.Line($"TKernels.{norm.Kernel.Name}({Variable(norm.Input)}, {Weight(norm.Weight)}, {Variable(norm.Output)} + (worker * {Text(norm.Kernel.Stride)}), 1, 0, 1);");
            }

            using (writer.Braces("else"))
            {
                writer.Line(shared);
                writer.Line("Synchronize();");
            }
        }

        /// <summary>Layers of different kinds have their own kernels and caches.</summary>
        private void WriteAttention(AttentionStep attention)
        {
            if (attention.Variants.Count == 1)
            {
                WriteVariant(attention, attention.Variants[0]);
                return;
            }

            EquatableArray<int> pattern = plan.Architecture.LayerPattern;
            using (writer.Braces($"switch (layer % {Text(pattern.Count)})"))
            {
                // The most frequent kind is the default, which keeps the labels few.
                int usual = Enumerable.Range(0, attention.Variants.Count).OrderByDescending(kind => pattern.Count(of => of == kind)).First();
                foreach (int kind in Enumerable.Range(0, attention.Variants.Count).OrderBy(kind => kind == usual))
                {
                    foreach (int layer in Enumerable.Range(0, pattern.Count).Where(layer => kind != usual && pattern[layer] == kind))
                    {
                        writer.Line($"case {Text(layer)}:");
                    }

                    if (kind == usual)
                    {
                        writer.Line("default:");
                    }

                    using (writer.Indented())
                    {
                        WriteVariant(attention, attention.Variants[kind]);
                        writer.Line("break;");
                    }
                }
            }
        }

        private void WriteVariant(AttentionStep attention, AttentionVariant variant)
        {
            AttentionKernel kernel = variant.Kernel;
            string rotaryTable = kernel.Kind.Positions is RotaryPositions ? Weight(variant.Table!) + ", " : "";
            string slopes = kernel.Kind.Positions is AlibiPositions ? Weight(variant.Table!) + ", " : "";
            string norms = attention.QueryNorm is null ? "" : $"{Weight(attention.QueryNorm)}, {Weight(attention.KeyNorm!)}, ";
            string keys = Variable(variant.Keys), values = Variable(variant.Values);
            string cache = $"{Variable(attention.Queries)}, {keys}, {values}";
            writer.Line($"TKernels.{kernel.AppendName}({Variable(attention.Input)}, {rotaryTable}{norms}{cache}, position, rows, worker, workers);");
            using (writer.Braces("if (rows > 1)"))
            {
                writer.Line("// With one row a worker attends with the heads that it has just appended itself.");
                writer.Line("Synchronize();");
            }

            writer.Line($"TKernels.{kernel.Name}({cache}, {slopes}{Variable(attention.Output)}, position, rows, worker, workers);");
            writer.Line("Synchronize();");
            writer.Line($"{keys} += {Text(kernel.KeysPerHead * kernel.Attention.KeyValueHeads)};");
            writer.Line($"{values} += {Text(kernel.ValuesPerHead * kernel.Attention.KeyValueHeads)};");
        }

        private string Weight(string name) => (plan.Weights.First(weight => weight.Name == name).PerLayer ? "layerWeights + " : "weights + ") + name;

        /// <summary>With one row, normalised hidden states lie in the worker's own row.</summary>
        private string Input(string name) => name == OwnRowBuffer ? $"rows == 1 ? normed + (worker * {Text(HiddenStride(plan))}) : normed" : Variable(name);
    }
}
