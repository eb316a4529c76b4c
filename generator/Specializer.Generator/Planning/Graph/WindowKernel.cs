using Specializer.Generator.Architecture;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>
/// Copies frames and their neighbours to rows: row r holds, for each channel, the frames around frame r · Step, and zeros
/// before the first and behind the last.
/// </summary>
/// <param name="Channels">The features of a frame.</param>
/// <param name="Window">The frames that a row holds; odd.</param>
/// <param name="Step">Frames from one row's to the next's.</param>
/// <param name="InputStride">Floats from one frame to the next; 0 where the frames of one channel lie together.</param>
/// <param name="Stride">Floats from one row to the next.</param>
internal sealed record WindowKernel(int Channels, int Window, int Step, int InputStride, int Stride) : Kernel
{
    public override string Name => (InputStride == 0 ? "GatherFrames" : "GatherWindows") + Text(Channels);

    public override EquatableArray<KernelSignature> Signatures =>
        One(KernelSignature.OverRows(KernelPart.Compute, Frames, Output, Count, Position));
}
