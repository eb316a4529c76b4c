using System;
using System.Threading;
using Microsoft.CodeAnalysis;
using Specializer.Generator.Diagnostics;

namespace Specializer.Generator.Parsing;

/// <summary>Receives the errors that the parser finds and records whether there are any.</summary>
internal sealed class ParseContext(Action<Diagnostic>? report, CancellationToken cancellationToken)
{
    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>Whether there are errors.</summary>
    public bool Failed { get; private set; }

    /// <summary>Whether errors are reported: in the editor, but not when code is generated.</summary>
    public bool Reports => report is not null;

    public void Report(DiagnosticDescriptor descriptor, Location location, params object[] arguments)
    {
        Failed |= descriptor.DefaultSeverity == DiagnosticSeverity.Error;
        report?.Invoke(Diagnostic.Create(descriptor, location, arguments));
    }

    /// <summary>Reports an error with a suggested fix.</summary>
    public void Report(DiagnosticDescriptor descriptor, Location location, SuggestedFix fix, params object[] arguments)
    {
        Failed = true;
        report?.Invoke(Diagnostic.Create(descriptor, location, fix.Properties, arguments));
    }

    /// <summary>Records an error that the compiler reports itself, to avoid a second report.</summary>
    public void FailSilently() => Failed = true;
}
