using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Lowering;
using Specializer.Generator.Kernels.Output;
using Specializer.Generator.Planning;
using Specializer.TestKit;
using VerifyXunit;
using Xunit;

namespace Specializer.Generator.Tests.Snapshots;

using Activation = Specializer.Generator.Architecture.Activation;
using NormKind = Specializer.Generator.Architecture.NormKind;
using RotaryPairing = Specializer.Generator.Architecture.RotaryPairing;

/// <summary>The text of one small kernel of each kind, for every target: what a person reads in a generated file.</summary>
[Feature("snapshots")]
public sealed class KernelTextTests
{
    private static readonly LinearKernel s_linear = new(24, 40, 48, 48, new(Bias: true, Activation.Silu, Gated: true, AddToOutput: false));

    private static readonly AttentionKernel s_attention = new(
        new(4, 2, 20, 0.25f, false, false, false, false, SoftCap: 0, QueryKeyNorm: true)
        {
            Positions = new RotaryPositions(10_000, 12, RotaryPairing.HalfSplit, new NoScaling()),
        },
        1e-6f,
        176,
        112,
        64,
        32
    );

    [Fact]
    public Task Linear() => Verifier.Verify(Text(s_linear, KernelFamily.Linear));

    [Fact]
    public Task Tile() =>
        Verifier.Verify(
            Text(s_linear, KernelFamily.Tiles, static method => method.Name.EndsWith("Rows2", System.StringComparison.Ordinal))
        );

    [Fact]
    public Task IntegerTile() =>
        Verifier.Verify(
            Text(
                s_linear with
                {
                    Storage = Generator.Architecture.WeightStorage.Int8,
                    InputStride = IntegerLayout.RowStride(s_linear.Inputs),
                },
                KernelFamily.Tiles,
                static method => method.Name.EndsWith("Rows2", System.StringComparison.Ordinal)
            )
        );

    [Fact]
    public Task Quantize() => Verifier.Verify(Text(new QuantizeKernel(40, 48, IntegerLayout.RowStride(40)), KernelFamily.Rows));

    [Fact]
    public Task NibbleTile() =>
        Verifier.Verify(
            Text(
                s_linear with
                {
                    Storage = Generator.Architecture.WeightStorage.UInt4,
                    InputStride = IntegerLayout.RowStride(s_linear.Inputs),
                },
                KernelFamily.Tiles,
                static method => method.Name.EndsWith("Rows2", System.StringComparison.Ordinal)
            )
        );

    [Fact]
    public Task Attention() => Verifier.Verify(Text(s_attention, KernelFamily.Attention));

    [Fact]
    public Task LayerNorm() =>
        Verifier.Verify(Text(new NormKernel(NormKind.Layer, 24, 48, 1e-5f, Bias: true, AddToOutput: false), KernelFamily.Rows));

    [Fact]
    public Task Embed() => Verifier.Verify(Text(new EmbedKernel(24, 40, 48, Tied: true, 1, PositionOffset: 2), KernelFamily.Rows));

    [Fact]
    public Task Functions() =>
        Verifier.Verify(
            Text(s_linear with { Epilogue = new(false, Activation.GeluTanh, Gated: false, AddToOutput: false) }, KernelFamily.Functions)
        );

    private static string Text(Kernel kernel, KernelFamily family, System.Func<KernelMethod, bool>? select = null)
    {
        var writer = new SourceWriter();
        foreach (InstructionSetDescription target in InstructionSetDescription.All)
        {
            writer.Separate();
            writer.Line("// " + target.Summary);
            IEnumerable<KernelMethod> methods = KernelProgram.Lower(family, [kernel.ForCode()], target);
            new MethodPrinter(writer, target).Print(methods.Where(method => select?.Invoke(method) ?? true));
        }

        return writer.ToString();
    }
}
