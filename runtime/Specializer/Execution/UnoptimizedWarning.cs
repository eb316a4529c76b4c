using System;
using System.Collections.Concurrent;

namespace Specializer;

/// <summary>
/// Reports once for each model that its kernels are compiled without optimization. A debug build marks the whole assembly
/// (<see cref="System.Diagnostics.DebuggableAttribute"/>). The JIT compiler then optimizes none of its methods, regardless of
/// their attributes.
/// </summary>
internal static class UnoptimizedWarning
{
    /// <summary>The configuration switch that suppresses the warning.</summary>
    internal const string SilencingSwitch = "Specializer.SilenceUnoptimizedWarning";

    private static readonly ConcurrentDictionary<string, bool> s_reported = new(StringComparer.Ordinal);

    /// <summary>Writes the warning to the standard error stream when a model is loaded for the first time.</summary>
    public static void WriteOnce(ModelDescription description)
    {
        if (
            !description.IsOptimized
            && s_reported.TryAdd(description.Name, true)
            && !(AppContext.TryGetSwitch(SilencingSwitch, out bool silent) && silent)
        )
        {
            Console.Error.WriteLine(
                $"Specializer: {description.Name} was compiled without optimization (a debug build), so it runs at about a twentieth of its speed. "
                    + "Run it with -c Release, or set <Optimize>true</Optimize> in the project that declares it; "
                    + $"or set the switch {SilencingSwitch}."
            );
        }
    }
}
