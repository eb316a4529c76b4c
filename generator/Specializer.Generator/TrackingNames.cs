namespace Specializer.Generator;

/// <summary>The names of the generator's steps, for tests of incremental recomputation.</summary>
internal static class TrackingNames
{
    public const string Attributes = nameof(Attributes);

    public const string Configurations = nameof(Configurations);

    public const string InstructionSets = nameof(InstructionSets);

    public const string Declarations = nameof(Declarations);

    public const string Plans = nameof(Plans);

    public const string Kernels = nameof(Kernels);

    public const string Families = nameof(Families);
}
