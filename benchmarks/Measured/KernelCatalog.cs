using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Specializer.Benchmarks;

/// <summary>Finds the kernels of a generated model by their names, and determines their operations and bytes.</summary>
internal sealed partial class KernelCatalog(MeasuredModel model, InstructionSet instructionSet, KernelMemory memory)
{
    private readonly AttentionShape _attention = model.Attention;
    private readonly int _length = Math.Min(KernelMemory.CacheLength, model.ContextLength);

    /// <summary>Returns all kernels of the model for the instruction set.</summary>
    public IEnumerable<MeasuredKernel> Kernels() =>
        Names().Select(name => Describe(Method(model.Type, instructionSet, name))).OfType<MeasuredKernel>();

    /// <summary>Returns the attention of the model over caches of increasing length.</summary>
    public IEnumerable<MeasuredKernel> Attentions()
    {
        MethodInfo kernel = Names()
            .Where(static name => name.StartsWith("Attend", StringComparison.Ordinal))
            .Select(name => Method(model.Type, instructionSet, name))
            .Single();
        return new[] { 128, 512, 2048, 8192 }.Where(length => length <= model.ContextLength).Select(length => Attention(kernel, length));
    }

    /// <summary>Returns one kernel by its name, for rows that are the last of a number of positions.</summary>
    public static Action<int, int, int> Find(Type model, InstructionSet instructionSet, string name, KernelMemory memory, int length) =>
        KernelBinding.Bind(Method(model, instructionSet, name), memory, length, rowsAreLast: true);

    /// <summary>Returns the method of a kernel.</summary>
    public static MethodInfo Method(Type model, InstructionSet instructionSet, string name) =>
        model.GetNestedType($"{instructionSet}Kernels", BindingFlags.NonPublic)?.GetMethod(name, BindingFlags.Public | BindingFlags.Static)
        ?? throw new NotSupportedException($"{model} has no kernel {name} for {instructionSet}.");

    private static int Number(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);

    private IEnumerable<string> Names() =>
        model.Type.GetNestedType("IKernels", BindingFlags.NonPublic)!.GetMethods().Select(static method => method.Name);

    private MeasuredKernel? Describe(MethodInfo kernel) => Linear(kernel) ?? Attention(kernel) ?? Move(kernel);

    private MeasuredKernel? Linear(MethodInfo kernel)
    {
        if (LinearName().Match(kernel.Name) is not { Success: true } match)
        {
            return null;
        }

        int inputs = Number(match.Groups["inputs"]),
            outputs = Number(match.Groups["outputs"]);
        string fused = match.Groups["fused"].Value;
        bool gated = match.Groups["gated"].Success,
            logits = outputs >= 16 * inputs;
        long weights = (long)inputs * outputs * (gated ? 2 : 1);
        return new MeasuredKernel(
            logits ? "logits"
                : gated ? "gated-linear"
                : "linear",
            fused.Length == 0 ? $"{inputs}x{outputs}" : $"{inputs}x{outputs} {fused}",
            rows => 2.0 * weights * rows,
            _ => weights * (fused.EndsWith("BFloat16", StringComparison.Ordinal) ? sizeof(ushort) : sizeof(float)),
            KernelBinding.Bind(kernel, memory, _length, rowsAreLast: false)
        )
        {
            // Logits are computed for at most a few rows.
            MostRows = logits ? 8 : KernelMemory.Rows,
            RunGeneric =
                fused is "" or "Add" || (gated && fused == "Silu")
                    ? GenericKernels.Linear(instructionSet, memory, inputs, outputs, gated, fused == "Add")
                    : null,
        };
    }

    private MeasuredKernel? Attention(MethodInfo kernel) =>
        kernel.Name.StartsWith("Attend", StringComparison.Ordinal)
            ? Attention(kernel, kernel.Name.EndsWith("ToAll", StringComparison.Ordinal) ? model.SourceLength : _length)
            : null;

