namespace Specializer.Tests.Kernels;

/// <summary>The layout of activations in a session's memory, repeated so that the kernels are tested against it.</summary>
internal static class KernelLayout
{
    private const int Line = 16;
    private const int KeyPanel = 32;

    /// <summary>Whole cache lines of floats.</summary>
    public static int Pad(int floats) => (floats + Line - 1) / Line * Line;

    /// <summary>The floats from one row of activations to the next: an odd number of lines.</summary>
    public static int RowStride(int width) => ((Pad(width) / Line) | 1) * Line;

    /// <summary>The positions of a cache: whole panels of keys.</summary>
    public static int CacheLength(int contextLength) => (contextLength + KeyPanel - 1) / KeyPanel * KeyPanel;
}
