using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission;

/// <summary>Writes what an encoder's session does: the phases of the plan, each over the chunks of the sequence.</summary>
internal sealed class EncoderSessionEmitter
{
    private readonly SourceWriter _writer;
    private readonly ExecutionPlan _plan;
    private readonly EncoderPlan _encoder;

    private EncoderSessionEmitter(SourceWriter writer, ExecutionPlan plan, EncoderPlan encoder)
    {
        _writer = writer;
        _plan = plan;
        _encoder = encoder;
    }

    private int HiddenStride => Buffer("Hidden").RowStride;

    public static void EmitForward(SourceWriter writer, ExecutionPlan plan, EncoderPlan encoder) => new EncoderSessionEmitter(writer, plan, encoder).Emit();

    private void Emit()
    {
        _writer.Separate();
        _writer.Line("// Every worker runs the same steps, each on its share; a barrier stands wherever one reads what another wrote.");
        using (_writer.Braces("private void Forward<TKernels>(int worker, int workers)\n    where TKernels : struct, IKernels"))
        {
            _writer.Line("int length = Length;");
            _writer.Line("float* weights = Weights;");
            foreach (BufferPlan buffer in _plan.Buffers.Where(static buffer => !buffer.EveryPosition))
            {
                _writer.Line($"float* {Variable(buffer.Name)} = Memory + {buffer.Name}Offset;");
            }

            _writer.Line();
            Chunks(_plan.Before);
            _writer.Line();
            Report("0");
            _writer.Line();
            using (_writer.Braces("for (int layer = 0; layer < Layers; layer++)"))
            {
                string set = _plan.Architecture.LayersPerSet == 1 ? "layer" : $"layer / {Text(_plan.Architecture.LayersPerSet)}";
                _writer.Line($"float* layerWeights = weights + LayersOffset + ({set} * LayerStride);");
                _writer.Line();
                _writer.Line("// Keys and values of the whole sequence, before any query looks at them.");
                Chunks(_encoder.Project);
                _writer.Line();
                Chunks(_plan.Layer);
                _writer.Line();
                Report("layer + 1");
            }

            if (_plan.After.Count > 0)
            {
                _writer.Line();
                _writer.Line("// The states change in place, which the observer may still be reading.");
                _writer.Line("Synchronize();");
                Chunks(_plan.After);
            }

            _writer.Line();
            _writer.Line($"WriteHiddenStates(Memory + HiddenOffset, {Text(HiddenStride)}, 0, length, worker, workers);");
            EmitHead();
        }
    }

    /// <summary>The head runs for all rows, a few at a time, or once for the sequence.</summary>
    private void EmitHead()
    {
        if (_encoder.Head.Count == 0)
        {
            _writer.Line($"WriteOutput(Memory + HiddenOffset, {Text(HiddenStride)}, 0, length, worker, workers);");
            return;
        }

        using (_writer.Braces("if (WantsOutput)"))
        {
            string write = $"WriteOutput({Variable(_encoder.Output)}, {Text(Buffer(_encoder.Output).RowStride)}, ";
            if (_encoder.OutputPerToken)
            {
                Chunks(_encoder.Head, Text(_plan.LogitsRows), () =>
                {
                    _writer.Line(write + "position, rows, worker, workers);");
                    _writer.Line("Synchronize();");
                });
                return;
            }

            if (_encoder.Head.Any(static step => step is not PoolStep))
            {
                _writer.Line("const int rows = 1;");
            }

            _writer.Line("float* hidden = Memory + HiddenOffset;");
            foreach (StepPlan step in _encoder.Head)
            {
                Write(step);
            }

            _writer.Line(write + "0, 1, worker, workers);");
        }
    }

    private void Chunks(IReadOnlyCollection<StepPlan> steps, string chunkLength = "ChunkLength", Action? end = null)
    {
        using (_writer.Braces($"for (int position = 0; position < length; position += {chunkLength})"))
        {
            _writer.Line($"int rows = global::System.Math.Min({chunkLength}, length - position);");
            foreach (BufferPlan buffer in _plan.Buffers.Where(buffer => buffer.EveryPosition && steps.Any(step => Uses(step, buffer.Name))))
            {
                _writer.Line($"float* {Variable(buffer.Name)} = Memory + {buffer.Name}Offset + ((nint)position * {Text(buffer.RowStride)});");
            }

            foreach (StepPlan step in steps)
            {
                Write(step);
            }

            end?.Invoke();
        }
    }

