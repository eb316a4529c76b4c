using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission;

/// <summary>Over what a step runs.</summary>
internal enum StepScope
{
    /// <summary>A chunk of positions of a decoder.</summary>
    Decoder,

    /// <summary>The rows of a decoder whose logits are wanted.</summary>
    Logits,

    /// <summary>A chunk of a sequence that an encoder has as a whole, or the one row that its head computes.</summary>
    Encoder,
}

/// <summary>Writes the calls of kernels that a step is, and the barrier behind them.</summary>
internal sealed class StepEmitter(SourceWriter writer, ExecutionPlan plan)
{
    /// <summary>The buffer in which, with one row, every worker of a decoder has a row of its own.</summary>
    private const string OwnRowBuffer = "Normed";

    private const string EachSequence = "for (int sequence = 0; sequence < sequences; sequence++)";

    public static string Variable(string name) => char.ToLowerInvariant(name[0]) + name.Substring(1);

    public void Write(StepPlan step, StepScope scope)
    {
        writer.Separate();
        writer.Line($"// {step.Title}.");
        switch (step)
        {
            case EmbedStep embed:
                WriteEmbed(embed, scope);
                break;
            case NormStep norm when scope != StepScope.Encoder && norm.Output == OwnRowBuffer:
                WriteOwnNorm(norm);
                break;
            case NormStep norm:
                Call(norm.Kernel.Name, $"{Variable(norm.Input)}, {Weight(norm.Weight)}, {Variable(norm.Output)}, rows");
                break;
            case LinearStep linear:
                string bias = linear.Bias is null ? "" : Weight(linear.Bias) + ", ";
                string arguments =
                    $"{Input(linear.Input, scope)}, {Weight(linear.Weight)}, {bias}{(scope == StepScope.Logits ? "Logits" : Variable(linear.Output))}, {(linear.When == StepCondition.ChunkHasGlobalTokens ? "globalRows" : "rows")}";
                Call(linear.Kernel.Name, arguments, meets: scope != StepScope.Logits);
                break;
            case HighestStep highest:
                using (writer.Braces("if (FindsMostProbable)"))
                {
                    writer.Line($"ReportMostProbable(worker, TKernels.{highest.Kernel.Name}(Logits, worker, workers));");
                }

                break;
            case AttentionStep attention:
                WriteKinds(attention.Variants, plan.Architecture, variant => WriteVariant(attention, variant));
                break;
            case CrossAttentionStep cross:
                WriteCrossAttention(cross);
                break;
            case CrossCacheStep cache:
                Call(cache.Kernel.AppendName, $"{Variable(cache.Input)}, {Variable(cache.Keys)}, {Variable(cache.Values)}, position, rows");
                break;
            case AppendStep append:
                WriteKinds(
                    append.Variants,
                    plan.Encoder!.Architecture,
                    variant =>
                        Call(
                            variant.Kernel.AppendName,
                            $"{Variable(append.Input)}, {BeforeQueries(variant, append.QueryNorm, append.KeyNorm, $"length > {Text(plan.Encoder!.Architecture.OriginalContextLength)}")}{Cache(append.Queries, variant)}, position, rows"
                        )
                );
                break;
            case AttendStep attend:
                WriteKinds(
                    attend.Variants,
                    plan.Encoder!.Architecture,
                    variant =>
                        Call(
                            variant.Kernel.Name,
                            $"{Cache(attend.Queries, variant)}, {ScoreTable(variant)}{Variable(attend.Output)}, position, {(variant.Kernel.SeesAll ? "length, " : "")}{(variant.Kernel.GlobalTokens ? "globalsBefore, " : "")}rows"
                        )
                );
                break;
            case GlobalRowsStep rows:
                Call(rows.Kernel.Name, $"{Variable(rows.Input)}, {Variable(rows.Output)}, globalsBefore + position, rows");
                break;
            case GlobalQueriesStep queries:
                Call(
                    queries.Kernel.QueriesName,
                    $"{Variable(queries.Input)}, {GlobalQueries(queries.Queries, queries.Kernel)}, globalRows"
                );
                break;
            case GlobalAttendStep attend:
                Call(
                    attend.Kernel.Name,
                    $"{GlobalQueries(attend.Queries, attend.Kernel)}, {Variable(attend.Keys)}, {Variable(attend.Values)}, {Variable(attend.Output)}, 0, length, globalRows"
                );
                break;
            case PatchStep patch:
                Call(patch.Kernel.Name, $"Pixels, {Variable(patch.Output)}, position, rows");
                break;
            case WindowStep window:
                Call(
                    window.Kernel.Name,
                    $"{(window.Input is null ? "Features" : $"Memory + {window.Input}Offset")}, {Variable(window.Output)}, Frames, position, rows"
                );
                break;
            case PositionStep position:
                Call(
                    position.Kernel.Name,
                    $"{Variable(position.Output)}, {Weight(position.Positions)}, {(position.FirstState is null ? "" : Weight(position.FirstState) + ", ")}position, rows"
                );
                break;
            case PoolStep pool:
                Call(pool.Kernel.Name, $"{Variable(pool.Input)}, {Variable(pool.Output)}, length");
                break;
            case NormalizeStep normalize:
                Call(normalize.Kernel.Name, $"{Variable(normalize.Input)}, {Variable(normalize.Output)}, rows");
                break;
            default:
                throw new NotSupportedException(step.GetType().Name);
        }
    }

