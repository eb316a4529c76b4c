using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>Lowers the step from an image to rows: its patches, and their positions.</summary>
internal static class PatchLowering
{
    public static KernelMethod Lower(PatchKernel kernel)
    {
        PatchArchitecture patches = kernel.Patches;
        int side = patches.ImageSize / patches.PatchSize,
            size = patches.PatchSize;
        var code = new KernelCode(kernel);
        code.EachRow(row =>
        {
            Variable target = code.Let("target", code[KernelParameters.Output].At(row.AsNInt * kernel.Stride)),
                patch = code.Let("patch", code[KernelParameters.Position] + row - 1);
            code.If(
                patch < 0,
                () =>
                {
                    code.Clear(target, patches.Floats);
                    code.Continue();
                }
            );
            Variable corner = code.Let(
                "corner",
                code[KernelParameters.Pixels].At((patch / side * (size * patches.ImageSize)) + (patch % side * size))
            );
            code.For(
                "channel",
                DataType.Int,
                0,
                patches.Channels,
                1,
                channel =>
                    code.For(
                        "y",
                        DataType.Int,
                        0,
                        size,
                        1,
                        y =>
                        {
                            Variable source = code.Let("source", corner.At(((channel.AsNInt * patches.ImageSize) + y) * patches.ImageSize));
                            code.Copy(source, target.At(((channel * size) + y) * size), size);
                        }
                    )
            );
        });
        return code.Method(
            $"{side} by {side} patches, row by row; a patch is [{patches.Channels} channels][{size}][{size}]. Position 0 is before them."
        );
    }

    public static KernelMethod Lower(PositionKernel kernel, InstructionSetDescription target)
    {
        Vectors vectors = target.Vectors;
        var code = new KernelCode(kernel);
        code.EachRow(row =>
        {
            Variable position = code[KernelParameters.Position],
                x = code.Let("x", code[KernelParameters.Output].At(row.AsNInt * kernel.Stride));
            Variable state = kernel.FirstState ? code.Let("state", (position + row).Is(0).Select(code[KernelParameters.First], x)) : x;
            Variable added = code.Let("added", code[KernelParameters.Positions].At((position + row).AsNInt * kernel.Stride));
            code.For(
                "i",
                0,
                Layout.Pad(kernel.Width),
                vectors.Lanes,
                i => code.Store(vectors.Load(state.At(i)) + vectors.Load(added.At(i)), x.At(i))
            );
        });
        return code.Method(
            kernel.FirstState
                ? "Row 0 of the sequence is the first state; every row has a position of its own."
                : "Every row has a position of its own."
        );
    }
}
