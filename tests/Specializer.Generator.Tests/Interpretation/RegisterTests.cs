using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Ir.Passes;
using Specializer.Generator.Kernels.Lowering;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Interpretation;

/// <summary>No method needs more registers than its target has, and none is so large that the JIT compiler gives up on it.</summary>
[Feature("kernels")]
public sealed class RegisterTests
{
    // A quarter of the sizes from which on the JIT compiler does not optimize.
    private const int MostIntermediateBytes = 60_000 / 4;
    private const int MostBlocks = 2_000 / 4;
    private const int MostVariables = 2_000 / 4;

    public static TheoryData<string> Targets => KernelTests.Targets;

    [SharedDataTheory]
    [InlineData("Avx512", 29)]
    [InlineData("Avx2", 14)]
    [InlineData("Neon", 28)]
    [InlineData("Portable", 14)]
    public void Vectors_fit_the_registers(string name, int most)
    {
        (InstructionSetDescription target, IReadOnlyList<KernelMethod> methods) = Methods(name);
        Assert.All(
            methods,
            method =>
            {
                int live = LiveVectors.Count(method, target.FoldsLoads);
                Assert.True(live <= most, $"{name}: {method.Name} has {live} live vectors; {most} are allowed.");
            }
        );

        // The rule is 28; only the tile over a pair of panels needs one more, which the listings of the JIT compiler show in a register.
        Assert.All(
            methods.Where(method => LiveVectors.Count(method, target.FoldsLoads) == 29),
            static method => Assert.Contains("Pair", method.Name, System.StringComparison.Ordinal)
        );
    }

    [SharedDataTheory]
    [MemberData(nameof(Targets))]
    public void Methods_are_far_from_the_limits_of_the_compiler(string name)
    {
        foreach (KernelMethod method in Methods(name).Methods)
        {
            var size = CodeSize.Of(method);
            Assert.True(size.IntermediateBytes <= MostIntermediateBytes, $"{name}: {method.Name} has {size}.");
            Assert.True(size.Blocks <= MostBlocks, $"{name}: {method.Name} has {size}.");
            Assert.True(size.Variables <= MostVariables, $"{name}: {method.Name} has {size}.");
        }
    }

    private static (InstructionSetDescription Target, IReadOnlyList<KernelMethod> Methods) Methods(string name)
    {
        InstructionSetDescription target = InstructionSetDescription.All.Single(target => target.Name == name);
        return (target, [.. KernelProgram.Lower([.. KernelTests.OfAllFamilies()], target)]);
    }
}