    /// <summary>Writes the step from one layer's keys and values to the next layer's.</summary>
    public void WriteNextCache(AttentionKernel kernel, string keys, string values)
    {
        writer.Line($"{Variable(keys)} += {Text(kernel.KeysPerHead * kernel.Attention.KeyValueHeads)};");
        writer.Line($"{Variable(values)} += {Text(kernel.ValuesPerHead * kernel.Attention.KeyValueHeads)};");
    }

    private void Call(string kernel, string arguments, bool meets = true)
    {
        writer.Line($"TKernels.{kernel}({arguments}, worker, workers);");
        if (meets)
        {
            writer.Line("Synchronize();");
        }
    }

    private void WriteEmbed(EmbedStep embed, StepScope scope)
    {
        string Positions(string position) => embed.Positions is null ? "" : $"{Weight(embed.Positions)}, {position}, ";
        if (scope == StepScope.Encoder)
        {
            string types = embed.Types is null ? "" : $"TokenTypes is null ? null : TokenTypes + position, {Weight(embed.Types)}, ";
            Call(
                embed.Kernel.Name,
                $"{(plan.IsEncoderDecoder ? "SourceTokens" : "Tokens")} + position, {Weight(embed.Weight)}, {Positions("position")}{types}{Variable(embed.Output)}, rows"
            );
            return;
        }

        if (embed.Positions is null)
        {
            Call(embed.Kernel.Name, $"Tokens, {Weight(embed.Weight)}, {Variable(embed.Output)}, rows");
            return;
        }

        using (writer.Braces(EachSequence))
        {
            Call(
                embed.Kernel.Name,
                $"Tokens + (sequence * sequenceRows), {Weight(embed.Weight)}, {Positions("PositionOf(sequence)")}{Variable(embed.Output)} + (sequence * sequenceRows * {Text(embed.Kernel.Stride)}), sequenceRows",
                meets: false
            );
        }

        writer.Line();
        writer.Line("Synchronize();");
    }

    /// <summary>One row is cheaper to normalise than to wait for: every worker does it for itself, into a row of its own.</summary>
    private void WriteOwnNorm(NormStep norm)
    {
        using (writer.Braces("if (rows == 1)"))
        {
            writer.Line(
                $"TKernels.{norm.Kernel.Name}({Variable(norm.Input)}, {Weight(norm.Weight)}, {Variable(norm.Output)} + (worker * {Text(norm.Kernel.Stride)}), 1, 0, 1);"
            );
        }

        using (writer.Braces("else"))
        {
            Call(norm.Kernel.Name, $"{Variable(norm.Input)}, {Weight(norm.Weight)}, {Variable(norm.Output)}, rows");
        }
    }

