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
                patch = code.Let(
                    "patch",
                    patches.Leading == 0 ? code[KernelParameters.Position] + row : code[KernelParameters.Position] + row - patches.Leading
                );
            if (patches.Leading > 0)
            {
                code.If(
                    patch < 0,
                    () =>
                    {
                        code.Clear(target, patches.Floats);
                        code.Continue();
                    }
                );
            }

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
            $"{side} by {side} patches, row by row; a patch is [{patches.Channels} channels][{size}][{size}]."
                + patches.Leading switch
                {
                    0 => "",
                    1 => " Position 0 is before them.",
                    _ => $" {patches.Leading} positions are before them.",
                }
        );
    }

    public static KernelMethod Lower(PositionKernel kernel, InstructionSetDescription target)
    {
        Vectors vectors = target.Vectors;
        int leading = (kernel.FirstState ? 1 : 0) + kernel.LaterStates,
            first = kernel.FirstState ? 1 : 0;
        var code = new KernelCode(kernel);
        code.EachRow(row =>
        {
            Variable position = code[KernelParameters.Position],
                x = code.Let("x", code[KernelParameters.Output].At(row.AsNInt * kernel.Stride));
            Variable state = kernel.FirstState ? code.Let("state", (position + row).Is(0).Select(code[KernelParameters.First], x)) : x;
            if (kernel.LaterStates > 0)
            {
                Variable later = code.Let("number", position + row - first);
                Variable learned = code.Let(
                    "learned",
                    (later < 0).Select(
                        state,
                        (later < kernel.LaterStates).Select(code[KernelParameters.Later].At(later.AsNInt * kernel.Stride), state)
                    )
                );
                state = learned;
            }

            if (!kernel.HasTable)
            {
                code.If(position + row < leading, () => code.Copy(state, x, Layout.Pad(kernel.Width)));
                return;
            }

            Expr index = position + row;
            if (kernel.LaterStates > 0 && !kernel.LaterHavePositions)
            {
                Variable after = code.Let("after", position + row - leading);
                code.If(
                    after < 0,
                    () =>
                        code.If(
                            position + row > first - 1,
                            () =>
                            {
                                code.Copy(state, x, Layout.Pad(kernel.Width));
                                code.Continue();
                            }
                        )
                );
                index = (after < 0).Select(0, after + first);
            }

            Variable added = code.Let("added", code[KernelParameters.Positions].At(index.AsNInt * kernel.Stride));
            code.For(
                "i",
                0,
                Layout.Pad(kernel.Width),
                vectors.Lanes,
                i => code.Store(vectors.Load(state.At(i)) + vectors.Load(added.At(i)), x.At(i))
            );
        });
        return code.Method(Comment(kernel));
    }

    private static string Comment(PositionKernel kernel) =>
        (kernel.FirstState ? "Row 0 of the sequence is the first state; " : "")
        + (
            kernel.LaterStates > 0
                ? $"the next {kernel.LaterStates} rows are learned states{(kernel.LaterHavePositions ? "" : " without positions")}; "
                : ""
        )
        + (
            kernel.HasTable
                ? kernel.FirstState || kernel.LaterStates > 0
                    ? "every row has a position of its own."
                    : "Every row has a position of its own."
                : "other rows stay."
        );
}
