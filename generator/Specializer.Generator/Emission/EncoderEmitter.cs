using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Kernels.Output;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission;

/// <summary>
/// Writes the computation of an encoder for a whole sequence, by itself or inside an encoder-decoder. Each phase of the plan runs
/// over the chunks of the sequence; the head follows.
/// </summary>
internal sealed class EncoderEmitter
{
    private readonly SourceWriter _writer;
    private readonly ExecutionPlan _plan;
    private readonly EncoderPlan _encoder;
    private readonly StepEmitter _steps;

    private EncoderEmitter(SourceWriter writer, ExecutionPlan plan)
    {
        _writer = writer;
        _plan = plan;
        _encoder = plan.Encoder!;
        _steps = new StepEmitter(writer, plan);
    }

    private BufferPlan Hidden => _plan.Buffer(_encoder.Hidden);

    private string HiddenRows => $"Memory + {Identifiers.OffsetOf(Hidden.Ref)}, {Text(Hidden.RowStride)}";

    /// <summary>Writes the pass of an encoder by itself, and its head.</summary>
    public static void EmitForward(SourceWriter writer, ExecutionPlan plan, HeadPlan head)
    {
        var emitter = new EncoderEmitter(writer, plan);
        writer.Separate();
        writer.Line("// Every worker runs the same steps on its share; a barrier precedes every read of another worker's results.");
        using (
            writer.Braces("private void Forward<TKernels>(int worker, int workers)\n    where TKernels : struct, " + KernelFiles.Interface)
        )
        {
            emitter.EmitLayers(head.Steps);
            writer.Line();
            writer.Line($"WriteHiddenStates({emitter.HiddenRows}, 0, length, worker, workers);");
            emitter.EmitHead(head);
        }
    }

    /// <summary>Writes the pass over the source of an encoder-decoder, and what every layer of the decoder keeps of it.</summary>
    public static void EmitEncode(SourceWriter writer, ExecutionPlan plan)
    {
        var emitter = new EncoderEmitter(writer, plan);
        writer.Separate();
        writer.Line("// The source as a whole, as Forward computes the decoder's rows.");
        using (
            writer.Braces("private void Encode<TKernels>(int worker, int workers)\n    where TKernels : struct, " + KernelFiles.Interface)
        )
        {
            emitter.EmitLayers(plan.Cross);
            writer.Line();
            writer.Line("// What every layer of the decoder attends to.");
            CrossCacheStep cache = plan.Cross.OfType<CrossCacheStep>().First();
            using (writer.Braces("for (int layer = 0; layer < Layers; layer++)"))
            {
                writer.Line("float* layerWeights = weights + LayersOffset + (layer * LayerStride);");
                emitter.EmitChunks(plan.Cross);
                writer.Line();
                emitter._steps.WriteNextCache(cache.Kept);
            }
        }
    }

    private void EmitLayers(IEnumerable<StepPlan> after)
    {
        _writer.Line("int length = Length;");
        if (_encoder.SharedPositions > 0)
        {
            _writer.Line("int inputs = EncodedInputs;");
        }

        _writer.Line("float* weights = Weights;");
        foreach (BufferPlan buffer in _plan.BuffersOf(_encoder.Steps.Concat(after)).Where(static buffer => !buffer.EveryPosition))
        {
            _writer.Line($"float* {Identifiers.VariableOf(buffer.Ref)} = Memory + {Identifiers.OffsetOf(buffer.Ref)};");
        }

        if (_encoder.Architecture.GlobalTokens)
        {
            _writer.Line();
            _writer.Line("// The number of global tokens before each position, and after the last.");
            _writer.Line("int* globalsBefore = (int*)(Memory + GlobalsBeforeOffset);");
            using (_writer.Braces("if (worker == 0)"))
            {
                _writer.Line("CountGlobalTokens(globalsBefore);");
            }

            _writer.Line();
            _writer.Line("Synchronize();");
            _writer.Line("int globals = globalsBefore[length];");
        }

        _writer.Line();
        if (_encoder.Frames.Count > 0)
        {
            _writer.Line("// All frames, before any position looks at its neighbours.");
            EmitChunks(_encoder.Frames, length: "Frames");
            _writer.Line();
        }

        EmitChunks(_encoder.Before);
        _writer.Line();
        EmitReport("0");
        _writer.Line();
        string prefix = Identifiers.Prefix(_encoder.Part);
        using (_writer.Braces($"for (int layer = 0; layer < {prefix}Layers; layer++)"))
        {
            string set = WeightSet(_encoder.Architecture);
            _writer.Line(
                _plan.LayerOffsets.Count > 0
                    ? "float* layerWeights = weights + LayerOffsets[layer];"
                    : $"float* layerWeights = weights + {prefix}LayersOffset + ({set} * {prefix}LayerStride);"
            );
            _writer.Line();
            _writer.Line("// Keys and values of the whole sequence, before any query looks at them.");
            EmitChunks(_encoder.Project);
            _writer.Line();
            EmitChunks(_encoder.Attend);
            _writer.Line();
            EmitReport("layer + 1");
        }

        if (_encoder.After.Count > 0)
        {
            _writer.Line();
            _writer.Line("// The states change in place, which the observer may still be reading.");
            _writer.Line("Synchronize();");
            EmitChunks(_encoder.After);
        }
    }

