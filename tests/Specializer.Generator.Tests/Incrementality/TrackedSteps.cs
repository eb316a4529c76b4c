using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Tests.Incrementality;

/// <summary>The steps that a run recomputed.</summary>
internal static class TrackedSteps
{
    /// <summary>The names of all steps that the generator names.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(TrackingNames)
            .GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(static field => field.IsLiteral)
            .Select(static field => (string)field.GetRawConstantValue()!),
    ];

    /// <summary>The outputs of one named step.</summary>
    public static IEnumerable<(object Value, IncrementalStepRunReason Reason)> Step(this GeneratorRun run, string name) =>
        run.Result.TrackedSteps[name].SelectMany(static step => step.Outputs);

    /// <summary>The architecture that the only model of a run was declared with.</summary>
    public static TransformerArchitecture Declared(this GeneratorRun run) =>
        ((ResolvedDeclaration)run.Step(TrackingNames.Declarations).Single().Value).Model!.Architecture;

    /// <summary>The reasons of the steps that write files, one for each model.</summary>
    public static IEnumerable<IncrementalStepRunReason> Outputs(this GeneratorRun run) =>
        run
            .Result.TrackedOutputSteps.SelectMany(static step => step.Value)
            .SelectMany(static step => step.Outputs)
            .Select(static output => output.Reason);
}
