using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Output;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission;

/// <summary>Writes the session: the offsets of its buffers, and its computation for each instruction set.</summary>
internal static class SessionEmitter
{
    public static void Emit(SourceWriter writer, PlannedModel model)
    {
        ExecutionPlan plan = model.Plan;
        CapabilityEmitter capabilities = ModelEmitter.Capabilities(model);
        writer.Line(
            plan.IsEncoderDecoder
                ? "/// <summary>One source and the sequences that are decoded from it.</summary>"
                : "/// <summary>One sequence in flight.</summary>"
        );
        IEnumerable<string> bases = capabilities.SessionInterfaces.Prepend(capabilities.SessionBase);
        using (writer.Braces($"public sealed unsafe class Session : {string.Join(", ", bases)}"))
        {
            writer.Line($"private const long SessionMemoryBytes = {Text(plan.SessionMemoryBytes)};");
            writer.Separate();
            writer.Line("// Offsets of buffers, in floats.");
            foreach (BufferPlan buffer in plan.Buffers)
            {
                writer.Line($"private const long {Identifiers.OffsetOf(buffer.Ref)} = {Text(buffer.Offset)}; // The {buffer.Description}.");
            }

            GuardEmitter.EmitBuffers(writer, plan);
            writer.Separate();
            writer.Line(
                $$"""
                private readonly global::Specializer.InstructionSet _instructionSet;

                internal Session({{model.Class.Name}} model{{(plan.IsEncoderDecoder ? ", int sequences" : "")}})
                    : base({{BaseArguments(plan)}})
                {
                    _instructionSet = model.InstructionSet;
                }
                """
            );
            capabilities.EmitSessionMembers(writer, GivenRows(plan));
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
                        writer.Line($"{(plan.IsEncoderDecoder ? "Run" : "Forward")}<{KernelFiles.TypeOf(isa)}>(worker, workers);");
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

            if (plan.Architecture.Attention.IsLinear)
            {
                EmitKeepState(writer, plan);
            }

            if (!plan.IsEncoderDecoder)
            {
                CacheEmitter.Emit(writer, plan);
            }

            DecoderEmitter.EmitForward(writer, plan);
        }
    }

    /// <summary>The arguments of the base class of a session, numbers by name.</summary>
    private static string BaseArguments(ExecutionPlan plan)
    {
        List<string> arguments = plan.IsEncoderDecoder ? ["model", "sequences", "SessionMemoryBytes"] : ["model", "SessionMemoryBytes"];
        if (plan.Head is not null)
        {
            if (plan.Encoder is { SharedPositions: > 0 } encoder)
            {
                arguments.Add("rowsTogether: ChunkLength");
                arguments.Add($"positionsTogether: {Text(encoder.SharedPositions)}");
            }

            return string.Join(", ", arguments);
        }

        arguments.Add($"logitsRows: {Text(plan.LogitsRows)}");
        arguments.Add($"logitsRowStride: {Text(plan.LogitsStride)}");
        if (plan.IsEncoderDecoder)
        {
            arguments.Add($"sourceHiddenOffset: {Identifiers.OffsetOf(plan.Encoder!.Hidden)}");
            arguments.Add($"sourceHiddenStride: {Text(plan.Buffer(plan.Encoder.Hidden).RowStride)}");
        }

        if (ShortWindow(plan) is { } window)
        {
            arguments.Add($"window: {Text(window.Attention.Window)}");
            arguments.Add($"windowCacheLength: {Text(window.CacheLength)}");
        }

        if (plan.Architecture.Attention.IsLinear)
        {
            arguments.Add("keepsState: true");
        }

        if (plan.Architecture.OriginalContextLength > 0 && !plan.IsEncoderDecoder)
        {
            arguments.Add("keptTokensOffset: KeptTokensOffset");
        }

        return string.Join(", ", arguments);
    }

    /// <summary>The attention with a sliding window whose cache does not hold the whole context; null without such.</summary>
    private static AttentionKernel? ShortWindow(ExecutionPlan plan) =>
        plan
            .AttentionByKind.Select(static attention => attention.Kernel)
            .FirstOrDefault(kernel => kernel.Attention.Window > 0 && kernel.CacheLength < plan.Architecture.ContextLength);

    /// <summary>Writes the choice between the two things that a session of an encoder-decoder computes.</summary>
    private static void EmitRun(SourceWriter writer)
    {
        writer.Separate();
        writer.Line(
            $$"""
            private void Run<TKernels>(int worker, int workers)
                where TKernels : struct, {{KernelFiles.Interface}}
            {
                if (IsEncoding)
                {
                    Encode<TKernels>(worker, workers);
                }
                else
                {
                    Forward<TKernels>(worker, workers);
                }
            }
            """
        );
    }

