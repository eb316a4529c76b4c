using Specializer.Generator.Architecture;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>
/// Copies frames and their neighbors to rows. Row r contains, for each channel, the frames around frame r · Step. Frames before
/// the first and after the last one are zero.
/// </summary>
/// <param name="Channels">The number of features of a frame.</param>
/// <param name="Window">The number of frames in a row; odd.</param>
/// <param name="Step">The number of frames from one row to the next.</param>
/// <param name="InputStride">The number of floats from one frame to the next; 0 if the frames of one channel are adjacent.</param>
/// <param name="Stride">The number of floats from one row to the next.</param>
internal sealed record WindowKernel(int Channels, int Window, int Step, int InputStride, int Stride) : Kernel
{
    public override EquatableArray<KernelSignature> Signatures =>
        One(KernelSignature.OverRows(KernelPart.Compute, Frames, Output, Count, Position));
}
