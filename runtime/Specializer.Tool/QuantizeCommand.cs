using System;
using System.Globalization;
using System.IO;
using System.Linq;
using Specializer.CompilerServices;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;
using Spectre.Console;

namespace Specializer.Tool;

using WeightStorage = Specializer.Generator.Architecture.WeightStorage;

/// <summary>
/// <c>specializer quantize DIR</c>: stores the weights of a model in another type and writes them to a packed file, which a class with
/// the same <c>WeightStorage</c> maps.
/// </summary>
internal static class QuantizeCommand
{
    /// <summary>The storage types, as the option spells them.</summary>
    public static string[] Storages { get; } =
    [.. Enum.GetValues<WeightStorage>().Where(static storage => storage != WeightStorage.Float32).Select(static storage => $"{storage}")];

    /// <returns>0, because every failure is an exception.</returns>
    /// <exception cref="ToolException">The folder declares no supported model, or the file exists.</exception>
    /// <exception cref="WeightsException">The checkpoint does not match, or a weight does not fit into the type.</exception>
    public static int Run(string directory, string storage, string? output, int contextLength, bool force, IAnsiConsole console)
    {
        var folder = new ModelFolder(directory);
        string file = output ?? $"{folder.Name}.{storage}.packed";
        if (File.Exists(file) && !force)
        {
            throw new ToolException($"'{file}' already exists. Set another file with --output, or use --force to overwrite it.");
        }

        if (!folder.HasCheckpoint)
        {
            throw new ToolException($"'{folder.Path}' contains no checkpoint to quantize. Add model.safetensors.");
        }

        ExecutionPlan plan = FolderModel.Of(folder, contextLength).Plan;
        ExecutionPlan narrow = Planner.Plan(WithStorage(plan.Architecture, Enum.Parse<WeightStorage>(storage)));
        console.WriteLine($"Rounding the weights of '{folder.Path}' to {storage} for {InstructionSets.Best}.");
        using (WeightsSource checkpoint = folder.OpenCheckpoint(narrow))
        {
            CheckpointReport report = CheckpointReport.Of(checkpoint, narrow);
            if (report.Problems.Count > 0)
            {
                throw new ToolException($"The checkpoint '{checkpoint.Description}' does not match the model:\n{report.Explanation}");
            }

            using var compiled = new CompiledModel(narrow);
            using TransformerModel model = compiled.Load(checkpoint, new ModelOptions());
            ModelWeights.SavePacked(model, file);
        }

        string size = new FileInfo(file).Length.ToString("N0", CultureInfo.InvariantCulture),
            before = plan.PackedWeightBytes.ToString("N0", CultureInfo.InvariantCulture);
        console.MarkupLineInterpolated($"[green]Written:[/] {file}, {size} bytes; in float32 they are {before}.");
        console.WriteLine($"A class with WeightStorage = WeightStorage.{storage} loads it with LoadPacked on {InstructionSets.Best}.");
        return 0;
    }

    private static TransformerArchitecture WithStorage(TransformerArchitecture architecture, WeightStorage storage) =>
        architecture with
        {
            WeightStorage = storage,
            Encoder = architecture.Encoder is { } encoder ? WithStorage(encoder, storage) : null,
        };
}
