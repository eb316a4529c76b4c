using System;

namespace Specializer.GenericEngine;

/// <summary>
/// The memory layout of a linear layer's weights for one instruction set. Panels have two vectors of outputs; each contains the
/// weights of input 0, then of input 1, and so on. The bias, if there is one, follows the last panel.
/// </summary>
/// <remarks>
/// Outputs are padded with zeros to a multiple of 16. If the number of vectors is odd, the last panel is one vector wide. A gated
/// layer has two sets of weights for the same inputs and outputs, gate and up. Each of its panels has one vector of gates and the
/// vector of ups that it is multiplied with.
/// </remarks>
internal readonly record struct LinearLayout
{
    private const int OutputMultiple = 16;

    /// <summary>Lays out a linear layer.</summary>
    /// <param name="lanes">The number of floats of a vector.</param>
    /// <param name="inputs">The number of inputs.</param>
    /// <param name="outputs">The number of outputs; for a gated layer, the number of products.</param>
    /// <param name="gated">Whether the layer has a gate.</param>
    /// <param name="bias">Whether the layer has a bias.</param>
    public LinearLayout(int lanes, int inputs, int outputs, bool gated = false, bool bias = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        Lanes = lanes;
        Inputs = inputs;
        Outputs = outputs;
        IsGated = gated;
        HasBias = bias;
    }

    /// <summary>The floats of a vector.</summary>
    public int Lanes { get; }

    /// <summary>The number of inputs.</summary>
    public int Inputs { get; }

    /// <summary>The number of outputs; for a gated layer, the number of products.</summary>
    public int Outputs { get; }

    /// <summary>Whether the layer has a gate.</summary>
    public bool IsGated { get; }

    /// <summary>Whether the layer has a bias.</summary>
    public bool HasBias { get; }

    /// <summary>
    /// The number of floats of a row of results; floats that <see cref="LinearKernel{TInstructions, TVector}"/> writes beyond the
    /// outputs are undefined.
    /// </summary>
    public int PaddedOutputs => RoundUp(Outputs);

    /// <summary>The width of all panels in vectors.</summary>
    public int Vectors => (IsGated ? 2 : 1) * PaddedOutputs / Lanes;

    /// <summary>The number of panels, including a narrow last one.</summary>
    public int Panels => (Vectors + 1) / 2;

    /// <summary>The number of panels that are two vectors wide.</summary>
    public int WidePanels => Vectors / 2;

    /// <summary>The floats from one panel to the next.</summary>
    public nint PanelStride => 2 * (nint)Lanes * Inputs;

    /// <summary>The offset of the bias.</summary>
    public nint BiasOffset => (nint)Vectors * Lanes * Inputs;

    /// <summary>The floats of weights and bias, a multiple of 16.</summary>
    public nint Floats => BiasOffset + (HasBias ? Vectors * Lanes : 0);

    /// <summary>Rounds a number of floats up to whole cache lines.</summary>
    public static int RoundUp(int floats) => (floats + OutputMultiple - 1) / OutputMultiple * OutputMultiple;

    /// <summary>Packs the weights of some outputs.</summary>
    /// <param name="packed">The whole layer's memory, <see cref="Floats"/> floats, zero-initialized.</param>
    /// <param name="firstOutput">The first of the outputs.</param>
    /// <param name="weights">Their weights, [number of outputs, <see cref="Inputs"/>], row after row.</param>
    /// <param name="up">Whether the outputs are ups of a gated layer instead of gates.</param>
    /// <exception cref="ArgumentException">The weights are not a whole number of outputs, or exceed the layer.</exception>
    public unsafe void PackWeights(float* packed, int firstOutput, ReadOnlySpan<float> weights, bool up = false)
    {
        int count = weights.Length / Inputs;
        if (weights.Length % Inputs != 0 || firstOutput < 0 || count > Outputs - firstOutput || (up && !IsGated))
        {
            throw new ArgumentException(
                $"{weights.Length} weights from output {firstOutput} on do not fit a linear layer of {Inputs} inputs and {Outputs} outputs (gated: {IsGated}, up: {up}).",
                nameof(weights)
            );
        }

        fixed (float* rows = weights)
        {
            // One vector of outputs at a time, so that consecutive writes are adjacent in memory.
            for (int output = firstOutput; output < firstOutput + count; )
            {
                int lane = output % Lanes;
                int lanes = Math.Min(Lanes - lane, firstOutput + count - output);
                int vector = Vector(output, up);
                int width = Width(vector / 2);
                float* destination = packed + (vector / 2 * PanelStride) + (vector % 2 * Lanes) + lane;
                float* source = rows + ((nint)(output - firstOutput) * Inputs);
                for (int input = 0; input < Inputs; input++)
                {
                    for (int i = 0; i < lanes; i++)
                    {
                        destination[i] = source[((nint)i * Inputs) + input];
                    }

                    destination += width;
                }

                output += lanes;
            }
        }
    }

    /// <summary>Copies the weights of one output from the panels.</summary>
    /// <param name="packed">The whole layer's memory.</param>
    /// <param name="output">The output.</param>
    /// <param name="weights">Receives <see cref="Inputs"/> weights.</param>
    /// <param name="up">Whether the output is an up of a gated layer instead of a gate.</param>
    public unsafe void UnpackWeights(float* packed, int output, float* weights, bool up = false)
    {
        int vector = Vector(output, up);
        int width = Width(vector / 2);
        float* source = packed + (vector / 2 * PanelStride) + (vector % 2 * Lanes) + (output % Lanes);
        for (int input = 0; input < Inputs; input++)
        {
            weights[input] = source[(nint)input * width];
        }
    }

    /// <summary>Packs the bias of some outputs.</summary>
    /// <param name="packed">The whole layer's memory.</param>
    /// <param name="firstOutput">The first of the outputs.</param>
    /// <param name="bias">Their bias.</param>
    /// <param name="up">Whether the outputs are ups of a gated layer instead of gates.</param>
    /// <exception cref="ArgumentException">The layer has no bias, or fewer outputs.</exception>
    public unsafe void PackBias(float* packed, int firstOutput, ReadOnlySpan<float> bias, bool up = false)
    {
        if (!HasBias || firstOutput < 0 || bias.Length > Outputs - firstOutput || (up && !IsGated))
        {
            throw new ArgumentException(
                $"A bias of {bias.Length} from output {firstOutput} on does not fit a linear layer of {Outputs} outputs (bias: {HasBias}, gated: {IsGated}, up: {up}).",
                nameof(bias)
            );
        }

        for (int i = 0; i < bias.Length; i++)
        {
            int output = firstOutput + i;
            packed[BiasOffset + (Vector(output, up) * Lanes) + (output % Lanes)] = bias[i];
        }
    }

    /// <summary>Returns the number of floats of one input's weights in a panel.</summary>
    public int Width(int panel) => panel < WidePanels ? 2 * Lanes : Lanes;

    private int Vector(int output, bool up) => IsGated ? (2 * (output / Lanes)) + (up ? 1 : 0) : output / Lanes;
}
