using System;
using System.Collections.Concurrent;

namespace Specializer;

/// <summary>
/// Reports once for each model that its kernels were compiled without optimisation. A debug build marks the whole assembly
/// (<see cref="System.Diagnostics.DebuggableAttribute"/>), and the JIT compiler then optimises none of its methods, whatever they are marked with.
/// </summary>
internal static class UnoptimizedWarning
{
    /// <summary>The switch of the application's configuration that silences it.</summary>
    internal const string SilencingSwitch = "Specializer.SilenceUnoptimizedWarning";

    private static readonly ConcurrentDictionary<string, bool> s_reported = new(StringComparer.Ordinal);

    /// <summary>Writes the warning to the standard error stream, the first time that a model is loaded.</summary>
    public static void WriteOnce(ModelDescription description)
    {
        if (
            !description.IsOptimized
            && s_reported.TryAdd(description.Name, true)
            && !(AppContext.TryGetSwitch(SilencingSwitch, out bool silent) && silent)
        )
        {
            Console.Error.WriteLine(
                $"Specializer: {description.Name} was compiled without optimisation (a debug build), so it runs at about a twentieth of its speed. "
                    + "Run it with -c Release, or set <Optimize>true</Optimize> in the project that declares it; "
                    + $"or set the switch {SilencingSwitch}."
            );
        }
    }
}
