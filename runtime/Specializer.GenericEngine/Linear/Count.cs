using System.Runtime.CompilerServices;

namespace Specializer.GenericEngine;

/// <summary>The numbers of rows and vectors of tiles, as types.</summary>
internal static class Count
{
    /// <summary>1.</summary>
    internal readonly struct One : ICount
    {
        /// <inheritdoc/>
        public static int Value
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => 1;
        }
    }

    /// <summary>2.</summary>
    internal readonly struct Two : ICount
    {
        /// <inheritdoc/>
        public static int Value
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => 2;
        }
    }

    /// <summary>3.</summary>
    internal readonly struct Three : ICount
    {
        /// <inheritdoc/>
        public static int Value
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => 3;
        }
    }

    /// <summary>4.</summary>
    internal readonly struct Four : ICount
    {
        /// <inheritdoc/>
        public static int Value
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => 4;
        }
    }

    /// <summary>5.</summary>
    internal readonly struct Five : ICount
    {
        /// <inheritdoc/>
        public static int Value
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => 5;
        }
    }

    /// <summary>6.</summary>
    internal readonly struct Six : ICount
    {
        /// <inheritdoc/>
        public static int Value
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => 6;
        }
    }

    /// <summary>7.</summary>
    internal readonly struct Seven : ICount
    {
        /// <inheritdoc/>
        public static int Value
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => 7;
        }
    }

    /// <summary>8.</summary>
    internal readonly struct Eight : ICount
    {
        /// <inheritdoc/>
        public static int Value
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => 8;
        }
    }

    /// <summary>9.</summary>
    internal readonly struct Nine : ICount
    {
        /// <inheritdoc/>
        public static int Value
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => 9;
        }
    }

    /// <summary>10.</summary>
    internal readonly struct Ten : ICount
    {
        /// <inheritdoc/>
        public static int Value
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => 10;
        }
    }

    /// <summary>11.</summary>
    internal readonly struct Eleven : ICount
    {
        /// <inheritdoc/>
        public static int Value
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => 11;
        }
    }

    /// <summary>12.</summary>
    internal readonly struct Twelve : ICount
    {
        /// <inheritdoc/>
        public static int Value
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => 12;
        }
    }
}
