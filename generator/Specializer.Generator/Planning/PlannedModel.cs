using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>A class to complete and its plan, the input of the emission.</summary>
internal sealed record PlannedModel(ClassDeclaration Class, ExecutionPlan Plan)
{
    /// <summary>The names of the instruction sets that the project requests; empty for all.</summary>
    public EquatableArray<string> InstructionSets { get; init; } = EquatableArray<string>.Empty;
}
