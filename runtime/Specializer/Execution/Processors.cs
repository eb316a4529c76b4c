using System;
using System.Runtime.InteropServices;

namespace Specializer;

/// <summary>Returns the processor of the calling thread, and moves the thread to another one.</summary>
/// <remarks>Linux only. On other systems the processor is unknown and threads are not moved.</remarks>
internal static unsafe partial class Processors
{
    /// <summary>The result of <see cref="Current"/> if the system does not report the processor.</summary>
    public const int Unknown = -1;

    // 1,024 processors, the size of the C library's own set. A system with more processors rejects the call, and threads are not
    // moved.
    private const int SetWords = 16;

    private static readonly bool s_isKnown = IsKnown();

    /// <summary>Returns the processor that the calling thread runs on, or <see cref="Unknown"/>.</summary>
    public static int Current() => s_isKnown ? CurrentProcessor() : Unknown;

    /// <summary>
    /// Moves the calling thread to an allowed processor that is not in a list, and then restores the allowed processors. The
    /// system may move the thread again later.
    /// </summary>
    /// <param name="taken">The processors to avoid, or <see cref="Unknown"/>.</param>
    /// <returns>Whether there was such a processor.</returns>
    public static bool LeaveFor(ReadOnlySpan<int> taken)
    {
        if (!s_isKnown)
        {
            return false;
        }

        ulong* allowed = stackalloc ulong[SetWords];
        ulong* free = stackalloc ulong[SetWords];
        new Span<ulong>(allowed, SetWords).Clear();
        if (AllowedProcessors(0, SetWords * sizeof(ulong), allowed) < 0)
        {
            return false;
        }

        new ReadOnlySpan<ulong>(allowed, SetWords).CopyTo(new Span<ulong>(free, SetWords));
        foreach (int processor in taken)
        {
            if (processor is >= 0 and < SetWords * 64)
            {
                free[processor / 64] &= ~(1UL << (processor % 64));
            }
        }

        bool hasFree = new ReadOnlySpan<ulong>(free, SetWords).ContainsAnyExcept(0UL);
        if (!hasFree || AllowProcessors(0, SetWords * sizeof(ulong), free) < 0)
        {
            return false;
        }

        // The call can only fail if the allowed set has shrunk concurrently; then the smaller set remains, which is also allowed.
        _ = AllowProcessors(0, SetWords * sizeof(ulong), allowed);
        return true;
    }

    private static bool IsKnown()
    {
        try
        {
            return OperatingSystem.IsLinux() && CurrentProcessor() >= 0;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    // The call does not enter the kernel.
    [LibraryImport("libc", EntryPoint = "sched_getcpu")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [SuppressGCTransition]
    private static partial int CurrentProcessor();

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int AllowedProcessors(int thread, nuint bytes, ulong* set);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int AllowProcessors(int thread, nuint bytes, ulong* set);
}
