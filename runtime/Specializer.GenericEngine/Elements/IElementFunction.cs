namespace Specializer.GenericEngine;

/// <summary>
/// A function of one float, applied to all lanes of a vector. It is a type argument, so that it is inlined into loops.
/// </summary>
internal interface IElementFunction
{
    /// <summary>Applies the function to every lane.</summary>
    /// <typeparam name="TInstructions">The instruction set.</typeparam>
    /// <typeparam name="TVector">Its vector of floats.</typeparam>
    static abstract TVector Apply<TInstructions, TVector>(TVector x)
        where TInstructions : struct, IVectorInstructions<TVector>
        where TVector : struct;
}
