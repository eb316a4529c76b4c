using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Lowering;
using Specializer.Generator.Kernels.Output;
using Specializer.Generator.Planning;
using Specializer.Generator.Tests.Configurations;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Interpretation;

using PoolingKind = Specializer.Generator.Architecture.PoolingKind;

/// <summary>Every kernel of the models of all families equals its formula on every target, as the interpreter runs it on any machine.</summary>
[Feature("kernels")]
public sealed partial class KernelTests
{
    public static TheoryData<string> Targets => new(InstructionSetDescription.All.Select(static target => target.Name));

    [SharedDataTheory]
    [MemberData(nameof(Targets))]
    public void Every_kernel_of_every_family_equals_its_formula(string name)
    {
        InstructionSetDescription target = InstructionSetDescription.All.Single(target => target.Name == name);
        Kernel[] kernels = [.. OfAllFamilies()];
        Assert.True(kernels.Length > 100, $"There are only {kernels.Length} kernels.");
        Parallel.ForEach(
            kernels,
            kernel =>
            {
                try
                {
                    Check(target, kernel, seed: kernel.ToString()!.Length);
                }
                catch (Exception exception)
                {
                    throw new InvalidOperationException($"{target.Name}, {kernel}: {exception.Message}", exception);
                }
            }
        );
    }

    /// <summary>Kernels that no golden checkpoint has.</summary>
    public static TheoryData<string> Others => [.. s_others.Keys];

    private static readonly PatchArchitecture s_registers = new(6, 2, 3) { LaterStates = 3 };

