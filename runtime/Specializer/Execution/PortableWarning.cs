using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using System.Threading;

namespace Specializer;

/// <summary>
/// Says once where a program compiled ahead of time leaves the processor's vectors unused: unless it is published for
/// AVX2 or AVX-512, the checks for them are compiled to false, and models run at half the speed without a word.
/// </summary>
internal static class PortableWarning
{
    /// <summary>The switch of the application's configuration that silences it.</summary>
    internal const string SilencingSwitch = "Specializer.SilencePortableWarning";

    private const string Text =
        "Specializer: this program was compiled ahead of time without AVX2, which this processor has, so its models run on the portable kernels, at about half the speed. "
        + "Publish it with <IlcInstructionSet>x86-x64-v3</IlcInstructionSet> (AVX2), x86-x64-v4 (AVX-512) or native; "
        + "or set the switch "
        + SilencingSwitch
        + ".";

    private static int s_said;

    /// <summary>Whether the processor could run wider kernels than a program compiled ahead of time has.</summary>
    internal static bool Applies { get; } =
        !RuntimeFeature.IsDynamicCodeSupported && InstructionSets.Best == InstructionSet.Portable && ProcessorHasAvx2();

    /// <summary>Writes the warning to the standard error stream, the first time that it applies.</summary>
    public static void WriteOnce()
    {
        if (Applies && Interlocked.Exchange(ref s_said, 1) == 0 && !(AppContext.TryGetSwitch(SilencingSwitch, out bool silent) && silent))
        {
            Console.Error.WriteLine(Text);
        }
    }

    /// <summary>AVX2 and FMA by the processor's own word, and an operating system that keeps wide registers (Intel SDM, CPUID leaves 1 and 7).</summary>
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
