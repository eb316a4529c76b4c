using System;
using System.Runtime.InteropServices;

namespace Specializer;

/// <summary>On which processor the calling thread runs, and how it gets to another.</summary>
/// <remarks>Linux only. Elsewhere nothing is known, and nothing is done.</remarks>
internal static unsafe partial class Processors
{
    /// <summary>What <see cref="Current"/> returns where the system does not say.</summary>
    public const int Unknown = -1;

    // 1,024 processors, as the C library's own set has; a system with more of them refuses, and threads stay where they are.
    private const int SetWords = 16;

    private static readonly bool s_isKnown = IsKnown();

    /// <summary>The processor that the calling thread runs on, or <see cref="Unknown"/>.</summary>
    public static int Current() => s_isKnown ? CurrentProcessor() : Unknown;

    /// <summary>
    /// Moves the calling thread to a processor that it may use and that is not among some, and lets it use all those that it
    /// might use before: where it goes from there is the system's affair again.
    /// </summary>
    /// <param name="taken">The processors not to go to, or <see cref="Unknown"/>.</param>
    /// <returns>Whether there was one to go to.</returns>
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

        // It may fail only if the set has shrunk meanwhile; then the smaller one stays, which is within what is allowed.
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

    // Answered without entering the system.
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