    /// <summary>The head runs for all rows, a few at a time, or once for the sequence.</summary>
    private void EmitHead(HeadPlan head)
    {
        if (head.Steps.Count == 0)
        {
            _writer.Line($"WriteOutput({HiddenRows}, 0, length, worker, workers);");
            return;
        }

        using (_writer.Braces("if (WantsOutput)"))
        {
            string write = $"WriteOutput({Identifiers.VariableOf(head.Output)}, {Text(_plan.Buffer(head.Output).RowStride)}, ";
            if (head.OutputPerToken)
            {
                EmitChunks(
                    head.Steps,
                    head.Rows,
                    () =>
                    {
                        _writer.Line(write + "position, rows, worker, workers);");
                        _writer.Line("Synchronize();");
                    }
                );
                return;
            }

            if (head.Steps.Any(static step => step is not PoolStep))
            {
                _writer.Line("const int rows = 1;");
            }

            string pointer = $"float* {Identifiers.VariableOf(Hidden.Ref)} = Memory + {Identifiers.OffsetOf(Hidden.Ref)}";
            if (_encoder.SharedPositions == 0)
            {
                _writer.Line(pointer + ";");
                EmitPooledRow("0");
                return;
            }

            using (_steps.EachInput("length"))
            {
                _writer.Line($"{pointer} + (input.FirstRow * {Text(Hidden.RowStride)});");
                _steps.WithinInput = true;
                EmitPooledRow("index");
                _writer.Line();
                _writer.Line("// The next input reuses the row.");
                _writer.Line("Synchronize();");
            }

            void EmitPooledRow(string row)
            {
                foreach (StepPlan step in head.Steps)
                {
                    _steps.Write(step);
                }

                _writer.Line($"{write}{row}, 1, worker, workers);");
            }
        }
    }

    /// <summary>A loop over the chunks of the sequence, with the rows of each.</summary>
    private void EmitChunks(IReadOnlyCollection<StepPlan> steps, int? rows = null, Action? end = null, string length = "length")
    {
        string chunk =
            rows is { } fixedRows ? Text(fixedRows)
            : _encoder.ChunkLength == _plan.ChunkLength ? "ChunkLength"
            : Text(_encoder.ChunkLength);
        using (_writer.Braces($"for (int position = 0; position < {length}; position += {chunk})"))
        {
            _writer.Line($"int rows = global::System.Math.Min({chunk}, {length} - position);");
            foreach (BufferPlan buffer in _plan.BuffersOf(steps).Where(static buffer => buffer.EveryPosition))
            {
                _writer.Line(
                    $"float* {Identifiers.VariableOf(buffer.Ref)} = Memory + {Identifiers.OffsetOf(buffer.Ref)} + ((nint)position * {Text(buffer.RowStride)});"
                );
            }

            if (steps.Any(static step => step.When == StepCondition.ChunkHasGlobalTokens))
            {
                _writer.Line("int firstGlobal = globalsBefore[position], globalRows = globalsBefore[position + rows] - firstGlobal;");
            }

            EmitSteps(steps);
            end?.Invoke();
        }
    }

    /// <summary>Writes steps, those that only global tokens need under their condition.</summary>
    private void EmitSteps(IEnumerable<StepPlan> steps)
    {
        StepPlan[] rest = [.. steps];
        while (rest.Length > 0)
        {
            StepCondition condition = rest[0].When;
            StepPlan[] alike = [.. rest.TakeWhile(step => step.When == condition)];
            rest = [.. rest.Skip(alike.Length)];
            if (condition != StepCondition.Always)
            {
                _writer.Separate();
            }

            using (
                condition switch
                {
                    StepCondition.SequenceHasGlobalTokens => _writer.Braces("if (globals > 0)"),
                    StepCondition.ChunkHasGlobalTokens => _writer.Braces("if (globalRows > 0)"),
                    _ => (System.IDisposable?)null,
                }
            )
            {
                foreach (StepPlan step in alike)
                {
                    _steps.Write(step);
                }
            }
        }
    }

    /// <summary>Which set of weights a layer has.</summary>
    private static string WeightSet(TransformerArchitecture architecture)
    {
        int together = architecture.LayersPerSet * architecture.SetsPerGroup;
        return together == 1 ? "layer"
            : architecture.SetsPerGroup == 1 ? $"layer / {Text(together)}"
            : $"((layer / {Text(together)} * {Text(architecture.SetsPerGroup)}) + (layer % {Text(architecture.SetsPerGroup)}))";
    }

    private void EmitReport(string layer)
    {
        using (_writer.Braces("if (worker == 0)"))
        {
            _writer.Line($"ReportEncodedStates({layer}, {HiddenRows});");
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
