using System;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission;

/// <summary>Writes the part of a session that computes a source: the encoder, and the keys and values that the decoder keeps of it.</summary>
internal static class SourceEncoderEmitter
{
    /// <summary>Writes the choice between the two things that a session computes.</summary>
    public static void EmitRun(SourceWriter writer)
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

    public static void EmitEncode(SourceWriter writer, ExecutionPlan plan, SourceEncoderPlan encoder)
    {
        BufferPlan hidden = plan.Buffers.First(static buffer => buffer.Name == "SourceHidden");
        var steps = new SessionEmitter.StepWriter(writer, plan);
        writer.Separate();
        writer.Line("// The source as a whole: every position sees all others, so that each layer first makes keys and values of all chunks.");
        using (writer.Braces("private void Encode<TKernels>(int worker, int workers)\n    where TKernels : struct, IKernels"))
        {
            writer.Line("int length = Rows;");
            writer.Line("float* weights = Weights;");
            foreach (BufferPlan buffer in plan.Buffers.Where(static buffer => buffer.Name.StartsWith("Source", StringComparison.Ordinal) || buffer.Name.StartsWith("Cross", StringComparison.Ordinal)))
            {
                writer.Line($"float* {Outer(buffer)} = Memory + {buffer.Name}Offset;");
            }

            using (writer.Scope())
            {
                if (encoder.Before.OfType<EmbedStep>().Any(static step => step.Positions is not null))
                {
                    writer.Line("const int position = 0;");
                }

                writer.Line("int rows = length;");
                writer.Line($"float* sourceHidden = {Outer(hidden)};");
                foreach (StepPlan step in encoder.Before)
                {
                    steps.Write(step, SessionEmitter.Scope.Source);
                }
            }

            writer.Separate();
            Report(writer, hidden, "0");
            writer.Line();
            writer.Line("float* layerWeights = weights + EncoderLayersOffset;");
            using (writer.Braces("for (int layer = 0; layer < EncoderLayers; layer++)"))
            {
                using (Chunks(writer, plan, encoder))
                {
                    foreach (StepPlan step in encoder.BeforeAttention)
                    {
                        steps.Write(step, SessionEmitter.Scope.Source);
                    }

                    steps.WriteSourceAppend(encoder.Attention);
                }

                writer.Line();
                using (Chunks(writer, plan, encoder))
                {
                    writer.Line();
                    steps.WriteSourceAttend(encoder.Attention);
                    foreach (StepPlan step in encoder.AfterAttention)
                    {
                        steps.Write(step, SessionEmitter.Scope.Source);
                    }
                }

                writer.Line();
                Report(writer, hidden, "layer + 1");
                writer.Line();
                writer.Line("layerWeights += EncoderLayerStride;");
            }

            if (encoder.After.Count > 0)
            {
                writer.Line();
                writer.Line("// Nobody changes the hidden states while they are reported.");
                writer.Line("Synchronize();");
                using (writer.Scope())
                {
                    writer.Line("int rows = length;");
                    writer.Line($"float* sourceHidden = {Outer(hidden)};");
                    foreach (StepPlan step in encoder.After)
                    {
                        steps.Write(step, SessionEmitter.Scope.Source);
                    }
                }
            }

            writer.Line();
            writer.Line("// What every layer of the decoder attends to.");
            writer.Line("layerWeights = weights + LayersOffset;");
            EmitCross(writer, plan, encoder, steps);
        }
    }

    /// <summary>Writes how one sequence's cache becomes that of another: positions that are taken, of every head.</summary>
    public static void EmitCopySequence(SourceWriter writer, ExecutionPlan plan)
    {
        AttentionStep attention = plan.Layer.OfType<AttentionStep>().First();
        AttentionVariant variant = attention.Variants[0];
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

    private static void EmitCross(SourceWriter writer, ExecutionPlan plan, SourceEncoderPlan encoder, SessionEmitter.StepWriter steps)
    {
        CrossCacheStep cache = encoder.Cross.OfType<CrossCacheStep>().First();
        using (writer.Braces("for (int layer = 0; layer < Layers; layer++)"))
        {
            using (Chunks(writer, plan, encoder))
            {
                foreach (StepPlan step in encoder.Cross)
                {
                    steps.Write(step, SessionEmitter.Scope.Source);
                }
            }

            writer.Line();
            SessionEmitter.WriteNextCache(writer, cache.Kernel, cache.Keys, cache.Values);
            writer.Line("layerWeights += LayerStride;");
        }
    }

    /// <summary>A loop over the chunks of the source, with the rows of each.</summary>
    private static SourceWriter.Block Chunks(SourceWriter writer, ExecutionPlan plan, SourceEncoderPlan encoder)
    {
        SourceWriter.Block block = writer.Braces($"for (int position = 0; position < length; position += {Text(encoder.ChunkLength)})");
        writer.Line($"int rows = global::System.Math.Min({Text(encoder.ChunkLength)}, length - position);");
        foreach (BufferPlan buffer in plan.Buffers.Where(static buffer => buffer.EveryPosition))
        {
            writer.Line($"float* {SessionEmitter.Variable(buffer.Name)} = {Outer(buffer)} + ((nint)position * {Text(buffer.RowStride)});");
        }

        return block;
    }

    private static void Report(SourceWriter writer, BufferPlan hidden, string layer)
    {
        using (writer.Braces("if (worker == 0)"))
        {
            writer.Line($"ReportSourceStates({layer}, {Outer(hidden)}, {Text(hidden.RowStride)});");
        }
    }

    /// <summary>What a buffer is called outside the loops over chunks.</summary>
    private static string Outer(BufferPlan buffer) => buffer.EveryPosition ? "whole" + buffer.Name : SessionEmitter.Variable(buffer.Name);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