    private MeasuredKernel Attention(MethodInfo kernel, int length)
    {
        bool all = kernel.Name.EndsWith("ToAll", StringComparison.Ordinal);
        (int heads, int keyValueHeads, int headDimension) = (_attention.Heads, _attention.KeyValueHeads, _attention.HeadDimension);
        bool plain = kernel.Name == "Attend" && kernel.GetParameters().All(static parameter => parameter.Name != "bias");
        return new MeasuredKernel(
            "attention",
            $"{heads}x{headDimension}/{keyValueHeads}@{length}{kernel.Name["Attend".Length..]}",
            rows =>
                4.0 * heads * headDimension * (all ? (double)rows * length : ((double)rows * (length - rows)) + (rows * (rows + 1) / 2.0)),
            _ => 2L * keyValueHeads * headDimension * length * sizeof(float),
            KernelBinding.Bind(kernel, memory, length, rowsAreLast: true)
        )
        {
            MostRows = Math.Min(length, WholeModel.PromptLength),
            RunGeneric =
                plain && length == KernelMemory.CacheLength
                    ? GenericKernels.Attention(instructionSet, memory, heads, keyValueHeads, headDimension)
                    : null,
        };
    }

    private MeasuredKernel? Move(MethodInfo kernel)
    {
        Match name = KindAndWidth().Match(kernel.Name);
        int width = name.Groups["width"].Success ? Number(name.Groups["width"]) : 0;
        int queries = _attention.Heads * _attention.HeadDimension,
            keyValues = 2 * _attention.KeyValueHeads * _attention.HeadDimension;
        (string Name, double Operations, int Floats)? cost = name.Groups["kind"].Value switch
        {
            // A norm and an append read and write their rows.
            "RootMeanSquareNorm" => ("norm", 4.0 * width, 2 * width),
            "LayerNorm" => ("norm", 6.0 * width, 2 * width),
            "AppendKeysAndValues" or "AppendSourceKeysAndValues" => ("append", 0, 2 * (queries + keyValues)),
            "AppendCrossKeysAndValues" => ("append", 0, 2 * keyValues),
            "PrepareCrossQueries" => ("append", 0, 2 * queries),
            "Embed" => (
                "embed",
                0,
                (2 + kernel.GetParameters().Count(static parameter => parameter.Name is "positions" or "types")) * width
            ),
            "AddPositions" => ("embed", 0, 3 * width),
            "GatherFrames" or "GatherWindows" => ("gather", 0, 6 * width),
            "GatherPatches" => ("gather", 0, 2 * model.PatchFloats),
            "HighestOf" => ("highest", 0, width),
            "PoolFirst" or "PoolMean" => ("pool", 0, 2 * width),
            _ => null,
        };
        if (cost is not { } known)
        {
            throw new NotSupportedException(
                $"The operations of {kernel.DeclaringType}.{kernel.Name} are unknown; add them to {nameof(KernelCatalog)}."
            );
        }

        return new MeasuredKernel(
            known.Name,
            $"{(width > 0 ? width : queries + keyValues)}",
            rows => known.Operations * rows,
            rows => (long)known.Floats * rows * sizeof(float),
            KernelBinding.Bind(kernel, memory, _length, rowsAreLast: known.Name == "append")
        )
        {
            MostRows = known.Name is "pool" or "highest" ? 1 : Math.Min(_length, KernelMemory.Rows),
            RunGeneric = kernel.Name.StartsWith("RootMeanSquareNorm", StringComparison.Ordinal)
                ? GenericKernels.Norm(instructionSet, memory, width)
                : null,
        };
    }

    [GeneratedRegex("^(?<kind>[A-Za-z]+)(?<width>[0-9]+)?")]
    private static partial Regex KindAndWidth();

    [GeneratedRegex("^(?<gated>Gated)?Linear(?<inputs>[0-9]+)To(?<outputs>[0-9]+)(?<fused>([A-Za-z][A-Za-z0-9]*)?)$")]
    private static partial Regex LinearName();
}
