using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;

namespace Specializer.Tool;

/// <summary>
/// The model that a folder holds. A checkpoint without the pooler that its config.json declares, in a folder without modules.json, is
/// pooled by the mean of all tokens' states, as sentence-transformers pools such a folder.
/// </summary>
/// <param name="Plan">Its plan.</param>
/// <param name="AssumesMean">Whether the mean is assumed, so that the class needs [Pooling].</param>
internal sealed record FolderModel(ExecutionPlan Plan, bool AssumesMean)
{
    /// <summary>What is printed where the mean is assumed.</summary>
    public const string Assumption =
        "The checkpoint holds no pooler and the folder no modules.json: [Pooling(PoolingKind.Mean)] is assumed, the mean of all tokens' states.";

    /// <param name="folder">The folder.</param>
    /// <param name="contextLength">A context length in the place of the file's; 0 for the file's.</param>
    /// <exception cref="ToolException">It declares no model that can be generated.</exception>
    public static FolderModel Of(ModelFolder folder, int contextLength)
    {
        ExecutionPlan plan = folder.Plan(contextLength);
        if (
            folder.HasModules
            || !folder.HasCheckpoint
            || plan.Architecture.Head is not { Pooling: Pooling.First, Dense: not null, Output: null }
        )
        {
            return new FolderModel(plan, AssumesMean: false);
        }

        using WeightsSource checkpoint = folder.OpenCheckpoint(plan);
        IReadOnlyList<WeightsProblem> problems = CheckpointReport.Of(checkpoint, plan).Problems;
        string pooler = plan.Architecture.Checkpoint.Names.HeadDense;
        return
            problems.Count > 0
            && problems.All(problem =>
                problem.Kind == WeightsProblemKind.MissingTensor
                && (problem.Tensor == pooler + ".weight" || problem.Tensor == pooler + ".bias")
            )
            ? new FolderModel(folder.Plan(contextLength, new PoolingDeclaration(Pooling.Mean, Normalize: false)), AssumesMean: true)
            : new FolderModel(plan, AssumesMean: false);
    }

    /// <summary>What is made of the states of an encoder, and which file says so; null for models with logits of the next token.</summary>
    public string? Head(ModelFolder folder)
    {
        if (Plan.Head is null)
        {
            return null;
        }

        string source =
            AssumesMean ? "assumed"
            : folder.HasModules ? "modules.json"
            : "config.json";
        return (Plan.Architecture.Head is { } head ? string.Join(", ", Parts(head)) : "the last hidden states of all tokens")
            + " ("
            + source
            + ")";
    }

    private static IEnumerable<string> Parts(HeadArchitecture head)
    {
        yield return head.Pooling switch
        {
            Pooling.First => "the first token's state",
            Pooling.Last => "the last token's state",
            Pooling.Mean => "the mean of all tokens' states",
            Pooling.WeightedMean => "the mean of all tokens' states, weighted by position",
            Pooling.Max => "the maximum of all tokens' states",
            _ => "every token's state",
        };
        foreach (ProjectionArchitecture projection in head.Projections)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"projected to {projection.Width}{(projection.Activation is { } activation ? " with " + activation : "")}"
            );
        }

        if (head.Normalize)
        {
            yield return "divided by its length";
        }

        if (head.Dense is { } dense)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"a linear layer to {dense.Width} with {dense.Activation}");
        }

        if (head.Output is { } output)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"a linear layer to {output.Width} outputs");
        }
    }
}
