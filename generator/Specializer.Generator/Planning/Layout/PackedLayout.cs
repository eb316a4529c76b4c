using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>
/// Identifies the layout of packed weights. Two plans that pack the same checkpoint differently have different numbers.
/// Descriptions, comments and the names of generated members do not affect them.
/// </summary>
internal static class PackedLayout
{
    /// <summary>Returns the number of a plan's layout.</summary>
    public static ulong Of(ExecutionPlan plan)
    {
        var hash = new LayoutHash();
        hash.Add(plan.LayersOffset);
        hash.Add(plan.LayerStride);
        AddStack(hash, plan.Architecture);
        if (plan is { IsEncoderDecoder: true, Encoder: { } encoder })
        {
            hash.Add(encoder.LayersOffset);
            hash.Add(encoder.LayerStride);
            AddStack(hash, encoder.Architecture);
        }

        if (plan.LayerOffsets.Count > 0)
        {
            AddKinds(hash, plan);
        }

        hash.Add(plan.Weights.Count);
        foreach (WeightPlan weight in plan.Weights)
        {
            AddWeight(hash, weight);
        }

        AddNaming(hash, plan.Naming);
        return hash.Value;
    }

    /// <summary>Adds the place of every layer, and the layers of every block.</summary>
    private static void AddKinds(LayoutHash hash, ExecutionPlan plan)
    {
        foreach (long offset in plan.LayerOffsets)
        {
            hash.Add(offset);
        }

        foreach (WeightPlan weight in plan.Weights.Where(static weight => weight.PerLayer))
        {
            foreach (int layer in plan.LayersOf(weight))
            {
                hash.Add(layer);
            }
        }
    }

    private static void AddStack(LayoutHash hash, TransformerArchitecture stack)
    {
        hash.Add(stack.Layers);
        hash.Add(stack.LayersPerSet);
        hash.Add(stack.SetsPerGroup);
        hash.Add(stack.ContextLength);
    }

    private static void AddWeight(LayoutHash hash, WeightPlan weight)
    {
        hash.Add(weight.Layout);
        hash.Add(weight.Storage);
        hash.Add(weight.PerLayer);
        hash.Add(weight.InEncoder);
        hash.Add(weight.Offset);
        hash.Add(weight.Floats);
        hash.Add(weight.Inputs);
        hash.Add(weight.Outputs);
        hash.Add(weight.Slices, AddSlice);
        AddPositions(hash, weight.Positions);
        AddSinusoids(hash, weight.Sinusoids);
    }

    private static void AddSlice(LayoutHash hash, TensorSlice slice)
    {
        hash.Add(slice.Tensor.Name);
        hash.Add(slice.Tensor.PerLayer);
        hash.Add(slice.Tensor.InEncoder);
        hash.Add(slice.Tensor.Shape, static (hash, size) => hash.Add(size));
        hash.Add(slice.Rows);
        hash.Add(slice.First);
        hash.Add(slice.GroupRows);
        hash.Add(slice.GroupStride);
        hash.Add(slice.InputsFirst);
    }

    /// <summary>Adds the numbers that a table is computed from.</summary>
    private static void AddPositions(LayoutHash hash, AttentionPositions? positions)
    {
        switch (positions)
        {
            case RotaryPositions rotary:
                hash.Add(nameof(RotaryPositions));
                hash.Add(rotary.Base);
                hash.Add(rotary.RotaryDim);
                AddScaling(hash, rotary.Scaling);
                if (rotary.Grid is { } grid)
                {
                    hash.Add(grid.Leading);
                    hash.Add(grid.Side);
                }

                break;
            case AlibiPositions alibi:
                hash.Add(nameof(AlibiPositions));
                hash.Add(alibi.MaximumBias);
                break;
            case RelativePositions relative:
                hash.Add(nameof(RelativePositions));
                hash.Add(relative.Buckets);
                hash.Add(relative.MaximumDistance);
                hash.Add(relative.Bidirectional);
                break;
            case null or NoPositions:
                hash.Add("");
                break;
            default:
                throw new NotSupportedException(positions.GetType().Name);
        }
    }

    private static void AddScaling(LayoutHash hash, FrequencyScalingArchitecture scaling)
    {
        switch (scaling)
        {
            case LinearScaling linear:
                hash.Add(nameof(LinearScaling));
                hash.Add(linear.Factor);
                break;
            case Llama3Scaling llama:
                hash.Add(nameof(Llama3Scaling));
                hash.Add(llama.Factor);
                hash.Add(llama.LowFrequencyFactor);
                hash.Add(llama.HighFrequencyFactor);
                hash.Add(llama.OriginalContextLength);
                break;
            case YarnScaling yarn:
                hash.Add(nameof(YarnScaling));
                hash.Add(yarn.Factor);
                hash.Add(yarn.OriginalContextLength);
                hash.Add(yarn.BetaFast);
                hash.Add(yarn.BetaSlow);
                hash.Add(yarn.AttentionFactor);
                hash.Add(yarn.Truncate);
                break;
            case LongScaling longRope:
                hash.Add(nameof(LongScaling));
                hash.Add(longRope.AttentionFactor);
                hash.Add(longRope.Factors, static (hash, factor) => hash.Add(factor));
                break;
            case NoScaling or DynamicScaling:
                // Dynamic scaling equals no scaling up to the longest context that a file can have.
                hash.Add("");
                break;
            default:
                throw new NotSupportedException(scaling.GetType().Name);
        }
    }

    private static void AddSinusoids(LayoutHash hash, SinusoidalPositions? sinusoids)
    {
        hash.Add(sinusoids is not null);
        if (sinusoids is not null)
        {
            hash.Add(sinusoids.Interleaved);
            hash.Add(sinusoids.First);
            hash.Add(sinusoids.Endpoint);
        }
    }

    /// <summary>Adds the data that determines which tensor of a file is read. Ignored tensors do not affect it.</summary>
    private static void AddNaming(LayoutHash hash, NamingPlan naming)
    {
        hash.Add(naming.BasePrefix);
        AddNames(hash, naming.Wrappers);
        hash.Add(naming.OutputMatrix);
        hash.Add(naming.Alternatives, AddAlternatives);
    }

    private static void AddAlternatives(LayoutHash hash, TensorAlternatives alternatives)
    {
        hash.Add(alternatives.Name);
        AddNames(hash, alternatives.Copies);
        AddNames(hash, alternatives.Substitutes);
        hash.Add(alternatives.Parts, AddRows);
        hash.Add(alternatives.PartOf is not null);
        if (alternatives.PartOf is { } whole)
        {
            AddRows(hash, whole);
        }

        hash.Add(alternatives.ZeroIfAbsent);
    }

    private static void AddNames(LayoutHash hash, IReadOnlyCollection<string> names) =>
        hash.Add(names, static (hash, name) => hash.Add(name));

    private static void AddRows(LayoutHash hash, TensorRows rows)
    {
        hash.Add(rows.Name);
        hash.Add(rows.First);
        hash.Add(rows.Rows);
    }
}
