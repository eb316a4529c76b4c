using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;

namespace Specializer.Generator.Kernels.Lowering.Attention;

/// <summary>Lowers the rotation of one head by the angles of a position, and its scaling.</summary>
internal static class RotateLowering
{
    /// <summary>The name of the method, which heads with equal rotary positions share.</summary>
    public static string Name(RotaryPositions rotary, int headDimension) =>
        (rotary.Pairing == RotaryPairing.Interleaved ? "RotatePairs" : "RotateHalves")
        + Names.Number(rotary.RotaryDim)
        + (rotary.RotaryDim < headDimension ? "Of" + Names.Number(headDimension) : "");

    public static KernelMethod Lower(RotaryPositions rotary, int headDimension, InstructionSetDescription target)
    {
        int half = rotary.RotaryDim / 2;
        Elements elements = rotary.Pairing == RotaryPairing.Interleaved ? new(target, 1) : Elements.Dividing(half, target);
        var code = new CodeBuilder();
        Variable source = code.Pointer("source"),
            table = code.Pointer("table"),
            output = code.Pointer("target"),
            scale = code.Parameter("scale", DataType.Float);
        code.For(
            "i",
            0,
            half,
            elements.Count,
            i =>
            {
                Expr first = rotary.Pairing == RotaryPairing.Interleaved ? 2 * i : i,
                    second = rotary.Pairing == RotaryPairing.Interleaved ? (2 * i) + 1 : i + half;
                Variable cosine = code.Let("cosine", elements.Load(table, i)),
                    sine = code.Let("sine", elements.Load(table, i + half)),
                    x = code.Let("x", elements.Load(source, first)),
                    y = code.Let("y", elements.Load(source, second));
                elements.Store(code, ((x * cosine) - (y * sine)) * scale, output, first);
                elements.Store(code, ((y * cosine) + (x * sine)) * scale, output, second);
            }
        );
        if (rotary.RotaryDim < headDimension)
        {
            code.For("i", DataType.Int, rotary.RotaryDim, headDimension, 1, i => code.Set(output[i], source[i] * scale));
        }

        return code.Method(Name(rotary, headDimension), comment: Comment(rotary, half));
    }

    private static string Comment(RotaryPositions rotary, int half) =>
        (
            rotary.Pairing == RotaryPairing.Interleaved
                ? $"Rotates pairs (2i, 2i + 1) of the first {rotary.RotaryDim} elements"
                : $"Rotates pairs (i, i + {half})"
        ) + $"; the table holds {half} cosines, then {half} sines.";
}
