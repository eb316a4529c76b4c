using System;
using Specializer.GenericEngine;

namespace Specializer.Tests.GenericEngine;

/// <summary>One linear layer with random weights: packed for an instruction set, and as plain loops in double precision.</summary>
internal sealed unsafe class LinearCase : IDisposable
{
    private readonly EngineKernels _kernels;
    private readonly AlignedBuffer _packed;
    private readonly float[] _weights;
    private readonly float[] _up;
    private readonly float[] _bias;
    private readonly float[] _upBias;

    public LinearCase(EngineKernels kernels, int inputs, int outputs, bool gated = false, bool bias = false)
    {
        _kernels = kernels;
        Layout = new LinearLayout(kernels.Lanes, inputs, outputs, gated, bias);
        _weights = RandomFloats.Uniform(outputs * inputs, 1);
        _up = RandomFloats.Uniform(outputs * inputs, 2);
        _bias = RandomFloats.Uniform(outputs, 3);
        _upBias = RandomFloats.Uniform(outputs, 4);
        _packed = AlignedBuffer.Allocate(Layout.Floats * sizeof(float));

        // In two parts, as projections that share a layer are packed.
        int cut = outputs / 3;
        Layout.PackWeights(_packed.Address, 0, _weights.AsSpan(0, cut * inputs));
        Layout.PackWeights(_packed.Address, cut, _weights.AsSpan(cut * inputs));
        if (gated)
        {
            Layout.PackWeights(_packed.Address, 0, _up, up: true);
        }

        if (bias)
        {
            Layout.PackBias(_packed.Address, 0, _bias);
            if (gated)
            {
                Layout.PackBias(_packed.Address, 0, _upBias, up: true);
            }
        }
    }

    public LinearLayout Layout { get; }

    public float* Packed => _packed.Address;

    /// <summary>The layer on the first rows of <paramref name="x"/>, whose rows are <paramref name="xStride"/> apart.</summary>
    /// <returns>[rows, outputs].</returns>
    public float[] Run(
        float[] x,
        int xStride,
        int rows,
        ElementFunction function = ElementFunction.Identity,
        float[]? residual = null,
        int workers = 1
    )
    {
        // Odd strides and a residual in place: what callers may do.
        int yStride = Layout.PaddedOutputs + 16;
        using AlignedBuffer y = AlignedBuffer.Allocate((long)rows * yStride * sizeof(float));
        for (int row = 0; residual != null && row < rows; row++)
        {
            residual.AsSpan(row * Layout.Outputs, Layout.Outputs).CopyTo(new Span<float>(y.Address + (row * yStride), Layout.Outputs));
        }

        fixed (float* pX = x)
        {
            LinearEpilogue finish = new(function, residual == null ? null : y.Address, yStride);
            for (int worker = 0; worker < workers; worker++)
            {
                _kernels.Linear(Layout, Packed, rows, pX, xStride, y.Address, yStride, finish, worker, workers);
            }
        }

        float[] result = new float[rows * Layout.Outputs];
        for (int row = 0; row < rows; row++)
        {
            new ReadOnlySpan<float>(y.Address + (row * yStride), Layout.Outputs).CopyTo(result.AsSpan(row * Layout.Outputs));
        }

        return result;
    }

    /// <summary>x · Wᵀ + bias of one output of one row.</summary>
    public double Sum(float[] x, int xStride, int row, int output, bool up = false)
    {
        double sum = 0;
        for (int input = 0; input < Layout.Inputs; input++)
        {
            sum += (double)x[(row * xStride) + input] * (up ? _up : _weights)[(output * Layout.Inputs) + input];
        }

        return sum + (Layout.HasBias ? (up ? _upBias : _bias)[output] : 0);
    }

    /// <summary>How far a sum in single precision may be off.</summary>
    public double SumTolerance => 4e-7 * Layout.Inputs;

    public void Dispose() => _packed.Dispose();
}
