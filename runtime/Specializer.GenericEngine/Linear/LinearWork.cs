namespace Specializer.GenericEngine;

/// <summary>
/// One call of a linear layer: the arguments of <see cref="LinearKernel{TInstructions, TVector}.Run"/>, and the destination of a
/// tile's sums.
/// </summary>
internal readonly unsafe struct LinearWork
{
    /// <summary>Stores the arguments of a call.</summary>
    public LinearWork(
        in LinearLayout layout,
        float* packed,
        float* x,
        nint xStride,
        float* y,
        nint yStride,
        in LinearEpilogue finish,
        float* scratch
    )
    {
        Layout = layout;
        Packed = packed;
        X = x;
        XStride = xStride;
        Y = y;
        YStride = yStride;
        Finish = finish;
        Scratch = scratch;
        IsPlain = !layout.IsGated && !layout.HasBias && finish.Function == ElementFunction.Identity && finish.Residual == null;
    }

    /// <summary>The layer.</summary>
    public LinearLayout Layout { get; }

    /// <summary>Its packed weights and bias.</summary>
    public float* Packed { get; }

    /// <summary>The inputs of the first row.</summary>
    public float* X { get; }

    /// <summary>The floats from one row of inputs to the next.</summary>
    public nint XStride { get; }

    /// <summary>The results of the first row.</summary>
    public float* Y { get; }

    /// <summary>The floats from one row of results to the next.</summary>
    public nint YStride { get; }

    /// <summary>The epilogue.</summary>
    public LinearEpilogue Finish { get; }

    /// <summary>The worker's working memory: the sums of a tile before the epilogue.</summary>
    public float* Scratch { get; }

    /// <summary>Whether the sums are the results.</summary>
    public bool IsPlain { get; }

    /// <summary>The first weight of a panel.</summary>
    public float* Weights(int panel) => Packed + (panel * Layout.PanelStride);

    /// <summary>The first output of a panel.</summary>
    public int Column(int panel) => panel * (Layout.IsGated ? Layout.Lanes : 2 * Layout.Lanes);

    /// <summary>Returns the destination of a tile's sums: the results, or working memory.</summary>
    /// <param name="panel">The tile's first panel.</param>
    /// <param name="row">The tile's first row.</param>
    /// <param name="vectors">The tile's width in vectors.</param>
    /// <param name="stride">The floats from one row of sums to the next.</param>
    public float* Destination(int panel, int row, int vectors, out nint stride)
    {
        stride = IsPlain ? YStride : vectors * Layout.Lanes;
        return IsPlain ? Y + (row * YStride) + Column(panel) : Scratch;
    }
}
