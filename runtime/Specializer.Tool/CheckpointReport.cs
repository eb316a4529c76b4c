using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Planning;

namespace Specializer.Tool;

/// <summary>The result of checking a checkpoint against a plan.</summary>
/// <param name="Tensors">The number of tensors.</param>
/// <param name="Bytes">The size of their elements in bytes.</param>
/// <param name="ElementTypes">The element types of the tensors, most frequent first.</param>
/// <param name="Problems">The problems; empty if the checkpoint matches.</param>
internal sealed record CheckpointReport(int Tensors, long Bytes, IReadOnlyList<string> ElementTypes, IReadOnlyList<WeightsProblem> Problems)
{
    /// <summary>The problems and how to fix them, with equal problems of layers merged, in lines; empty if there is no problem.</summary>
    public string Explanation { get; private init; } = "";

    public static CheckpointReport Of(WeightsSource checkpoint, ExecutionPlan plan)
    {
        TensorView[] tensors = [.. checkpoint.Names.Select(name => checkpoint.TryGetTensor(name, out TensorView view) ? view : default)];
        string[] types =
        [
            .. tensors
                .GroupBy(static tensor => tensor.ElementType)
                .OrderByDescending(static group => group.Count())
                .Select(static group => group.Key.ToString()),
        ];
        WeightsException? exception = Check(checkpoint, plan);
        return new CheckpointReport(tensors.Length, tensors.Sum(static tensor => tensor.ByteLength), types, exception?.Problems ?? [])
        {
            // The first line names the file, which is printed before this report.
            Explanation = exception is null ? "" : exception.Message[(exception.Message.IndexOf('\n', StringComparison.Ordinal) + 1)..],
        };
    }

    /// <summary>The table that generated code checks a checkpoint against.</summary>
    public static TensorTable Table(ExecutionPlan plan) =>
        new(
            [.. plan.Tensors.Select(tensor => Requirement(plan, tensor, plan.Naming.Of(tensor) ?? new TensorAlternatives(tensor.Name)))],
            new TensorNaming
            {
                BasePrefix = plan.Naming.BasePrefix,
                Wrappers = [.. plan.Naming.Wrappers],
                Ignored = [.. plan.Naming.Ignored],
                OutputMatrix = plan.Naming.OutputMatrix,
                OutputMatrixChoice = (OutputMatrixChoice)plan.Naming.OutputMatrixChoice,
            }
        );

    /// <summary>The table of the model in a folder, for tests that write checkpoints.</summary>
    public static TensorTable TableOf(ModelFolder folder) => Table(folder.Plan());

    private static TensorRequirement Requirement(ExecutionPlan plan, TensorPlan tensor, TensorAlternatives alternatives) =>
        new(tensor.Name, plan.LayersOf(tensor), [.. tensor.Shape.Select(static extent => (long)extent)])
        {
            Copies = [.. alternatives.Copies],
            Substitutes = [.. alternatives.Substitutes],
            Parts = [.. alternatives.Parts.Select(Rows)],
            PartOf = alternatives.PartOf is { } whole ? Rows(whole) : null,
            InputsFirst = alternatives.InputsFirst,
            ZeroIfAbsent = alternatives.ZeroIfAbsent,
        };

    private static Specializer.TensorRows Rows(Generator.Planning.TensorRows rows) =>
        new(rows.Name, rows.First, rows.Rows) { GroupRows = rows.GroupRows, GroupStride = rows.GroupStride };

    private static WeightsException? Check(WeightsSource checkpoint, ExecutionPlan plan)
    {
        try
        {
            _ = Table(plan).Check(checkpoint);
            return null;
        }
        catch (WeightsException exception)
        {
            return exception;
        }
    }
}
