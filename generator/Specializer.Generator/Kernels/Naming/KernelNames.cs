using System;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels;

/// <summary>
/// Names the methods of kernels after their computation. A name contains everything on which the code depends, so that kernels of
/// different models have one name exactly if they share their methods.
/// </summary>
internal static class KernelNames
{
    extension(Kernel kernel)
    {
        /// <summary>The name of the method that computes.</summary>
        public string Name => Of(new KernelRef(kernel, KernelPart.Compute));
    }

    /// <summary>Returns the name of one of a kernel's methods.</summary>
    public static string Of(KernelRef method) =>
        method.Kernel.ForCode() switch
        {
            AttentionKernel attention => AttentionNames.Of(attention, method.Part),
            LinearKernel linear => Linear(linear),
            EmbedKernel embed => Embed(embed),
            NormKernel norm => Norm(norm),
            QuantizeKernel quantize => "Quantize"
                + Width(quantize.Width, quantize.InputStride)
                + (quantize.OutputStride == IntegerLayout.RowStride(quantize.Width) ? "" : "To" + Names.Number(quantize.OutputStride))
                + (quantize.Weights == WeightStorage.Int8 ? "" : "For" + quantize.Weights),
            PartNormKernel parts => PartNorm(parts),
            NormalizeKernel normalize => "Normalize" + Width(normalize.Width, normalize.Stride),
            ScaleKernel scale => "ScaleAdd" + Width(scale.Width, scale.Stride),
            ProbeKernel probe => "Attend"
                + Names.Number(probe.Heads)
                + "x"
                + Names.Number(probe.HeadDim)
                + "ToRows"
                + Every(2 * probe.Heads * probe.HeadDim, probe.Stride),
            PoolKernel pool => Pool(pool),
            PositionKernel position => Positions(position),
            PatchKernel patch => Patches(patch),
            WindowKernel window => Window(window),
            GlobalRowsKernel rows => (rows.Back ? "ReplaceGlobalRows" : "SelectGlobalRows") + Width(rows.Width, rows.Stride),
            ArgMaxKernel highest => "ArgMaxOf" + Names.Number(highest.Logits.Outputs),
            _ => throw new NotSupportedException(method.Kernel.GetType().Name),
        };

    private static string Linear(LinearKernel kernel)
    {
        LinearEpilogue epilogue = kernel.Epilogue;
        return (epilogue.Gated ? "GatedLinear" : "Linear")
            + (IsQuantized(kernel) ? Names.Number(kernel.Inputs) : Width(kernel.Inputs, kernel.InputStride))
            + "To"
            + Width(kernel.Outputs, kernel.OutputStride)
            + (epilogue.Bias ? "Bias" : "")
            + epilogue.Activation
            + (epilogue.AddToOutput ? "Add" : "")
            + (epilogue.Scale != 1 ? "Scaled" + Names.Number(epilogue.Scale) : "")
            + (epilogue.SoftCap > 0 ? "Capped" + Names.Number(epilogue.SoftCap) : "")
            + (epilogue.Clip > 0 ? "Clipped" + Names.Number(epilogue.Clip) : "")
            + Storage(kernel.Storage);
    }

    /// <summary>Whether the input rows are integers, at their usual distance.</summary>
    private static bool IsQuantized(LinearKernel kernel) =>
        IntegerLayout.IsInteger(kernel.Storage) && kernel.InputStride == IntegerLayout.RowStride(kernel.Inputs);

    private static string Embed(EmbedKernel kernel) =>
        "Embed"
        + Width(kernel.Width, kernel.Stride)
        + (kernel.Tied ? "Tied" + Names.Number(kernel.VocabularySize) + Storage(kernel.Storage) : "")
        + (kernel.Scale != 1 ? "Scaled" + Names.Number(kernel.Scale) : "")
        + (kernel.PositionOffset is { } offset ? "WithPositions" + (offset == 0 ? "" : Names.Number(offset)) : "")
        + (kernel.PaddingToken is { } padding ? "Padding" + Names.Number(padding) : "")
        + (kernel.TokenTypes ? "WithTypes" : "");

    private static string Norm(NormKernel kernel) =>
        (kernel.Kind == NormKind.Layer ? "LayerNorm" : "RootMeanSquareNorm")
        + Width(kernel.Width, kernel.Stride)
        + (kernel.Kind == NormKind.Layer && !kernel.Bias ? "WithoutBias" : "")
        + Names.Epsilon(kernel.Epsilon)
        + (kernel.AddToOutput ? "Add" : "");

    private static string PartNorm(PartNormKernel kernel) =>
        (kernel.Kind == NormKind.Layer ? "LayerNorm" : "RootMeanSquareNorm")
        + "Of"
        + Names.Number(kernel.Parts)
        + "x"
        + Names.Number(kernel.Width)
        + "From"
        + Names.Number(kernel.Offset)
        + "Every"
        + Names.Number(kernel.Stride)
        + Names.Epsilon(kernel.Epsilon);

    private static string Pool(PoolKernel kernel) =>
        "Pool"
        + kernel.Pooling
        + Width(kernel.Width, kernel.Stride)
        + (kernel.EndToken is { } end ? "AtToken" + (end < 0 ? "Largest" : Names.Number(end)) : "")
        + (kernel.Skipped > 0 ? "From" + Names.Number(kernel.Skipped) : "")
        + (kernel.Normalize ? "Normalized" : "");

    private static string Positions(PositionKernel kernel) =>
        (kernel.HasTable ? "AddPositions" : "InsertStates")
        + Width(kernel.Width, kernel.Stride)
        + (kernel.FirstState ? "AfterState" : "")
        + (kernel.LaterStates > 0 ? "And" + Names.Number(kernel.LaterStates) + (kernel.LaterHavePositions ? "Positioned" : "") : "");

    private static string Patches(PatchKernel kernel) =>
        "GatherPatches"
        + Names.Number(kernel.Patches.PatchSize)
        + "Of"
        + Names.Number(kernel.Patches.ImageSize)
        + "x"
        + Names.Number(kernel.Patches.Channels)
        + (kernel.Patches.Leading == 1 ? "" : "After" + Names.Number(kernel.Patches.Leading))
        + Every(kernel.Patches.Floats, kernel.Stride);

    private static string Window(WindowKernel kernel) =>
        (kernel.InputStride == 0 ? "GatherFrames" : "GatherWindows")
        + Names.Number(kernel.Window)
        + "Of"
        + (kernel.InputStride == 0 ? Names.Number(kernel.Channels) : Width(kernel.Channels, kernel.InputStride))
        + (kernel.Step == 1 ? "" : "Step" + Names.Number(kernel.Step))
        + Every(kernel.Channels * kernel.Window, kernel.Stride);

    /// <summary>The width of rows, and the floats from one to the next where these are not the usual ones.</summary>
    private static string Width(int width, int stride) => Names.Number(width) + Every(width, stride);

    private static string Every(int width, int stride) => stride == Layout.RowStride(width) ? "" : "Every" + Names.Number(stride);

    private static string Storage(WeightStorage storage) => storage == WeightStorage.Float32 ? "" : storage.ToString();
}
