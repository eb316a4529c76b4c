using System;
using System.Runtime.CompilerServices;

namespace Specializer.GenericEngine;

/// <summary>The implementations of <see cref="ElementFunction"/>.</summary>
internal static class ElementFunctions
{
    /// <summary>Returns the function of an activation or, if it is gated, of its gate.</summary>
    public static ElementFunction Of(Activation activation) =>
        activation switch
        {
            Activation.Relu or Activation.ReGlu => ElementFunction.Relu,
            Activation.SquaredRelu => ElementFunction.SquaredRelu,
            Activation.Gelu or Activation.GeGlu => ElementFunction.Gelu,
            Activation.GeluTanh or Activation.GeGluTanh => ElementFunction.GeluTanh,
            Activation.GeluQuick => ElementFunction.GeluQuick,
            Activation.Silu or Activation.SwiGlu => ElementFunction.Silu,
            _ => throw new ArgumentOutOfRangeException(
                nameof(activation),
                activation,
                "The generic engine does not support this activation."
            ),
        };

    /// <summary>Returns whether an activation multiplies a gate with a second linear layer of the same inputs.</summary>
    public static bool IsGated(Activation activation) =>
        activation is Activation.ReGlu or Activation.GeGlu or Activation.GeGluTanh or Activation.SwiGlu;

    /// <summary><see cref="ElementFunction.Identity"/>.</summary>
    internal readonly struct Identity : IElementFunction
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TInstructions, TVector>(TVector x)
            where TInstructions : struct, IVectorInstructions<TVector>
            where TVector : struct => x;
    }

    /// <summary><see cref="ElementFunction.Relu"/>.</summary>
    internal readonly struct Relu : IElementFunction
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TInstructions, TVector>(TVector x)
            where TInstructions : struct, IVectorInstructions<TVector>
            where TVector : struct => TInstructions.SelectLessThanOrEqual(x, TInstructions.Zero, TInstructions.Zero, x);
    }

    /// <summary><see cref="ElementFunction.SquaredRelu"/>.</summary>
    internal readonly struct SquaredRelu : IElementFunction
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TInstructions, TVector>(TVector x)
            where TInstructions : struct, IVectorInstructions<TVector>
            where TVector : struct =>
            TInstructions.SelectLessThanOrEqual(x, TInstructions.Zero, TInstructions.Zero, TInstructions.Multiply(x, x));
    }

    /// <summary><see cref="ElementFunction.Gelu"/>.</summary>
    internal readonly struct Gelu : IElementFunction
    {
        /// <inheritdoc/>
        /// <remarks>x · Φ(x) without the cancellation of 1 + erf for negative x.</remarks>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TInstructions, TVector>(TVector x)
            where TInstructions : struct, IVectorInstructions<TVector>
            where TVector : struct
        {
            TVector tail = VectorMath<TInstructions, TVector>.NormalTail(x);
            TVector distribution = TInstructions.SelectLessThanOrEqual(
                x,
                TInstructions.Zero,
                tail,
                TInstructions.Subtract(TInstructions.Broadcast(1f), tail)
            );
            return TInstructions.Multiply(x, distribution);
        }
    }

    /// <summary><see cref="ElementFunction.GeluTanh"/>.</summary>
    internal readonly struct GeluTanh : IElementFunction
    {
        /// <inheritdoc/>
        /// <remarks>0.5 (1 + tanh u) = σ(2u), which does not cancel for negative u.</remarks>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TInstructions, TVector>(TVector x)
            where TInstructions : struct, IVectorInstructions<TVector>
            where TVector : struct
        {
            TVector cubic = TInstructions.MultiplyAdd(
                TInstructions.Multiply(x, x),
                TInstructions.Broadcast(0.044715f),
                TInstructions.Broadcast(1f)
            );
            TVector argument = TInstructions.Multiply(TInstructions.Multiply(x, TInstructions.Broadcast(2f * 0.79788456f)), cubic);
            return VectorMath<TInstructions, TVector>.TimesLogistic(x, argument);
        }
    }

    /// <summary><see cref="ElementFunction.GeluQuick"/>.</summary>
    internal readonly struct GeluQuick : IElementFunction
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TInstructions, TVector>(TVector x)
            where TInstructions : struct, IVectorInstructions<TVector>
            where TVector : struct =>
            VectorMath<TInstructions, TVector>.TimesLogistic(x, TInstructions.Multiply(x, TInstructions.Broadcast(1.702f)));
    }

    /// <summary><see cref="ElementFunction.Silu"/>.</summary>
    internal readonly struct Silu : IElementFunction
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TInstructions, TVector>(TVector x)
            where TInstructions : struct, IVectorInstructions<TVector>
            where TVector : struct => VectorMath<TInstructions, TVector>.TimesLogistic(x, x);
    }

    /// <summary><see cref="ElementFunction.Tanh"/>.</summary>
    internal readonly struct Tanh : IElementFunction
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TInstructions, TVector>(TVector x)
            where TInstructions : struct, IVectorInstructions<TVector>
            where TVector : struct => VectorMath<TInstructions, TVector>.Tanh(x);
    }

    /// <summary><see cref="ElementFunction.Logistic"/>.</summary>
    internal readonly struct Logistic : IElementFunction
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TInstructions, TVector>(TVector x)
            where TInstructions : struct, IVectorInstructions<TVector>
            where TVector : struct => VectorMath<TInstructions, TVector>.Logistic(x);
    }
}
