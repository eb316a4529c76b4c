using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels;

/// <summary>Names the methods of attention after heads, what they attend to, and the layout of the cache.</summary>
internal static class AttentionNames
{
    /// <summary>Returns the name of one of a kernel's methods.</summary>
    /// <param name="kernel">The kernel, in the form on which code depends.</param>
    /// <param name="part">The method.</param>
    public static string Of(AttentionKernel kernel, KernelPart part) =>
        part switch
        {
            KernelPart.PrepareQueries => "PrepareQueries" + Heads(kernel) + Scale(kernel) + Input(kernel),
            KernelPart.Append when kernel.IsCross => "AppendSource" + Heads(kernel) + Source(kernel) + Cache(kernel),
            KernelPart.Append => "Append" + Heads(kernel) + Preparation(kernel) + Input(kernel) + Cache(kernel),
            _ when kernel is { Attention.IsLinear: true, SeesAll: false } => "Attend"
                + Heads(kernel)
                + "Linear"
                + Preparation(kernel)
                + Input(kernel)
                + Output(kernel),
            _ => "Attend" + Heads(kernel) + Attended(kernel) + Cache(kernel) + Output(kernel),
        };

    private static string Heads(AttentionKernel kernel)
    {
        AttentionArchitecture attention = kernel.Attention;
        string shared = attention.KeyValueHeads == attention.Heads ? "" : "Over" + Names.Number(attention.KeyValueHeads);
        return Names.Number(attention.Heads) + shared + "x" + Names.Number(attention.HeadDim);
    }

    /// <summary>The norm, rotation and scaling of queries and keys.</summary>
    private static string Preparation(AttentionKernel kernel) =>
        (kernel.Attention.QueryKeyNorm ? "Normed" + Names.Epsilon(kernel.Epsilon) : "")
        + (kernel.Attention is { QueryKeyNorm: true, NormsRotated: true } ? "Rotated" : "")
        + (
            kernel.Attention.Positions is RotaryPositions rotary
                ? (rotary.Pairing == RotaryPairing.Interleaved ? "RotatedPairs" : "Rotated")
                    + (rotary.RotaryDim == kernel.Attention.HeadDim ? "" : Names.Number(rotary.RotaryDim))
                : ""
        )
        + Scale(kernel);

    private static string Scale(AttentionKernel kernel) =>
        kernel.Attention.ScaleByInverseLayer ? "ScaledByLayer"
        : kernel.Attention.IsLinear ? ""
        : "Scaled" + Names.Number(kernel.Attention.Scale);

    /// <summary>The positions to which a query attends, and what changes its scores.</summary>
    private static string Attended(AttentionKernel kernel) =>
        (kernel.Attention.IsLinear ? "Linear" : "")
        + (
            kernel.IsCross ? "ToSource"
            : kernel.SeesAll ? "ToAll"
            : kernel.SeesPrefix ? "ToPrefix"
            : ""
        )
        + (kernel.Attention.Window > 0 ? "Window" + Names.Number(kernel.Attention.Window) : "")
        + (kernel.Attention.Band > 0 ? "Band" + Names.Number(kernel.Attention.Band) : "")
        + (kernel.GlobalTokens ? "Global" : "")
        + kernel.Attention.Positions switch
        {
            AlibiPositions => "LinearBias",
            RelativePositions => "RelativeBias" + Names.Number(kernel.BiasOrigin) + "Every" + Names.Number(kernel.BiasStride),
            _ => "",
        }
        + (kernel.Attention.SoftCap > 0 ? "Capped" + Names.Number(kernel.Attention.SoftCap) : "");

    private static string Cache(AttentionKernel kernel) =>
        (kernel.Attention.IsLinear ? "" : (kernel.IsRing ? "Ring" : "Cache") + Names.Number(kernel.CacheLength))
        + "Rows"
        + Names.Number(kernel.QueryRows);

    private static string Input(AttentionKernel kernel)
    {
        AttentionArchitecture attention = kernel.Attention;
        int heads = kernel.IsCross ? attention.Heads : attention.Heads + (2 * attention.KeyValueHeads);
        return Every(kernel.InputStride, heads * attention.HeadDim) + (kernel.IsCross ? "Rows" + Names.Number(kernel.QueryRows) : "");
    }

    private static string Source(AttentionKernel kernel) =>
        Every(kernel.SourceStride, 2 * kernel.Attention.KeyValueHeads * kernel.Attention.HeadDim);

    private static string Output(AttentionKernel kernel) => Every(kernel.OutputStride, kernel.Attention.Heads * kernel.Attention.HeadDim);

    private static string Every(int stride, int width) => stride == Layout.RowStride(width) ? "" : "Every" + Names.Number(stride);
}
