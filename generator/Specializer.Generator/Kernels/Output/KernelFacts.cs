using System;
using System.Collections.Generic;
using System.Globalization;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Output;

/// <summary>The facts about a kernel: its shape, and the work of one row.</summary>
internal static class KernelFacts
{
    private const int FloatBytes = 4;

    /// <summary>Returns the name of what a method computes, a member of the runtime's enumeration.</summary>
    public static string KindOf(KernelRef method) =>
        (method.Kernel, method.Part) switch
        {
            (_, KernelPart.Append) => "Append",
            (_, KernelPart.PrepareQueries) => "PrepareQueries",
            (AttentionKernel or ProbeKernel, _) => "Attend",
            (LinearKernel, _) => "Linear",
            (ArgMaxKernel, _) => "ArgMax",
            (NormKernel or PartNormKernel, _) => "Norm",
            (ScaleKernel, _) => "Scale",
            (EmbedKernel, _) => "Embed",
            (PositionKernel, _) => "AddPositions",
            (PatchKernel or WindowKernel or GlobalRowsKernel, _) => "Gather",
            (PoolKernel, _) => "Pool",
            (NormalizeKernel, _) => "Normalize",
            (QuantizeKernel, _) => "Quantize",
            _ => throw new NotSupportedException(method.Kernel.GetType().Name),
        };

    /// <summary>Returns the properties of the runtime's description that are not zero, with their values.</summary>
    public static IEnumerable<(string Name, string Value)> Of(KernelRef method)
    {
        foreach ((string name, long value) in Numbers(method))
        {
            if (value != 0)
            {
                yield return (name, value.ToString(CultureInfo.InvariantCulture));
            }
        }

        foreach ((string name, bool value) in Flags(method))
        {
            if (value)
            {
                yield return (name, "true");
            }
        }

        if (method.Kernel is LinearKernel { Epilogue.Activation: { } activation })
        {
            yield return ("Activation", $"\"{activation}\"");
        }

        if (StorageOf(method.Kernel) is var storage and not WeightStorage.Float32)
        {
            yield return ("Storage", "global::Specializer.WeightStorage." + storage);
        }
    }

    private static IEnumerable<(string Name, long Value)> Numbers(KernelRef method) =>
        method.Kernel switch
        {
            LinearKernel linear =>
            [
                ("Inputs", linear.Inputs),
                ("Outputs", linear.Outputs),
                ("InputStride", linear.InputStride),
                ("OutputStride", linear.OutputStride),
                ("MultiplyAdds", linear.MultiplyAddsPerRow),
                ("WeightBytes", WeightBytes(linear)),
                ("RowBytes", FloatBytes * (long)(linear.Inputs + linear.Outputs)),
            ],
            AttentionKernel attention => Attention(attention, method.Part),
            ArgMaxKernel highest => Rows(highest.Logits.Outputs, 0, FloatBytes),
            NormKernel norm => Rows(norm.Width, norm.Stride, 2 * FloatBytes),
            EmbedKernel embed => Rows(embed.Width, embed.Stride, (2 + Tables(embed)) * FloatBytes),
            PositionKernel position => Rows(position.Width, position.Stride, 3 * FloatBytes),
            ScaleKernel scale => Rows(scale.Width, scale.Stride, 3 * FloatBytes),
            PatchKernel patch => Rows(patch.Patches.Floats, patch.Stride, 2 * FloatBytes),
            WindowKernel window => Rows(window.Channels * window.Window, window.Stride, 2 * FloatBytes),
            GlobalRowsKernel rows => Rows(rows.Width, rows.Stride, 2 * FloatBytes),
            ProbeKernel probe => Rows(probe.Heads * probe.HeadDim, probe.Stride, 2 * FloatBytes),
            PoolKernel pool => Rows(pool.Width, pool.Stride, 2 * FloatBytes),
            QuantizeKernel quantize =>
            [
                ("Inputs", quantize.Width),
                ("Outputs", quantize.Width),
                ("InputStride", quantize.InputStride),
                ("OutputStride", quantize.OutputStride),
                ("RowBytes", 2L * FloatBytes * quantize.Width),
            ],
            PartNormKernel parts => Rows(parts.Parts * parts.Width, parts.Stride, 2 * FloatBytes),
            NormalizeKernel normalize => Rows(normalize.Width, normalize.Stride, 2 * FloatBytes),
            _ => throw new NotSupportedException(method.Kernel.GetType().Name),
        };

    private static (string Name, long Value)[] Rows(int width, int stride, long bytesPerValue) =>
        [("Inputs", width), ("Outputs", width), ("InputStride", stride), ("OutputStride", stride), ("RowBytes", width * bytesPerValue)];

    private static IEnumerable<(string Name, long Value)> Attention(AttentionKernel kernel, KernelPart part)
    {
        AttentionArchitecture attention = kernel.Attention;
        long queries = (long)attention.Heads * attention.HeadDim,
            keysAndValues = 2L * attention.KeyValueHeads * attention.HeadDim,
            moved = part == KernelPart.PrepareQueries ? queries
            : kernel.IsCross ? keysAndValues
            : queries + keysAndValues;
        yield return ("Heads", attention.Heads);
        yield return ("KeyValueHeads", attention.KeyValueHeads);
        yield return ("HeadDim", attention.HeadDim);
        yield return ("CacheLength", kernel.CacheLength);
        yield return ("InputStride", part == KernelPart.Append && kernel.IsCross ? kernel.SourceStride : kernel.InputStride);
        yield return ("OutputStride", kernel.OutputStride);
        if (part == KernelPart.Compute)
        {
            yield return ("MultiplyAdds", 2 * queries);
            yield return ("WeightBytes", keysAndValues * FloatBytes);
            yield return ("RowBytes", 2 * queries * FloatBytes);
        }
        else
        {
            yield return ("RowBytes", 2 * moved * FloatBytes);
        }
    }

    private static IEnumerable<(string Name, bool Value)> Flags(KernelRef method) =>
        method.Kernel switch
        {
            LinearKernel { Epilogue: var epilogue } =>
            [
                ("Bias", epilogue.Bias),
                ("Gated", epilogue.Gated),
                ("AddsToOutput", epilogue.AddToOutput),
            ],
            NormKernel norm => [("Bias", norm.Bias), ("AddsToOutput", norm.AddToOutput)],
            AttentionKernel attention => [("AttendsToAll", attention.SeesAll)],
            _ => [],
        };

    private static int Tables(EmbedKernel embed) => (embed.PositionOffset is null ? 0 : 1) + (embed.TokenTypes ? 1 : 0);

    private static WeightStorage StorageOf(Kernel kernel) =>
        kernel switch
        {
            LinearKernel linear => linear.Storage,
            EmbedKernel { Tied: true } embed => embed.Storage,
            _ => WeightStorage.Float32,
        };

    /// <summary>The bytes of a layer's weights; of integers, with those after the last input and with the scales.</summary>
    private static long WeightBytes(LinearKernel kernel) =>
        kernel.Storage switch
        {
            WeightStorage.Float32 => kernel.MultiplyAddsPerRow * FloatBytes,
            WeightStorage.Int8 or WeightStorage.Int4 or WeightStorage.UInt4 => kernel.MultiplyAddsPerRow
                / kernel.Inputs
                * IntegerLayout.Blocks(kernel.Inputs)
                * (IntegerLayout.WordsPerLane(kernel.Storage) * FloatBytes / 2),
            _ => kernel.MultiplyAddsPerRow * FloatBytes / 2,
        };
}