    /// <summary>Layers of different kinds have their own kernels and caches.</summary>
    private void WriteKinds(EquatableArray<AttentionVariant> variants, TransformerArchitecture stack, Action<AttentionVariant> write)
    {
        if (variants.Count == 1)
        {
            write(variants[0]);
            return;
        }

        EquatableArray<int> pattern = stack.LayerPattern;
        using (writer.Braces($"switch (layer % {Text(pattern.Count)})"))
        {
            // The most frequent kind is the default, which keeps the labels few.
            int usual = Enumerable.Range(0, variants.Count).OrderByDescending(kind => pattern.Count(of => of == kind)).First();
            foreach (int kind in Enumerable.Range(0, variants.Count).OrderBy(kind => kind == usual))
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
                    write(variants[kind]);
                    writer.Line("break;");
                }
            }
        }
    }

    /// <summary>Every sequence has a cache, or a state of constant size in its place, and a position of its own.</summary>
    private void WriteVariant(AttentionStep attention, AttentionVariant variant)
    {
        AttentionKernel kernel = variant.Kernel;
        string Rows(string buffer, int stride) => $"{Variable(buffer)} + (sequence * sequenceRows * {Text(stride)})";
        string input = Rows(attention.Input, kernel.InputStride),
            output = Rows(attention.Output, kernel.OutputStride);
        string kept = $"cache + {Variable(variant.Keys)}, cache + {Variable(variant.Values)}";
        string before = BeforeQueries(variant, attention.QueryNorm, attention.KeyNorm, "UsesLongFactors(sequence)");
        if (kernel.Attention.Linear)
        {
            WriteEachSequence(kernel.Name, $"{input}, {before}{kept}, {output}, PositionOf(sequence), sequenceRows");
        }
        else
        {
            string cache = $"{Rows(attention.Queries, kernel.Attention.GroupSize * kernel.HeadStride)}, {kept}";
            WriteEachSequence(kernel.AppendName, $"{input}, {before}{cache}, PositionOf(sequence), sequenceRows");
            WriteMeeting("sequenceRows", "appended");
            writer.Line();
            WriteEachSequence(
                kernel.Name,
                $"{cache}, {ScoreTable(variant)}{output}, PositionOf(sequence), {(kernel.SeesPrefix ? "PrefixOf(sequence), " : "")}sequenceRows"
            );
        }

        writer.Line("Synchronize();");
        WriteNextCache(kernel, variant.Keys, variant.Values);
    }

    private void WriteEachSequence(string kernel, string arguments)
    {
        using (writer.Braces(EachSequence))
        {
            writer.Line("float* cache = CacheOf(sequence);");
            Call(kernel, arguments, meets: false);
        }

        writer.Line();
    }

    /// <summary>All rows of all sequences see the same source.</summary>
    private void WriteCrossAttention(CrossAttentionStep cross)
    {
        AttentionKernel kernel = cross.Kernel;
        Call(kernel.QueriesName, $"{Variable(cross.Input)}, {Variable(cross.Queries)}, rows", meets: false);
        WriteMeeting("rows", "scaled");
        Call(
            kernel.Name,
            $"{Variable(cross.Queries)}, {Variable(cross.Keys)}, {Variable(cross.Values)}, {Variable(cross.Output)}, 0, EncodedLength, rows"
        );
        WriteNextCache(kernel, cross.Keys, cross.Values);
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

    private string BeforeQueries(AttentionVariant variant, string? queryNorm, string? keyNorm, string isLong) =>
        (
            variant.Kernel.Kind.Positions is not RotaryPositions ? ""
            : variant.ShortTable is null ? Weight(variant.Table!) + ", "
            : $"weights + ({isLong} ? {variant.Table} : {variant.ShortTable}), "
        )
        + (queryNorm is null ? "" : $"{Weight(queryNorm)}, {Weight(keyNorm!)}, ")
        + (
            variant.Kernel.Attention.ScaleByInverseLayer
                ? variant.Kernel.Attention.Scale.ToString("R", CultureInfo.InvariantCulture) + "f / (layer + 1), "
                : ""
        );

    private string ScoreTable(AttentionVariant variant) =>
        variant.Kernel.Kind.Positions is AlibiPositions or RelativePositions ? Weight(variant.Table!) + ", " : "";

    private static string GlobalQueries(string name, AttentionKernel kernel) =>
        $"{Variable(name)} + ((nint)firstGlobal * {Text(kernel.Attention.GroupSize * kernel.HeadStride)})";

    private static string Cache(string queries, AttentionVariant variant) =>
        $"{Variable(queries)}, {Variable(variant.Keys)}, {Variable(variant.Values)}";

    private string Weight(string name) =>
        (plan.Weights.First(weight => weight.Name == name).PerLayer ? "layerWeights + " : "weights + ") + name;

    /// <summary>With one row, a decoder's normalised hidden states lie in the worker's own row.</summary>
    private string Input(string name, StepScope scope) =>
        scope != StepScope.Encoder && name == OwnRowBuffer
            ? $"rows == 1 ? normed + (worker * {Text(plan.Buffer(OwnRowBuffer).RowStride)}) : normed"
            : Variable(name);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
