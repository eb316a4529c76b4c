using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission;

/// <summary>Writes the calls of kernels that a step is, and the barriers after them.</summary>
internal sealed class StepEmitter(SourceWriter writer, ExecutionPlan plan)
{
    private readonly ArgumentText _text = new(plan);

    /// <summary>Gets or sets whether the steps are written into a loop over the inputs that are encoded together.</summary>
    public bool WithinInput { get; set; }

    /// <summary>Begins a loop over the inputs that are encoded together.</summary>
    /// <param name="rows">The variable with the number of rows of a single input.</param>
    public IDisposable EachInput(string rows = "rows")
    {
        IDisposable end = writer.Braces("for (int index = 0; index < inputs; index++)");
        writer.Line($"{CapabilityEmitter.Services}EncodedInput input = InputAt(index, {rows});");
        return end;
    }

    public void Write(StepPlan step)
    {
        writer.Separate();
        writer.Line($"// {step.Title}.");
        WriteCalls(step);
    }

    /// <summary>Writes the step from one layer's keys and values to the next layer's.</summary>
    public void WriteNextCache(LayerCache cache)
    {
        writer.Line($"{Identifiers.VariableOf(cache.Keys)} += {Text(cache.KeyFloats)};");
        writer.Line($"{Identifiers.VariableOf(cache.Values)} += {Text(cache.ValueFloats)};");
    }

    private void WriteCalls(StepPlan step)
    {
        switch (step)
        {
            case StepsByKind kinds:
                WriteKinds(kinds);
                break;
            case NormStep norm when plan.Buffer(norm.Output).RowPerWorker:
                WriteOwnNorm(norm);
                break;
            case QuantizeStep quantize when plan.Buffer(quantize.Output).RowPerWorker:
                WriteOwnQuantization(quantize);
                break;
            case ArgMaxStep highest:
                using (writer.Braces("if (FindsMostProbable)"))
                {
                    writer.Line($"ReportMostProbable(worker, {_text.Call(highest.Calls.Single())});");
                }

                break;
            default:
                KernelCall[] calls = [.. step.Calls];
                for (int index = 0; index < calls.Length; index++)
                {
                    if (index > 0 && calls[index].Scope == CallScope.EachSequence)
                    {
                        writer.Line();
                    }

                    WriteCall(calls[index]);
                }

                break;
        }

        if (step.Cache is { } cache)
        {
            WriteNextCache(cache);
        }
    }

    private void WriteCall(KernelCall call)
    {
        if (call.Scope == CallScope.GivenRows)
        {
            using (writer.Braces("if (GivenRows > 0)"))
            {
                writer.Line("// The prefix begins with rows of embeddings, which replace those of the tokens.");
                writer.Line(_text.Call(call) + ";");
                writer.Line("Synchronize();");
            }

            return;
        }

        if (call.Scope == CallScope.EachSequence)
        {
            WriteEachSequence(call);
        }
        else if (call.Scope == CallScope.EachInput && !WithinInput)
        {
            using (EachInput())
            {
                writer.Line(_text.Call(call) + ";");
            }

            writer.Line();
        }
        else
        {
            writer.Line(_text.Call(call) + ";");
        }

        switch (call.Barrier)
        {
            case Barrier.Always:
                writer.Line("Synchronize();");
                break;
            case Barrier.SeveralRows:
                WriteBarrierOfSeveralRows(call);
                break;
            default:
                break;
        }
    }

    /// <summary>Every sequence has a position of its own, and a cache or a state of constant size in its place.</summary>
    private void WriteEachSequence(KernelCall call)
    {
        using (writer.Braces("for (int sequence = 0; sequence < sequences; sequence++)"))
        {
            if (call.Arguments.Any(static argument => argument is SequenceCacheArgument))
            {
                writer.Line("float* cache = CacheOf(sequence);");
            }

            writer.Line(_text.Call(call) + ";");
        }

        writer.Line();
    }

    /// <summary>Writes the barrier between what prepares queries and what attends with them.</summary>
    private void WriteBarrierOfSeveralRows(KernelCall call)
    {
        (string rows, string done) = call.Scope == CallScope.EachSequence ? ("sequenceRows", "appended") : ("rows", "scaled");
        using (writer.Braces($"if ({rows} > 1)"))
        {
            writer.Line($"// With one row a worker attends with the heads that it has just {done} itself.");
            writer.Line("Synchronize();");
        }
    }

    /// <summary>One row is cheaper to normalise than to wait for: every worker does it for itself, into a row of its own.</summary>
    private void WriteOwnNorm(NormStep norm)
    {
        KernelCall call = norm.Calls.Single();
        using (writer.Braces("if (rows == 1)"))
        {
            KernelCall own = call.With(
                (KernelParameters.Output, new WorkerRowArgument(norm.Output, norm.Kernel.Stride)),
                (KernelParameters.Rows, new ConstantArgument(1)),
                (KernelParameters.Worker, new ConstantArgument(0)),
                (KernelParameters.Workers, new ConstantArgument(1))
            );
            writer.Line(_text.Call(own) + ";");
        }

        using (writer.Braces("else"))
        {
            WriteCall(call.With((KernelParameters.Output, new SharedRowsArgument(norm.Output))));
        }
    }

    /// <summary>With one row, a barrier would take longer than the quantization: every worker does it into a row of its own.</summary>
    private void WriteOwnQuantization(QuantizeStep quantize)
    {
        KernelCall call = quantize.Calls.Single();
        BufferPlan input = plan.Buffer(quantize.Input);
        using (writer.Braces("if (rows == 1)"))
        {
            KernelCall own = call.With(
                (
                    KernelParameters.Input,
                    input.RowPerWorker ? new WorkerRowArgument(quantize.Input, input.RowStride) : new SharedRowsArgument(quantize.Input)
                ),
                (KernelParameters.Output, new WorkerRowArgument(quantize.Output, plan.Buffer(quantize.Output).RowStride)),
                (KernelParameters.Rows, new ConstantArgument(1)),
                (KernelParameters.Worker, new ConstantArgument(0)),
                (KernelParameters.Workers, new ConstantArgument(1))
            );
            writer.Line(_text.Call(own) + ";");
        }

        using (writer.Braces("else"))
        {
            WriteCall(
                call.With(
                    (KernelParameters.Input, new SharedRowsArgument(quantize.Input)),
                    (KernelParameters.Output, new SharedRowsArgument(quantize.Output))
                )
            );
        }
    }

    /// <summary>Layers of different kinds have their own kernels and caches.</summary>
    private void WriteKinds(StepsByKind kinds)
    {
        EquatableArray<int> pattern = kinds.Pattern;
        using (writer.Braces($"switch (layer % {Text(pattern.Count)})"))
        {
            // The most frequent kind is the default, which keeps the labels few.
            int usual = Enumerable.Range(0, kinds.Kinds.Count).OrderByDescending(kind => pattern.Count(of => of == kind)).First();
            foreach (int kind in Enumerable.Range(0, kinds.Kinds.Count).OrderBy(kind => kind == usual))
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
                    WriteKind(kinds.Kinds[kind]);
                    writer.Line("break;");
                }
            }
        }
    }

    private void WriteKind(IReadOnlyList<StepPlan> steps)
    {
        if (steps.Count == 1)
        {
            WriteCalls(steps[0]);
            return;
        }

        foreach (StepPlan step in steps)
        {
            Write(step);
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
