using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>Lowers the step from frames of sound to rows of frames with their neighbors, over which a convolution is a linear layer.</summary>
internal static class WindowLowering
{
    public static KernelMethod Lower(WindowKernel kernel)
    {
        bool byChannel = kernel.InputStride == 0;
        var code = new KernelCode(kernel);
        Variable frames = code[KernelParameters.Frames],
            count = code[KernelParameters.Count];
        code.EachRow(row =>
        {
            Variable target = code.Let("target", code[KernelParameters.Output].At(row.AsNInt * kernel.Stride)),
                first = code.Let("first", Center(code[KernelParameters.Position] + row) - (kernel.Window / 2));
            code.For(
                "i",
                DataType.Int,
                0,
                kernel.Window,
                1,
                i =>
                {
                    Variable frame = code.Let("frame", first + i),
                        there = code.Let("there", frame.As(DataType.UInt) < count.As(DataType.UInt));
                    code.For(
                        "channel",
                        DataType.Int,
                        0,
                        kernel.Channels,
                        1,
                        channel =>
                        {
                            Expr index = byChannel ? (channel.AsNInt * count) + frame : channel + (frame.AsNInt * kernel.InputStride);
                            code.Set(target[(channel * kernel.Window) + i], there.Select(frames[index], 0));
                        }
                    );
                }
            );
        });
        Expr Center(Expr step) => kernel.Step == 1 ? step : step * kernel.Step;
        string around = kernel.Step == 1 ? "r" : $"{kernel.Step}r",
            layout = byChannel ? "[channels][count]" : "[count][channels]";
        return code.Method(
            $"Row r holds [{kernel.Channels} channels][{kernel.Window} frames] around frame {around} of {layout}, zeros where there is none."
        );
    }
}
