using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission;

/// <summary>Writes the session: where its buffers lie, and what it computes for which instruction set.</summary>
internal static class SessionEmitter
{
    public static void Emit(SourceWriter writer, PlannedModel model)
    {
        ExecutionPlan plan = model.Plan;
        writer.Line(plan.IsEncoderDecoder ? "/// <summary>One source and the sequences that are decoded from it.</summary>" : "/// <summary>One sequence in flight.</summary>");
        using (writer.Braces($"private sealed unsafe class Session({model.Class.Name} model{(plan.IsEncoderDecoder ? ", int sequences" : "")}) : global::Specializer.{BaseClass(plan)}"))
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
                IReadOnlyList<InstructionSetDescription> chosen = InstructionSetDescription.Chosen(model.InstructionSets);
                foreach (InstructionSetDescription isa in chosen)
                {
                    string label = isa == chosen[chosen.Count - 1] ? "default" : $"case global::Specializer.InstructionSet.{isa.Name}";
                    writer.Line($"{label}:");
                    using (writer.Indented())
                    {
                        writer.Line($"{(plan.IsEncoderDecoder ? "Run" : "Forward")}<{isa.Name}Kernels>(worker, workers);");
                        writer.Line("break;");
                    }
                }
            }

            if (plan.Head is { } head)
            {
                EncoderEmitter.EmitForward(writer, plan, head);
                return;
            }

            if (plan.IsEncoderDecoder)
            {
                EmitRun(writer);
                EncoderEmitter.EmitEncode(writer, plan);
                EmitCopySequence(writer, plan);
            }

            if (plan.Architecture.Attention.Linear)
            {
                EmitKeepState(writer, plan);
            }

            DecoderEmitter.EmitForward(writer, plan);
        }
    }

    private static string BaseClass(ExecutionPlan plan)
    {
        string kind = plan.Architecture.Kind + "Session(model, ";
        if (plan.Head is not null)
        {
            return kind + "SessionMemoryBytes)";
        }

        string logits = $"{Text(plan.LogitsRows)}, {Text(plan.LogitsStride)}";
        return plan.IsEncoderDecoder
            ? kind + $"sequences, SessionMemoryBytes, SequenceBytes, {logits}, {plan.Encoder!.Hidden}Offset, {Text(plan.Buffer(plan.Encoder.Hidden).RowStride)})"
            : kind + $"SessionMemoryBytes, {logits})";
    }

    /// <summary>Writes the choice between the two things that a session of an encoder-decoder computes.</summary>
    private static void EmitRun(SourceWriter writer)
    {
        writer.Separate();
        using (writer.Braces("private void Run<TKernels>(int worker, int workers)\n    where TKernels : struct, IKernels"))
        {
            using (writer.Braces("if (IsEncoding)"))
            {
                writer.Line("Encode<TKernels>(worker, workers);");
            }

            using (writer.Braces("else"))
            {
                writer.Line("Forward<TKernels>(worker, workers);");
            }
        }
    }

    /// <summary>Writes how the state of linear attention, which no position undoes, is kept over a call that may fail.</summary>
    private static void EmitKeepState(SourceWriter writer, ExecutionPlan plan)
    {
        BufferPlan first = plan.Buffers[0];
        long floats = plan.StateFloats;
        writer.Separate();
        writer.Line("/// <inheritdoc/>");
        writer.Line("protected override bool CanForgetPositions => false;");
        foreach ((string name, string from, string to) in new[] { ("KeepState", first.Name, "KeptState"), ("RestoreState", "KeptState", first.Name) })
        {
            writer.Separate();
            writer.Line("/// <inheritdoc/>");
            using (writer.Braces($"protected override void {name}()"))
            {
                writer.Line($"new global::System.ReadOnlySpan<float>(Memory + {from}Offset, {Text(floats)}).CopyTo(new global::System.Span<float>(Memory + {to}Offset, {Text(floats)}));");
            }
        }
    }

    /// <summary>Writes how one sequence's cache becomes that of another: positions that are taken, of every head.</summary>
    private static void EmitCopySequence(SourceWriter writer, ExecutionPlan plan)
    {
        AttentionVariant variant = plan.Layer.OfType<AttentionStep>().First().Variants[0];
        AttentionKernel kernel = variant.Kernel;
        int heads = kernel.Attention.KeyValueHeads * plan.Architecture.Layers;
        writer.Separate();
        writer.Line("/// <summary>Floats from one sequence's cache to the next's.</summary>");
        writer.Line($"private const long SequenceFloats = {Text(plan.SequenceFloats)};");
        writer.Separate();
        writer.Line("/// <inheritdoc/>");
        using (writer.Braces("protected override void CopySequence(int origin, int destination, int positions)"))
        {
            writer.Line($"// Keys lie in panels of at most {Layout.KeyPanel} positions, values in rows; {heads} heads of all layers.");
            writer.Line($"int panels = (positions + {Layout.KeyPanel - 1}) / {Layout.KeyPanel};");
            writer.Line($"CopyBlocks(Memory + {variant.Keys}Offset + (origin * SequenceFloats), Memory + {variant.Keys}Offset + (destination * SequenceFloats), {heads}, {Text(kernel.KeysPerHead)}, panels * {Text((long)Layout.KeyPanel * kernel.Attention.HeadDimension)});");
            writer.Line($"CopyBlocks(Memory + {variant.Values}Offset + (origin * SequenceFloats), Memory + {variant.Values}Offset + (destination * SequenceFloats), {heads}, {Text(kernel.ValuesPerHead)}, positions * {Text(kernel.HeadStride)});");
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
