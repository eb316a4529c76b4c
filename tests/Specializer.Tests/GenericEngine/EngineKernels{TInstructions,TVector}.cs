using System;
using Specializer.GenericEngine;

namespace Specializer.Tests.GenericEngine;

/// <summary><see cref="EngineKernels"/> of one instruction set.</summary>
/// <typeparam name="TInstructions">The instruction set.</typeparam>
/// <typeparam name="TVector">Its vector of floats.</typeparam>
internal sealed unsafe class EngineKernels<TInstructions, TVector> : EngineKernels
    where TInstructions : struct, IVectorInstructions<TVector>
    where TVector : struct
{
    public override int Lanes => TInstructions.Lanes;

    public override int TileRows => TInstructions.RowsOfOnePanel;

    public override float[] Exp(float[] x) => Map(x, VectorMath<TInstructions, TVector>.Exp);

    public override float[] PowerOfTwo(float[] x) => Map(x, VectorMath<TInstructions, TVector>.PowerOfTwo);

    public override float[] Apply(ElementFunction function, float[] x) =>
        function switch
        {
            ElementFunction.Identity => Map(x, ElementFunctions.Identity.Apply<TInstructions, TVector>),
            ElementFunction.Relu => Map(x, ElementFunctions.Relu.Apply<TInstructions, TVector>),
            ElementFunction.SquaredRelu => Map(x, ElementFunctions.SquaredRelu.Apply<TInstructions, TVector>),
            ElementFunction.Gelu => Map(x, ElementFunctions.Gelu.Apply<TInstructions, TVector>),
            ElementFunction.GeluTanh => Map(x, ElementFunctions.GeluTanh.Apply<TInstructions, TVector>),
            ElementFunction.GeluQuick => Map(x, ElementFunctions.GeluQuick.Apply<TInstructions, TVector>),
            ElementFunction.Silu => Map(x, ElementFunctions.Silu.Apply<TInstructions, TVector>),
            ElementFunction.Tanh => Map(x, ElementFunctions.Tanh.Apply<TInstructions, TVector>),
            ElementFunction.Logistic => Map(x, ElementFunctions.Logistic.Apply<TInstructions, TVector>),
            _ => throw new ArgumentOutOfRangeException(nameof(function), function, null),
        };

    public override void Linear(
        in LinearLayout layout,
        float* packed,
        int rows,
        float* x,
        nint xStride,
        float* y,
        nint yStride,
        in LinearEpilogue finish,
        int worker,
        int workers
    )
    {
        using AlignedBuffer scratch = AlignedBuffer.Allocate(LinearKernel<TInstructions, TVector>.ScratchFloats * sizeof(float));
        LinearKernel<TInstructions, TVector>.Run(layout, packed, rows, x, xStride, y, yStride, finish, scratch.Address, worker, workers);
    }

    public override float[] RootMeanSquare(float[] x, float[] weight, float epsilon)
    {
        float[] y = new float[x.Length];
        fixed (
            float* pX = x,
                pWeight = weight,
                pY = y
        )
        {
            NormalizationKernel<TInstructions, TVector>.RootMeanSquare(pX, pWeight, pY, x.Length, epsilon);
        }

        return y;
    }

    public override float[] LayerNorm(float[] x, float[] weight, float[] bias, float epsilon)
    {
        float[] y = new float[x.Length];
        fixed (
            float* pX = x,
                pWeight = weight,
                pBias = bias,
                pY = y
        )
        {
            NormalizationKernel<TInstructions, TVector>.Layer(pX, pWeight, pBias, pY, x.Length, epsilon);
        }

        return y;
    }

    public override float[] Rotate(in RotaryLayout layout, double @base, int position, float[] heads, int headDimension)
    {
        using AlignedBuffer table = AlignedBuffer.Allocate(layout.Floats * sizeof(float));
        layout.Fill(table.Address, @base);
        float[] y = [.. heads];
        fixed (float* pY = y)
        {
            RotaryKernel<TInstructions, TVector>.Rotate(
                layout,
                table.Address + (position * layout.RowStride),
                pY,
                heads.Length / headDimension,
                headDimension
            );
        }

        return y;
    }

    public override void Attend(
        in KeyValueLayout layout,
        float* cache,
        int heads,
        int firstPosition,
        int rows,
        float* queries,
        nint queryStride,
        float scale,
        float* y,
        nint yStride,
        int worker,
        int workers
    )
    {
        using AlignedBuffer scratch = AlignedBuffer.Allocate(
            AttentionKernel<TInstructions, TVector>.ScratchFloats(layout.HeadDim) * sizeof(float)
        );
        AttentionKernel<TInstructions, TVector>.Run(
            layout,
            cache,
            heads,
            firstPosition,
            rows,
            queries,
            queryStride,
            scale,
            y,
            yStride,
            scratch.Address,
            worker,
            workers
        );
    }

    private static float[] Map(float[] x, Func<TVector, TVector> function)
    {
        int lanes = TInstructions.Lanes;
        float[] padded = new float[(x.Length + lanes - 1) / lanes * lanes];
        x.CopyTo(padded, 0);
        fixed (float* p = padded)
        {
            for (int i = 0; i < padded.Length; i += lanes)
            {
                TInstructions.Store(p + i, function(TInstructions.Load(p + i)));
            }
        }

        return padded[..x.Length];
    }
}
