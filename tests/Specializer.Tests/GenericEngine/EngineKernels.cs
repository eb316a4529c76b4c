using System;
using System.Linq;
using System.Runtime.Intrinsics;
using Specializer.GenericEngine;
using Xunit;

namespace Specializer.Tests.GenericEngine;

/// <summary>The generic engine's kernels on one instruction set, on managed arrays.</summary>
internal abstract unsafe class EngineKernels
{
    /// <summary>Every instruction set that this process can run.</summary>
    public static TheoryData<InstructionSet> Supported => [.. Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported)];

    /// <summary>The floats of a vector.</summary>
    public abstract int Lanes { get; }

    /// <summary>The most rows of a tile.</summary>
    public abstract int TileRows { get; }

    /// <summary>The kernels of an instruction set.</summary>
    public static EngineKernels Of(InstructionSet instructionSet) =>
        instructionSet switch
        {
            InstructionSet.Avx512 => new EngineKernels<Avx512Instructions, Vector512<float>>(),
            InstructionSet.Avx2 => new EngineKernels<Avx2Instructions, Vector256<float>>(),
            InstructionSet.Neon => new EngineKernels<NeonInstructions, Vector128<float>>(),
            _ => new EngineKernels<PortableInstructions, Vector128<float>>(),
        };

    /// <summary>eˣ of every element.</summary>
    public abstract float[] Exp(float[] x);

    /// <summary>2ˣ of every element.</summary>
    public abstract float[] PowerOfTwo(float[] x);

    /// <summary>A function of every element.</summary>
    public abstract float[] Apply(ElementFunction function, float[] x);

    /// <inheritdoc cref="LinearKernel{TInstructions, TVector}.Run"/>
    public abstract void Linear(
        in LinearLayout layout,
        float* packed,
        int rows,
        float* x,
        nint xStride,
        float* y,
        nint yStride,
        in LinearEpilogue finish,
        int worker = 0,
        int workers = 1
    );

    /// <summary>RMSNorm of one row.</summary>
    public abstract float[] RootMeanSquare(float[] x, float[] weight, float epsilon);

    /// <summary>LayerNorm of one row.</summary>
    public abstract float[] LayerNorm(float[] x, float[] weight, float[] bias, float epsilon);

    /// <summary>Rotates the heads of one position.</summary>
    public abstract float[] Rotate(in RotaryLayout layout, double @base, int position, float[] heads, int headDimension);

    /// <inheritdoc cref="AttentionKernel{TInstructions, TVector}.Run"/>
    public abstract void Attend(
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
        int worker = 0,
        int workers = 1
    );
}
