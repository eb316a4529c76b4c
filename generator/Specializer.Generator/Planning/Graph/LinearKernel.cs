using Specializer.Generator.Architecture;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>output[row, o] = epilogue(Σ over i of input[row, i] · weight[o, i]).</summary>
/// <param name="Inputs">The depth of the sum.</param>
/// <param name="Outputs">The number of outputs; with a gate, after gating.</param>
/// <param name="InputStride">The number of floats from one input row to the next.</param>
/// <param name="OutputStride">The number of floats from one output row to the next.</param>
/// <param name="Epilogue">The operations on a sum before it is stored.</param>
internal sealed record LinearKernel(int Inputs, int Outputs, int InputStride, int OutputStride, LinearEpilogue Epilogue) : Kernel
{
    /// <summary>The number of columns of the packed weights: whole lines, with gate and up side by side.</summary>
    public int PackedOutputs => Layout.Pad(Outputs) * (Epilogue.Gated ? 2 : 1);

    /// <summary>
    /// The size of the packed weights in floats, without the bias. Two 16-bit weights share a word, one from each half of a
    /// panel, so the last panel is as long as the others.
    /// </summary>
    public long PackedFloats =>
        Storage == WeightStorage.Float32 ? (long)PackedOutputs * Inputs
        : IntegerLayout.IsInteger(Storage) ? IntegerLayout.PackedFloats(Storage, PackedOutputs, Inputs)
        : (long)Layout.RoundUp(PackedOutputs, 2 * Layout.Line) / 2 * Inputs;

    /// <summary>
    /// Whether tiles add their sums to the output. If sums have a factor, they are scaled first, so that the factor does not apply to
    /// the output. Sums of integers grow block by block in memory, apart from the output.
    /// </summary>
    public bool TilesAddToOutput => Epilogue.AddToOutput && Epilogue.Scale == 1 && !IntegerLayout.IsInteger(Storage);

    /// <summary>Whether the sums of a tile are stored outside the output until they are results.</summary>
    public bool KeepsSums => Epilogue.Gated || (Epilogue.AddToOutput && !TilesAddToOutput);

    /// <summary>The storage type of the weights.</summary>
    public WeightStorage Storage { get; init; }

    /// <summary>Whether the output rows are closer together than those of another kernel of the model with the same shape.</summary>
    public bool RowsAreDense { get; init; }

    /// <summary>Whether another kernel computes the same, whatever the distance of its rows.</summary>
    public bool HasShapeOf(LinearKernel other) => this with { InputStride = other.InputStride, OutputStride = other.OutputStride } == other;

    public long MultiplyAddsPerRow => (long)Inputs * Outputs * (Epilogue.Gated ? 2 : 1);

    public override Kernel ForCode() => this with { RowsAreDense = false };

    public override EquatableArray<KernelSignature> Signatures =>
        One(KernelSignature.OverRows(KernelPart.Compute, [Input, Weights, .. Epilogue.Bias ? new[] { LinearBias } : [], Output]));
}
