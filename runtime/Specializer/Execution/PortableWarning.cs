using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using System.Threading;

namespace Specializer;

/// <summary>
/// Warns once if a program that is compiled ahead of time does not use the processor's vectors. Unless it is published for AVX2
/// or AVX-512, the checks for them are compiled to false, and models run at half the speed.
/// </summary>
internal static class PortableWarning
{
    /// <summary>The configuration switch that suppresses the warning.</summary>
    internal const string SilencingSwitch = "Specializer.SilencePortableWarning";

    private const string Text =
        "Specializer: this program was compiled ahead of time without AVX2, which this processor supports. Its models use the portable kernels and run at about half the speed. "
        + "Publish it with <IlcInstructionSet>x86-x64-v3</IlcInstructionSet> (AVX2), x86-x64-v4 (AVX-512) or native; "
        + "or set the switch "
        + SilencingSwitch
        + ".";

    private static int s_said;

    /// <summary>Whether the processor supports wider kernels than the ahead-of-time compiled program uses.</summary>
    internal static bool Applies { get; } =
        !RuntimeFeature.IsDynamicCodeSupported && InstructionSets.Best == InstructionSet.Portable && ProcessorHasAvx2();

    /// <summary>Writes the warning to the standard error stream when it applies for the first time.</summary>
    public static void WriteOnce()
    {
        if (Applies && Interlocked.Exchange(ref s_said, 1) == 0 && !(AppContext.TryGetSwitch(SilencingSwitch, out bool silent) && silent))
        {
            Console.Error.WriteLine(Text);
        }
    }

    /// <summary>
    /// Returns whether the processor reports AVX2 and FMA, and the operating system preserves wide registers (Intel SDM, CPUID
    /// leaves 1 and 7).
    /// </summary>
    private static bool ProcessorHasAvx2()
    {
        const int Fma = 1 << 12,
            SavesState = 1 << 27,
            Avx = 1 << 28,
            Avx2 = 1 << 5;
        if (!X86Base.IsSupported || X86Base.CpuId(0, 0).Eax < 7)
        {
            return false;
        }

        const int Wanted = Fma | SavesState | Avx;
        return (X86Base.CpuId(1, 0).Ecx & Wanted) == Wanted && (X86Base.CpuId(7, 0).Ebx & Avx2) != 0;
    }
}