    private static readonly Dictionary<string, Kernel> s_others = new()
    {
        ["learned factors"] = new ScaleKernel(20, Layout.RowStride(20)),
        ["a learned state that attends to rows"] = new ProbeKernel(3, 12, Layout.RowStride(72)),
        ["narrow heads of a learned state"] = new ProbeKernel(2, 5, Layout.RowStride(20)),
        ["positions without a first state"] = new PositionKernel(20, Layout.RowStride(20), FirstState: false),
        ["states without positions"] = new PositionKernel(20, Layout.RowStride(20), FirstState: true) { HasTable = false, LaterStates = 2 },
        ["registers without positions"] = new PositionKernel(20, Layout.RowStride(20), FirstState: true) { LaterStates = 3 },
        ["registers before patches"] = new PositionKernel(20, Layout.RowStride(20), FirstState: false) { LaterStates = 2 },
        ["a positioned state of distillation"] = new PositionKernel(20, Layout.RowStride(20), FirstState: true)
        {
            LaterStates = 1,
            LaterHavePositions = true,
        },
        ["patches after registers"] = new PatchKernel(s_registers, Layout.RowStride(s_registers.Floats)),
        ["patches without a first state"] = new PatchKernel(new(6, 3, 1) { FirstState = false }, Layout.RowStride(9)),
        ["pooling of patches"] = new PoolKernel(PoolingKind.Mean, 20, Layout.RowStride(20), Normalize: false) { Skipped = 3 },
        ["pooling at the first of a token"] = new PoolKernel(PoolingKind.Last, 20, Layout.RowStride(20), Normalize: false) { EndToken = 4 },
        ["pooling at an absent token"] = new PoolKernel(PoolingKind.Last, 20, Layout.RowStride(20), Normalize: true) { EndToken = 77 },
        ["pooling at the largest token"] = new PoolKernel(PoolingKind.Last, 20, Layout.RowStride(20), Normalize: false)
        {
            EndToken = HeadArchitecture.LargestToken,
        },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void A_kernel_of_images_is_its_formula(string kernel) =>
        Assert.All(InstructionSetDescription.All, target => Check(target, s_others[kernel], seed: kernel.Length));

    /// <summary>Kernels of one name share their methods, so that these must not depend on anything that the name does not say.</summary>
    [SharedDataTheory]
    [MemberData(nameof(Targets))]
    public void Methods_of_one_name_are_one_text(string name)
    {
        InstructionSetDescription target = InstructionSetDescription.All.Single(target => target.Name == name);
        Dictionary<string, string> texts = [];
        foreach (Kernel kernel in OfAllFamilies())
        {
            foreach (KernelMethod method in KernelProgram.Lower([kernel], target))
            {
                // Tiles of a family differ in the heights and the uses that kernels need; the union serves all.
                if (TileName().IsMatch(method.Name))
                {
                    continue;
                }

                var writer = new SourceWriter();
                new MethodPrinter(writer, target).Print(method);
                string text = writer.ToString();
                Assert.True(
                    texts.TryAdd(method.Name, text) || texts[method.Name] == text,
                    $"{target.Name}: {method.Name} is\n{texts[method.Name]}\nand\n{text}"
                );
            }
        }
    }

    [SharedDataTheory]
    [MemberData(nameof(Targets))]
    public void Tiles_of_one_name_are_one_family(string name)
    {
        InstructionSetDescription target = InstructionSetDescription.All.Single(target => target.Name == name);
        TileShape[] families = [.. KernelProgram.TileFamilies(OfAllFamilies(), target)];
        Assert.NotEmpty(families);
        Assert.Equal(families.Length, families.DistinctBy(static family => family.Prefix).Count());
    }

    [GeneratedRegex("Rows[0-9]*$")]
    private static partial Regex TileName();

    internal static void Check(InstructionSetDescription target, Kernel kernel, int seed)
    {
        var run = new KernelRun(target, KernelProgram.Lower([kernel], target), (_, name) => LayerConstant(kernel, name), seed);
        switch (kernel)
        {
            case EmbedKernel embed:
                RowFormulas.Check(run, embed);
                break;
            case NormKernel norm:
                RowFormulas.Check(run, norm);
                break;
            case PartNormKernel parts:
                RowFormulas.Check(run, parts);
                break;
            case ScaleKernel scale:
                RowFormulas.Check(run, scale);
                break;
            case NormalizeKernel normalize:
                RowFormulas.Check(run, normalize);
                break;
            case QuantizeKernel quantize:
                RowFormulas.Check(run, quantize);
                break;
            case ProbeKernel probe:
                RowFormulas.Check(run, probe);
                break;
            case PoolKernel pool:
                RowFormulas.Check(run, pool);
                break;
            case PositionKernel position:
                RowFormulas.Check(run, position);
                break;
            case WindowKernel window:
                RowFormulas.Check(run, window);
                break;
            case PatchKernel patch:
                RowFormulas.Check(run, patch);
                break;
            case GlobalRowsKernel rows:
                RowFormulas.Check(run, rows);
                break;
            case ArgMaxKernel highest:
                RowFormulas.Check(run, highest);
                break;
            case LinearKernel linear:
                LinearFormula.Check(run, linear, linear.Epilogue.Activation is { } activation ? FunctionTests.Formula(activation) : null);
                break;
            case AttentionKernel attention:
                AttentionFormula.Check(run, attention);
                break;
            default:
                Assert.Fail($"{kernel} has no formula in {nameof(KernelTests)}.");
                break;
        }
    }

    private static long LayerConstant(Kernel kernel, string name)
    {
        var layer = (LinearKernel)kernel;
        return name == LayerConstants.Inputs.Name ? layer.Inputs
            : name == LayerConstants.InputStride.Name ? layer.InputStride
            : layer.TilesAddToOutput ? 1
            : 0;
    }

    /// <summary>The kernels of all models with outputs of their own in the project's data, each once.</summary>
    internal static IEnumerable<Kernel> OfAllFamilies() => OfAllFamilies(static architecture => architecture);

    /// <summary>The kernels of the models with changed architectures, each once.</summary>
    internal static IEnumerable<Kernel> OfAllFamilies(Func<TransformerArchitecture, TransformerArchitecture> change) =>
        Directory
            .GetFiles(SharedData.Path("goldens"), "config.json", SearchOption.AllDirectories)
            .Order()
            .Select(file => Planner.Plan(change(Reading.Architecture(File.ReadAllText(file))), guarded: false))
            .SelectMany(static plan => plan.Kernels)
            .Select(static kernel => kernel.ForCode())
            .Distinct();
}
