using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>A class to complete and the plan by which: what the emission works from.</summary>
internal sealed record PlannedModel(ClassDeclaration Class, ExecutionPlan Plan)
{
    /// <summary>The names of the instruction sets that the project asks for; none for all.</summary>
    public EquatableArray<string> InstructionSets { get; init; } = EquatableArray<string>.Empty;
}
