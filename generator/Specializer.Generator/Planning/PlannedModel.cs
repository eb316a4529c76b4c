using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>A class to complete and the plan by which: what the emission works from.</summary>
internal sealed record PlannedModel(ClassDeclaration Class, ExecutionPlan Plan);
