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
        string baseClass = plan.Encoder is not null ? (plan.Architecture.Embeddings.Patches is null ? "" : "Image") + "EncoderSession(model, SessionMemoryBytes)"
            : plan.SourceEncoder is null ? $"DecoderSession(model, SessionMemoryBytes, {Text(plan.LogitsRows)}, {Text(plan.LogitsStride)})"
            : $"EncoderDecoderSession(model, sequences, SessionMemoryBytes, SequenceBytes, {Text(plan.LogitsRows)}, {Text(plan.LogitsStride)}, SourceHiddenOffset, {Text(SourceHidden(plan).RowStride)})";
        writer.Line(plan.SourceEncoder is null ? "/// <summary>One sequence in flight.</summary>" : "/// <summary>One source and the sequences that are decoded from it.</summary>");
        using (writer.Braces($"private sealed unsafe class Session({model.Class.Name} model{(plan.SourceEncoder is null ? "" : ", int sequences")}) : global::Specializer.{baseClass}"))
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
                        writer.Line($"{(plan.SourceEncoder is null ? "Forward" : "Run")}<{isa.Name}Kernels>(worker, workers);");
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
                if (plan.SourceEncoder is { } source)
                {
                    SourceEncoderEmitter.EmitRun(writer);
                    SourceEncoderEmitter.EmitEncode(writer, plan, source);
                    SourceEncoderEmitter.EmitCopySequence(writer, plan);
                }

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
            if (plan.SourceEncoder is not null)
            {
                writer.Line("int sequences = ActiveSequences, sequenceRows = rows / sequences;");
            }

            writer.Line("float* weights = Weights;");
            foreach (BufferPlan buffer in plan.Buffers.Where(static buffer => !buffer.Name.StartsWith("Source", StringComparison.Ordinal)))
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

    private static BufferPlan SourceHidden(ExecutionPlan plan) => plan.Buffers.First(static buffer => buffer.Name == "SourceHidden");

    private static int HiddenStride(ExecutionPlan plan) => plan.Buffers.First(static buffer => buffer.Name == "Hidden").RowStride;

    /// <summary>Writes the step from one layer's keys and values to the next layer's.</summary>
    internal static void WriteNextCache(SourceWriter writer, AttentionKernel kernel, string keys, string values)
    {
        writer.Line($"{Variable(keys)} += {Text(kernel.KeysPerHead * kernel.Attention.KeyValueHeads)};");
        writer.Line($"{Variable(values)} += {Text(kernel.ValuesPerHead * kernel.Attention.KeyValueHeads)};");
    }

    internal static string Variable(string name) => char.ToLowerInvariant(name[0]) + name.Substring(1);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    internal enum Scope
    {
        /// <summary>A whole source, or a chunk of it.</summary>
        Source,
        Chunk,
        Layer,
        Logits,
    }

    internal sealed class StepWriter(SourceWriter writer, ExecutionPlan plan)
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
                    if (scope == Scope.Chunk && plan.SourceEncoder is not null)
                    {
                        using (writer.Braces("for (int sequence = 0; sequence < sequences; sequence++)"))
                        {
                            writer.Line($"TKernels.{embed.Kernel.Name}(Tokens + (sequence * sequenceRows), {Weight(embed.Weight)}, {positions}{Variable(embed.Output)} + (sequence * sequenceRows * {Text(embed.Kernel.Stride)}), sequenceRows, worker, workers);");
                        }
                    }
                    else
                    {
                        writer.Line($"TKernels.{embed.Kernel.Name}(Tokens, {Weight(embed.Weight)}, {positions}{Variable(embed.Output)}, rows, worker, workers);");
                    }

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
                case AttentionStep attention when plan.SourceEncoder is not null:
                    WriteSequences(attention, attention.Variants[0]);
                    break;
                case AttentionStep attention:
                    WriteAttention(attention);
                    break;
                case CrossAttentionStep cross:
                    WriteCrossAttention(cross);
                    break;
                case CrossCacheStep cache:
                    writer.Line($"TKernels.{cache.Kernel.AppendName}({Variable(cache.Input)}, {Variable(cache.Keys)}, {Variable(cache.Values)}, position, rows, worker, workers);");
                    writer.Line("Synchronize();");
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

        /// <summary>The first half of the attention over a source: a chunk of it is turned and appended.</summary>
        public void WriteSourceAppend(AttentionStep attention)
        {
            AttentionVariant variant = attention.Variants[0];
            writer.Separate();
            writer.Line("// Keys and values of the chunk; its queries wait for those of the whole source.");
            writer.Line($"TKernels.{variant.Kernel.AppendName}({Variable(attention.Input)}, {BeforeQueries(attention, variant)}{Cache(attention, variant)}, position, rows, worker, workers);");
            writer.Line("Synchronize();");
        }

        /// <summary>The second half: a chunk of queries attends to the whole source.</summary>
        public void WriteSourceAttend(AttentionStep attention)
        {
            AttentionVariant variant = attention.Variants[0];
            writer.Line($"// {attention.Title}.");
            writer.Line($"TKernels.{variant.Kernel.Name}({Cache(attention, variant)}, {ScoreTable(variant)}{Variable(attention.Output)}, position, length, rows, worker, workers);");
            writer.Line("Synchronize();");
        }

        private string BeforeQueries(AttentionStep attention, AttentionVariant variant) =>
            (variant.Kernel.Kind.Positions is RotaryPositions ? Weight(variant.Table!) + ", " : "")
            + (attention.QueryNorm is null ? "" : $"{Weight(attention.QueryNorm)}, {Weight(attention.KeyNorm!)}, ");

        private string ScoreTable(AttentionVariant variant) =>
            variant.Kernel.Kind.Positions is AlibiPositions or RelativePositions ? Weight(variant.Table!) + ", " : "";

        private static string Cache(AttentionStep attention, AttentionVariant variant) =>
            $"{Variable(attention.Queries)}, {Variable(variant.Keys)}, {Variable(variant.Values)}";

        /// <summary>Every sequence has a cache of its own, and all have the same positions.</summary>
        private void WriteSequences(AttentionStep attention, AttentionVariant variant)
        {
            AttentionKernel kernel = variant.Kernel;
            string Rows(string buffer, int stride) => $"{Variable(buffer)} + (sequence * sequenceRows * {Text(stride)})";
            string queries = Rows(attention.Queries, kernel.Attention.GroupSize * kernel.HeadStride);
            string cache = $"{queries}, {Variable(variant.Keys)} + (SlotOf(sequence) * SequenceFloats), {Variable(variant.Values)} + (SlotOf(sequence) * SequenceFloats)";
            using (writer.Braces("for (int sequence = 0; sequence < sequences; sequence++)"))
            {
                writer.Line($"TKernels.{kernel.AppendName}({Rows(attention.Input, kernel.InputStride)}, {BeforeQueries(attention, variant)}{cache}, position, sequenceRows, worker, workers);");
            }

            writer.Line();
            WriteMeeting("sequenceRows", "appended");

            writer.Line();
            using (writer.Braces("for (int sequence = 0; sequence < sequences; sequence++)"))
            {
                writer.Line($"TKernels.{kernel.Name}({cache}, {ScoreTable(variant)}{Rows(attention.Output, kernel.OutputStride)}, position, sequenceRows, worker, workers);");
            }

            writer.Line();
            writer.Line("Synchronize();");
            WriteNextCache(writer, kernel, variant.Keys, variant.Values);
        }

        /// <summary>All rows of all sequences see the same source.</summary>
        private void WriteCrossAttention(CrossAttentionStep cross)
        {
            AttentionKernel kernel = cross.Kernel;
            writer.Line($"TKernels.{kernel.QueriesName}({Variable(cross.Input)}, {Variable(cross.Queries)}, rows, worker, workers);");
            WriteMeeting("rows", "scaled");
            writer.Line($"TKernels.{kernel.Name}({Variable(cross.Queries)}, {Variable(cross.Keys)}, {Variable(cross.Values)}, {Variable(cross.Output)}, 0, EncodedLength, rows, worker, workers);");
            writer.Line("Synchronize();");
            WriteNextCache(writer, kernel, cross.Keys, cross.Values);
        }

        private void WriteVariant(AttentionStep attention, AttentionVariant variant)
        {
            AttentionKernel kernel = variant.Kernel;
            string cache = Cache(attention, variant);
            writer.Line($"TKernels.{kernel.AppendName}({Variable(attention.Input)}, {BeforeQueries(attention, variant)}{cache}, position, rows, worker, workers);");
            WriteMeeting("rows", "appended");
            writer.Line($"TKernels.{kernel.Name}({cache}, {ScoreTable(variant)}{Variable(attention.Output)}, position, rows, worker, workers);");
            writer.Line("Synchronize();");
            WriteNextCache(writer, kernel, variant.Keys, variant.Values);
        }

        /// <summary>The barrier between what prepares queries and what attends with them.</summary>
        private void WriteMeeting(string rows, string done)
        {
            using (writer.Braces($"if ({rows} > 1)"))
            {
                writer.Line($"// With one row a worker attends with the heads that it has just {done} itself.");
                writer.Line("Synchronize();");
            }
        }

        private string Weight(string name) => (plan.Weights.First(weight => weight.Name == name).PerLayer ? "layerWeights + " : "weights + ") + name;

        /// <summary>With one row, normalised hidden states lie in the worker's own row.</summary>
        private string Input(string name) => name == OwnRowBuffer ? $"rows == 1 ? normed + (worker * {Text(HiddenStride(plan))}) : normed" : Variable(name);
    }
}
