using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;

namespace Specializer.Tool;

using PoolingKind = Specializer.Generator.Architecture.PoolingKind;

/// <summary>
/// The model in a folder. If a checkpoint lacks the pooler that its config.json declares and the folder has no modules.json, mean
/// pooling is assumed. sentence-transformers has the same default. For images, the first state is
/// assumed instead.
/// </summary>
/// <param name="Plan">The plan.</param>
/// <param name="Assumed">The assumed pooling, which the class requires as [Pooling]; null if the folder declares everything.</param>
internal sealed record FolderModel(ExecutionPlan Plan, PoolingKind? Assumed)
{
    /// <summary>Whether a GGUF file declares the pooling, which its configuration cannot express.</summary>
    public bool IsDeclared { get; private init; }

    /// <summary>The message if a pooling is assumed; otherwise null.</summary>
    public string? Assumption =>
        Assumed switch
        {
            null => null,
            _ when IsDeclared => null,
            PoolingKind.First =>
                "The checkpoint contains no pooler: the state of the first position, [Pooling(PoolingKind.First)], is assumed.",
            _ => "The checkpoint contains no pooler and the folder no modules.json: mean pooling, [Pooling(PoolingKind.Mean)], is assumed.",
        };

    /// <param name="folder">The folder.</param>
    /// <param name="contextLength">The context length; 0 for that of the file.</param>
    /// <exception cref="ToolException">The folder declares no supported model.</exception>
    public static FolderModel Of(ModelFolder folder, int contextLength)
    {
        ExecutionPlan plan = folder.Plan(contextLength);
        if (
            folder.HasModules
            || !folder.HasCheckpoint
            || plan.Architecture.Head is not { Pooling: PoolingKind.First, Dense: not null, Output: null }
        )
        {
            return new FolderModel(plan, Assumed: null);
        }

        using WeightsSource checkpoint = folder.OpenCheckpoint(plan);
        IReadOnlyList<WeightsProblem> problems = CheckpointReport.Of(checkpoint, plan).Problems;
        string pooler = plan.Architecture.Checkpoint.Names.HeadDense;
        bool lacksPooler =
            problems.Count > 0
            && problems.All(problem =>
                problem.Kind == WeightsProblemKind.MissingTensor
                && (problem.Tensor == pooler + ".weight" || problem.Tensor == pooler + ".bias")
            );
        if (!lacksPooler)
        {
            return new FolderModel(plan, Assumed: null);
        }

        PoolingKind assumed =
            folder.Gguf is { } gguf ? gguf.Pooling
            : plan.Architecture.Embeddings.Patches is null ? PoolingKind.Mean
            : PoolingKind.First;
        return new FolderModel(folder.Plan(contextLength, new PoolingDeclaration(assumed, Normalize: false)), assumed)
        {
            IsDeclared = folder.Gguf is not null,
        };
    }

    /// <summary>Describes the head of an encoder and the file that declares it; null for models with next-token logits.</summary>
    public string? Head(ModelFolder folder)
    {
        if (Plan.Head is null)
        {
            return null;
        }

        string source =
            IsDeclared ? "pooling_type"
            : Assumed is not null ? "assumed"
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
            PoolingKind.First => "the state of the first token",
            PoolingKind.Last => "the state of the last token",
            PoolingKind.Mean => "the mean of the states of all tokens",
            PoolingKind.WeightedMean => "the mean of the states of all tokens, weighted by position",
            PoolingKind.Max => "the maximum of the states of all tokens",
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
