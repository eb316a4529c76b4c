namespace Specializer.GenericEngine;

/// <summary>
/// The interface of an instruction set for the kernels: the operations on its widest vector of floats, and the tile sizes that
/// fit its registers. A kernel is written once with this interface. The JIT compiler compiles it for each implementation, because
/// all of them are structs, and every call below becomes one or two instructions.
/// </summary>
/// <typeparam name="TVector">The vector of floats.</typeparam>
internal unsafe interface IVectorInstructions<TVector>
    where TVector : struct
{
    /// <summary>The number of floats in a vector; a power of two, at most 16.</summary>
    static abstract int Lanes { get; }

    /// <summary>The maximum number of rows of a tile that is one panel, two vectors, wide.</summary>
    static abstract int RowsOfOnePanel { get; }

    /// <summary>The maximum number of rows of a tile that is two panels wide.</summary>
    static abstract int RowsOfTwoPanels { get; }

    /// <summary>The maximum number of rows of a tile that is four panels wide.</summary>
    static abstract int RowsOfFourPanels { get; }

    /// <summary>The width of tiles in panels, 1 or 2, if there are more rows than one tile has.</summary>
    static abstract int PanelsForManyRows { get; }

    /// <summary>All lanes 0.</summary>
    static abstract TVector Zero { get; }

    /// <summary>All lanes <paramref name="value"/>.</summary>
    static abstract TVector Broadcast(float value);

    /// <summary>Reads one vector; no alignment is required.</summary>
    static abstract TVector Load(float* source);

    /// <summary>Writes one vector; no alignment is required.</summary>
    static abstract void Store(float* destination, TVector value);

    /// <summary>Prefetches a cache line into the L2 cache, if there is an instruction for that.</summary>
    static abstract void Prefetch(float* line);

    /// <summary>left + right.</summary>
    static abstract TVector Add(TVector left, TVector right);

    /// <summary>left − right.</summary>
    static abstract TVector Subtract(TVector left, TVector right);

    /// <summary>left · right.</summary>
    static abstract TVector Multiply(TVector left, TVector right);

    /// <summary>left / right.</summary>
    static abstract TVector Divide(TVector left, TVector right);

    /// <summary>left · right + term; rounded once if the instruction set has a fused form.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector term);

    /// <summary>The larger of two lanes; the result for a NaN is unspecified.</summary>
    static abstract TVector Max(TVector left, TVector right);

    /// <summary>|value|.</summary>
    static abstract TVector Abs(TVector value);

    /// <summary>The magnitude of one with the sign of the other.</summary>
    static abstract TVector CopySign(TVector magnitude, TVector sign);

    /// <summary>Per lane: left ≤ right ? yes : no; a NaN selects no.</summary>
    static abstract TVector SelectLessThanOrEqual(TVector left, TVector right, TVector yes, TVector no);

    /// <summary>
    /// value · 2ⁿ, where n is the integer in the low bits of the float <paramref name="shifted"/> = n + 1.5 · 2²³.
    /// Neither value nor the result may be zero, subnormal or infinite.
    /// </summary>
    static abstract TVector ScaleByPowerOfTwo(TVector value, TVector shifted);

    /// <summary>Lanes 2i and 2i + 1 exchanged.</summary>
    static abstract TVector SwapPairs(TVector value);

    /// <summary>The sum of all lanes, always added in the same order.</summary>
    static abstract float Sum(TVector value);

    /// <summary>The largest lane.</summary>
    static abstract float MaxAcross(TVector value);
}
