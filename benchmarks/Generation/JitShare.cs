using System;
using System.Collections.Generic;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers;

namespace Specializer.Benchmarks;

/// <summary>The JIT compilation of an assembly's own methods, read from a trace of runtime events.</summary>
/// <param name="Methods">The number of methods.</param>
/// <param name="Milliseconds">The sum of the compilation times.</param>
internal readonly record struct JitShare(int Methods, double Milliseconds)
{
    /// <summary>All events of the JIT compiler.</summary>
    public const string EventPipeConfiguration = "Microsoft-Windows-DotNETRuntime:0x10:5";

    /// <param name="trace">The file that the runtime wrote.</param>
    /// <param name="namespacePrefix">The prefix of the names of the types to include.</param>
    public static JitShare Read(string trace, string namespacePrefix)
    {
        var started = new Dictionary<(int Thread, long Method), double>();
        int methods = 0;
        double milliseconds = 0;
        using var source = new EventPipeEventSource(trace);
        source.Clr.MethodJittingStarted += data => started[(data.ThreadID, data.MethodID)] = data.TimeStampRelativeMSec;
        source.Clr.MethodLoadVerbose += data =>
        {
            if (
                started.Remove((data.ThreadID, data.MethodID), out double start)
                && data.MethodNamespace.StartsWith(namespacePrefix, StringComparison.Ordinal)
            )
            {
                methods++;
                milliseconds += data.TimeStampRelativeMSec - start;
            }
        };
        source.Process();
        return new JitShare(methods, milliseconds);
    }
}
