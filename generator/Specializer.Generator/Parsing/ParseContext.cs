using System;
using System.Threading;
using Microsoft.CodeAnalysis;
using Specializer.Generator.Diagnostics;

namespace Specializer.Generator.Parsing;

/// <summary>Where the parser says what is wrong, and remembers that something is.</summary>
internal sealed class ParseContext(Action<Diagnostic>? report, CancellationToken cancellationToken)
{
    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>Whether anything is wrong.</summary>
    public bool Failed { get; private set; }

    /// <summary>Whether anyone is told what is wrong: in the editor, and not when code is generated.</summary>
    public bool Reports => report is not null;

    public void Report(DiagnosticDescriptor descriptor, Location location, params object[] arguments)
    {
        Failed |= descriptor.DefaultSeverity == DiagnosticSeverity.Error;
        report?.Invoke(Diagnostic.Create(descriptor, location, arguments));
    }

    /// <summary>Reports what has one obvious mend, which the editor then offers.</summary>
    public void Report(DiagnosticDescriptor descriptor, Location location, Mend mend, params object[] arguments)
    {
        Failed = true;
        report?.Invoke(Diagnostic.Create(descriptor, location, mend.Properties, arguments));
    }

    /// <summary>Notes a mistake that the compiler reports itself: saying it twice would help nobody.</summary>
    public void FailSilently() => Failed = true;
}