    /// <summary>Writes how the state of linear attention, which no position undoes, is kept over a call that may fail.</summary>
    private static void EmitKeepState(SourceWriter writer, ExecutionPlan plan)
    {
        // Keys and values follow each other and are copied at once, unless the layout has guards between them.
        SelfAttention attention = plan.AttentionByKind[0];
        BufferPlan keys = plan.Buffer(attention.Keys),
            values = plan.Buffer(attention.Values),
            kept = plan.Buffer(new BufferRef(BufferRole.KeptState));
        (BufferPlan Buffer, long At, long Floats)[] parts = plan.Guarded
            ? [(keys, 0, keys.Floats), (values, keys.Floats, values.Floats)]
            : [(keys, 0, kept.Floats)];
        foreach ((string name, bool keeps) in new[] { ("KeepState", true), ("RestoreState", false) })
        {
            string memory = plan.IsEncoderDecoder ? "CacheOf(sequence)" : "Memory";
            writer.Separate();
            writer.Line("/// <inheritdoc/>");
            using (writer.Braces($"protected override void {name}()"))
            using (
                plan.IsEncoderDecoder
                    ? writer.Braces("for (int sequence = 0; sequence < ActiveSequences; sequence++)")
                    : (System.IDisposable?)null
            )
            {
                foreach ((BufferPlan buffer, long at, long floats) in parts)
                {
                    string state = $"{memory} + {Identifiers.OffsetOf(buffer.Ref)}",
                        copy = $"{memory} + {Identifiers.OffsetOf(kept.Ref)}{(at == 0 ? "" : " + " + Text(at))}";
                    writer.Line(
                        $"new global::System.ReadOnlySpan<float>({(keeps ? state : copy)}, {Text(floats)}).CopyTo(new global::System.Span<float>({(keeps ? copy : state)}, {Text(floats)}));"
                    );
                }
            }
        }
    }

    /// <summary>Writes how one sequence's cache becomes that of another: positions that are taken, of every head.</summary>
    private static void EmitCopySequence(SourceWriter writer, ExecutionPlan plan)
    {
        writer.Separate();
        writer.Line("/// <summary>Floats from one sequence's cache to the next's.</summary>");
        writer.Line($"private const long SequenceFloats = {Text(plan.SequenceFloats)};");
        writer.Separate();
        writer.Line("/// <inheritdoc/>");
        using (writer.Braces("protected override void CopySequence(int origin, int destination, int positions)"))
        {
            if (plan.Architecture.Attention.IsLinear)
            {
                writer.Line("// The state is that of all positions.");
            }

            IReadOnlyList<SelfAttention> kinds = plan.AttentionByKind;
            for (int kind = 0; kind < kinds.Count; kind++)
            {
                EmitCopyKind(writer, plan, kinds[kind], kind);
            }
        }
    }

    private static void EmitCopyKind(SourceWriter writer, ExecutionPlan plan, SelfAttention attention, int kind)
    {
        AttentionKernel kernel = attention.Kernel;
        int heads = kernel.Attention.KeyValueHeads * plan.Architecture.LayersOf(kind);
        void Copy(BufferRef buffer, long perHead, string floats)
        {
            string offset = Identifiers.OffsetOf(buffer);
            writer.Line(
                $"CopyBlocks(Memory + {offset} + (origin * SequenceFloats), Memory + {offset} + (destination * SequenceFloats), {heads}, {Text(perHead)}, {floats});"
            );
        }

        if (kernel.Attention.IsLinear)
        {
            Copy(attention.Keys, kernel.KeysPerHead, Text(kernel.KeysPerHead));
            Copy(attention.Values, kernel.ValuesPerHead, Text(kernel.ValuesPerHead));
            return;
        }

        string name = kernel.KindName;
        string which = name.Length == 0 ? "all layers" : "the " + name.ToLowerInvariant() + " layers";
        string held =
            kernel.CacheLength < plan.Architecture.ContextLength
                ? $"global::System.Math.Min(positions, {Text(kernel.CacheLength)})"
                : "positions";
        string taken = kernel.CacheLength < plan.Architecture.ContextLength ? "held" + name : "positions",
            panels = name.Length == 0 ? "panels" : "panels" + name;
        writer.Line($"// Keys are stored in panels of at most {Layout.KeyPanel} positions, values in rows; {heads} heads of {which}.");
        if (taken != "positions")
        {
            writer.Line($"int {taken} = {held};");
        }

        writer.Line($"int {panels} = ({taken} + {Layout.KeyPanel - 1}) / {Layout.KeyPanel};");
        Copy(attention.Keys, kernel.KeysPerHead, $"{panels} * {Text((long)Layout.KeyPanel * kernel.Attention.HeadDim)}");
        Copy(attention.Values, kernel.ValuesPerHead, $"{taken} * {Text(kernel.ValueStride)}");
    }

    /// <summary>Returns the offset of the rows of embeddings that a prefix begins with, and the floats of each; null if there are none.</summary>
    private static string? GivenRows(ExecutionPlan plan)
    {
        BufferRef given = new(BufferRole.GivenRows);
        return plan.Architecture.Embeddings.EmbeddedPrefix ? $"{Identifiers.OffsetOf(given)}, {Text(plan.Buffer(given).RowStride)}" : null;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
