using System.Collections.Generic;
using System.IO;
using System.Linq;
using Specializer.Generator.Planning;

namespace Specializer.Tool;

/// <summary>How a checkpoint fits a plan.</summary>
/// <param name="Tensors">The number of tensors in the file.</param>
/// <param name="Bytes">The size of the file.</param>
/// <param name="ElementTypes">Its tensors' element types, the most frequent first.</param>
/// <param name="Problems">What does not fit; empty if everything does.</param>
internal sealed record CheckpointReport(int Tensors, long Bytes, IReadOnlyList<string> ElementTypes, IReadOnlyList<WeightsProblem> Problems)
{
    /// <exception cref="WeightsException">The file is no safetensors file.</exception>
    public static CheckpointReport Of(string path, ExecutionPlan plan)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        string[] types = [.. file.Names
            .Select(name => file.TryGetTensor(name, out TensorView view) ? view.ElementType.ToString() : "?")
            .GroupBy(static type => type)
            .OrderByDescending(static group => group.Count())
            .Select(static group => group.Key)];
        return new CheckpointReport(file.Names.Count, new FileInfo(path).Length, types, Check(file, plan));
    }

    /// <summary>The table that generated code checks a checkpoint against.</summary>
    public static TensorTable Table(ExecutionPlan plan) => new(
        [.. plan.Tensors.Select(tensor => new TensorRequirement(
            tensor.Name,
            !tensor.PerLayer ? 0 : tensor.InEncoder ? plan.Encoder!.Architecture.Layers : plan.WeightSets,
            [.. tensor.Shape.Select(static extent => (long)extent)]))],
        [.. plan.IgnoredTensors]);

    private static IReadOnlyList<WeightsProblem> Check(SafetensorsFile file, ExecutionPlan plan)
    {
        try
        {
            _ = Table(plan).Check(file);
            return [];
        }
        catch (WeightsException exception)
        {
            return exception.Problems;
        }
    }
}
