using System;
using System.Globalization;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels;

/// <summary>Names the methods of kernels: equal kernels of a plan have equal names and different ones different names.</summary>
internal static class KernelNames
{
    extension(Kernel kernel)
    {
        /// <summary>The name of the method that computes.</summary>
        public string Name => Compute(kernel);
    }

    extension(AttentionKernel kernel)
    {
        /// <summary>The name of the method that scales the queries of attention to another sequence.</summary>
        public string QueriesName => "Prepare" + kernel.Kind.Name + "Queries";

        /// <summary>The name of the method that appends keys and values.</summary>
        public string AppendName => "Append" + kernel.Kind.Name + "KeysAndValues";
    }

    /// <summary>Returns the name of one of a kernel's methods.</summary>
    public static string Of(KernelRef method) =>
        (method.Kernel, method.Part) switch
        {
            (_, KernelPart.Compute) => method.Kernel.Name,
            (AttentionKernel attention, KernelPart.Append) => attention.AppendName,
            (AttentionKernel attention, KernelPart.PrepareQueries) => attention.QueriesName,
            _ => throw new NotSupportedException($"{method.Kernel.GetType().Name} has no method {method.Part}."),
        };

    private static string Compute(Kernel kernel) =>
        kernel switch
        {
            LinearKernel linear => Linear(linear),
            AttentionKernel attention => "Attend" + attention.Kind.Name + (attention.SeesAll ? "ToAll" : ""),
            EmbedKernel embed => "Embed" + (embed.OfSource ? "Source" : "") + Text(embed.Width),
            NormKernel norm => (norm.Formula == NormFormula.Layer ? "LayerNorm" : "RootMeanSquareNorm")
                + Text(norm.Width)
                + (norm.AddToOutput ? "Add" : ""),
            NormalizeKernel normalize => "Normalize" + Text(normalize.Width),
            PoolKernel pool => "Pool" + pool.Pooling + Text(pool.Width) + (pool.Normalize ? "Normalized" : ""),
            PositionKernel position => "AddPositions" + Text(position.Width),
            PatchKernel => "GatherPatches",
            WindowKernel window => (window.InputStride == 0 ? "GatherFrames" : "GatherWindows") + Text(window.Channels),
            GlobalRowsKernel rows => (rows.Back ? "ReplaceGlobalRows" : "SelectGlobalRows") + Text(rows.Width),
            HighestKernel highest => "HighestOf" + Text(highest.Logits.Outputs),
            _ => throw new NotSupportedException(kernel.GetType().Name),
        };

    private static string Linear(LinearKernel kernel)
    {
        LinearEpilogue epilogue = kernel.Epilogue;
        return (epilogue.Gated ? "GatedLinear" : "Linear")
            + Text(kernel.Inputs)
            + "To"
            + Text(kernel.Outputs)
            + (epilogue.Bias ? "Bias" : "")
            + epilogue.Activation
            + (epilogue.AddToOutput ? "Add" : "")
            + (epilogue.Scale != 1 ? "Scaled" : "")
            + (epilogue.SoftCap > 0 ? "Capped" : "")
            + (epilogue.Clip > 0 ? "Clipped" : "")
            + (kernel.Storage == WeightStorage.Float32 ? "" : kernel.Storage.ToString())
            + (kernel.RowsAreDense ? "Logits" : "");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