    private static bool Uses(StepPlan step, string buffer) => step switch
    {
        EmbedStep embed => embed.Output == buffer,
        PatchStep patch => patch.Output == buffer,
        PositionStep position => position.Output == buffer,
        NormStep norm => norm.Input == buffer || norm.Output == buffer,
        LinearStep linear => linear.Input == buffer || linear.Output == buffer,
        AppendStep append => append.Input == buffer || append.Queries == buffer,
        AttendStep attend => attend.Queries == buffer || attend.Output == buffer,
        _ => true,
    };

    private void Report(string layer)
    {
        using (_writer.Braces("if (worker == 0)"))
        {
            _writer.Line($"ReportHiddenStates({layer}, Memory + HiddenOffset, {Text(HiddenStride)});");
        }
    }

    private void Write(StepPlan step)
    {
        _writer.Separate();
        _writer.Line($"// {step.Title}.");
        _writer.Line(step switch
        {
            EmbedStep embed => $"TKernels.{embed.Kernel.Name}(Tokens + position, {Weight(embed.Weight)}, "
                + (embed.Positions is null ? "" : Weight(embed.Positions) + ", position, ")
                + (embed.Types is null ? "" : $"TokenTypes is null ? null : TokenTypes + position, {Weight(embed.Types)}, ")
                + $"{Variable(embed.Output)}, rows, worker, workers);",
            NormStep norm => $"TKernels.{norm.Kernel.Name}({Variable(norm.Input)}, {Weight(norm.Weight)}, {Variable(norm.Output)}, rows, worker, workers);",
            LinearStep linear => $"TKernels.{linear.Kernel.Name}({Variable(linear.Input)}, {Weight(linear.Weight)}, {(linear.Bias is null ? "" : Weight(linear.Bias) + ", ")}{Variable(linear.Output)}, rows, worker, workers);",
            AppendStep append => $"TKernels.{append.Variant.Kernel.AppendName}({Variable(append.Input)}, "
                + (append.Variant.Kernel.Kind.Positions is RotaryPositions ? Weight(append.Variant.Table!) + ", " : "")
                + (append.QueryNorm is null ? "" : $"{Weight(append.QueryNorm)}, {Weight(append.KeyNorm!)}, ")
                + $"{Variable(append.Queries)}, {Variable(append.Variant.Keys)}, {Variable(append.Variant.Values)}, position, rows, worker, workers);",
            AttendStep attend => $"TKernels.{attend.Variant.Kernel.Name}({Variable(attend.Queries)}, {Variable(attend.Variant.Keys)}, {Variable(attend.Variant.Values)}, "
                + (attend.Variant.Kernel.Kind.Positions is AlibiPositions ? Weight(attend.Variant.Table!) + ", " : "")
                + $"{Variable(attend.Output)}, position, length, rows, worker, workers);",
            PatchStep patch => $"TKernels.{patch.Kernel.Name}(Pixels, {Variable(patch.Output)}, position, rows, worker, workers);",
            PositionStep position => $"TKernels.{position.Kernel.Name}({Variable(position.Output)}, {Weight(position.Positions)}, {Weight(position.FirstState)}, position, rows, worker, workers);",
            PoolStep pool => $"TKernels.{pool.Kernel.Name}({Variable(pool.Input)}, {Variable(pool.Output)}, length, worker, workers);",
            _ => throw new NotSupportedException(step.GetType().Name),
        });
        _writer.Line("Synchronize();");
    }

    private BufferPlan Buffer(string name) => _plan.Buffers.First(buffer => buffer.Name == name);

    private string Weight(string name) => (_plan.Weights.First(weight => weight.Name == name).PerLayer ? "layerWeights + " : "weights + ") + name;

    private static string Variable(string name) => SessionEmitter.Variable(name);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
