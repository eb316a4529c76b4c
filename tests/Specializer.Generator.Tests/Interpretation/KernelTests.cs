using System.Collections.Generic;
using System.IO;
using System.Linq;
using Specializer.Generator.Emission;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Lowering;
using Specializer.Generator.Planning;
using Specializer.Generator.Tests.Configurations;
using Xunit;

namespace Specializer.Generator.Tests.Interpretation;

/// <summary>Every kernel of the models of all families equals its formula on every target, as the interpreter runs it on any machine.</summary>
[Trait("Feature", "kernels")]
public sealed class KernelTests
{
    public static TheoryData<string> Targets => new(InstructionSetDescription.All.Select(static target => target.Name));

    [SharedDataTheory]
    [MemberData(nameof(Targets))]
    public void Every_kernel_of_every_family_equals_its_formula(string name)
    {
        InstructionSetDescription target = InstructionSetDescription.All.Single(target => target.Name == name);
        int seed = 0;
        foreach (Kernel kernel in OfAllFamilies())
        {
            Check(target, kernel, ++seed);
        }

        Assert.True(seed > 100, $"There are only {seed} kernels.");
    }

    private static void Check(InstructionSetDescription target, Kernel kernel, int seed)
    {
        KernelRun Run(params KernelMethod[] methods) => new(target, methods, static (_, _) => 0, seed);
        switch (kernel)
        {
            case EmbedKernel embed:
                RowFormulas.Check(Run(EmbedLowering.Lower(embed, target)), embed);
                break;
            case NormKernel norm:
                RowFormulas.Check(Run(NormLowering.Lower(norm, target)), norm);
                break;
            case NormalizeKernel normalize:
                RowFormulas.Check(Run(NormalizeLowering.Lower(normalize, target)), normalize);
                break;
            case PoolKernel pool:
                RowFormulas.Check(Run(PoolLowering.Lower(pool, target)), pool);
                break;
            case PositionKernel position:
                RowFormulas.Check(Run(PatchLowering.Lower(position, target)), position);
                break;
            case WindowKernel window:
                RowFormulas.Check(Run(WindowLowering.Lower(window)), window);
                break;
            case PatchKernel patch:
                RowFormulas.Check(Run(PatchLowering.Lower(patch)), patch);
                break;
            case GlobalRowsKernel rows:
                RowFormulas.Check(Run(GlobalRowsLowering.Lower(rows)), rows);
                break;
        }
    }

    /// <summary>The kernels of all models with outputs of their own in the project's data, each once.</summary>
    private static IEnumerable<Kernel> OfAllFamilies() =>
        Directory
            .GetFiles(SharedData.At("goldens"), "config.json", SearchOption.AllDirectories)
            .Order()
            .Select(static file => Planner.Plan(Reading.Architecture(File.ReadAllText(file)), guarded: false))
            .SelectMany(KernelsEmitter.Requested)
            .Distinct();
}
