using Specializer.Generator.Kernels.Targets;

namespace Specializer.Generator.Emission.InstructionSets;

/// <summary>
/// 128-bit vectors of the class library, which run on every CPU; multiply and add are two operations, so that the bits are the
/// same everywhere.
/// </summary>
internal sealed class Portable : InstructionSetDescription
{
    public override string Name => "Portable";

    public override string Summary => "Vector128 of the class library: runs everywhere; multiply and add are separate";

    public override int Lanes => 4;

    public override Tuning Tuning => Tuning.Portable;

    public override bool Fuses => false;

    public override bool FoldsLoads => false;
}
