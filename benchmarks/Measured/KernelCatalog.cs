using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Specializer.CompilerServices;
using Specializer.TestKit;

namespace Specializer.Benchmarks;

/// <summary>The kernels of a generated model, with their operations and bytes.</summary>
internal sealed class KernelCatalog(MeasuredModel model, InstructionSet instructionSet, KernelMemory memory)
{
    private readonly int _length = Math.Min(KernelMemory.CacheLength, model.ContextLength);

    /// <summary>Returns all kernels of the model for the instruction set.</summary>
    public IEnumerable<MeasuredKernel> Kernels() =>
        GeneratedKernelTable
            .Facts(model.Type)
            .Select(kernel =>
                kernel.Kind switch
                {
                    KernelKind.Linear => Linear(kernel),
                    KernelKind.Attend => Attention(kernel, kernel.AttendsToAll ? model.SourceLength : _length),
                    _ => Move(kernel),
                }
            );

    /// <summary>Returns the attention of the model over caches of increasing length.</summary>
    public IEnumerable<MeasuredKernel> Attentions()
    {
        KernelInfo kernel = GeneratedKernelTable.Facts(model.Type, KernelKind.Attend);
        return new[] { 128, 512, 2048, 8192 }.Where(length => length <= model.ContextLength).Select(length => Attention(kernel, length));
    }

    private MethodInfo Method(KernelInfo kernel) => GeneratedKernelTable.Method(model.Type, instructionSet, kernel);

    private MeasuredKernel Linear(KernelInfo kernel)
    {
        // Logits are computed for at most a few rows.
        bool logits = kernel.Outputs >= 16 * kernel.Inputs,
            narrow = kernel.Storage != WeightStorage.Float32;
        string fused =
            (kernel.Bias ? "Bias" : "")
            + kernel.Activation
            + (kernel.AddsToOutput ? "Add" : "")
            + (narrow ? kernel.Storage.ToString() : "");
        bool isPlain = !kernel.Bias && !narrow && kernel.Activation == (kernel.Gated ? "Silu" : null);
        return new MeasuredKernel(
            logits ? "logits"
                : kernel.Gated ? "gated-linear"
                : "linear",
            fused.Length == 0 ? $"{kernel.Inputs}x{kernel.Outputs}" : $"{kernel.Inputs}x{kernel.Outputs} {fused}",
            rows => 2.0 * kernel.MultiplyAdds * rows,
            _ => kernel.WeightBytes,
            KernelBinding.Bind(Method(kernel), memory, _length, rowsAreLast: false)
        )
        {
            MostRows = logits ? 8 : KernelMemory.Rows,
            RunGeneric = isPlain
                ? GenericKernels.Linear(instructionSet, memory, kernel.Inputs, kernel.Outputs, kernel.Gated, kernel.AddsToOutput)
                : null,
        };
    }

    private MeasuredKernel Attention(KernelInfo kernel, int length)
    {
        MethodInfo method = Method(kernel);
        bool isPlain = !kernel.AttendsToAll && method.GetParameters().All(static parameter => parameter.Name != "bias");
        return new MeasuredKernel(
            "attention",
            $"{kernel.Heads}x{kernel.HeadDim}/{kernel.KeyValueHeads}@{length}{(kernel.AttendsToAll ? "ToAll" : "")}",
            rows =>
                2.0
                * kernel.MultiplyAdds
                * (kernel.AttendsToAll ? (double)rows * length : ((double)rows * (length - rows)) + (rows * (rows + 1) / 2.0)),
            _ => kernel.WeightBytes * length,
            KernelBinding.Bind(method, memory, length, rowsAreLast: true)
        )
        {
            MostRows = Math.Min(length, WholeModel.PromptLength),
            RunGeneric =
                isPlain && length == KernelMemory.CacheLength
                    ? GenericKernels.Attention(instructionSet, memory, kernel.Heads, kernel.KeyValueHeads, kernel.HeadDim)
                    : null,
        };
    }

    private MeasuredKernel Move(KernelInfo kernel)
    {
        bool isAppend = kernel.Kind is KernelKind.Append or KernelKind.PrepareQueries,
            isWhole = kernel.Kind is KernelKind.Pool or KernelKind.ArgMax;
        string name = kernel.Kind switch
        {
            KernelKind.Norm => "norm",
            KernelKind.Quantize => "quantize",
            KernelKind.Append or KernelKind.PrepareQueries => "append",
            KernelKind.Embed or KernelKind.AddPositions => "embed",
            KernelKind.Gather => "gather",
            KernelKind.Pool => "pool",
            KernelKind.ArgMax => "highest",
            _ => throw new NotSupportedException(
                $"The measurements do not support {kernel.Name}, of kind {kernel.Kind}; add the kind to {nameof(KernelCatalog)}."
            ),
        };
        int width = isAppend ? (kernel.Heads + (2 * kernel.KeyValueHeads)) * kernel.HeadDim : kernel.Outputs;

        // A norm squares, sums and multiplies twice; with a bias, it also subtracts the mean and adds.
        double operations = kernel.Kind == KernelKind.Norm ? (kernel.Bias ? 6.0 : 4.0) * width : 0;
        return new MeasuredKernel(
            name,
            $"{width}",
            rows => operations * rows,
            rows => kernel.RowBytes * rows,
            KernelBinding.Bind(Method(kernel), memory, _length, rowsAreLast: isAppend)
        )
        {
            MostRows = isWhole ? 1 : Math.Min(_length, KernelMemory.Rows),
            RunGeneric = kernel is { Kind: KernelKind.Norm, Bias: false } ? GenericKernels.Norm(instructionSet, memory, width) : null,
        };
    }
}
