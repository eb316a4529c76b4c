using System;

namespace Specializer;

/// <summary>
/// The exception that ends the work of a worker when another worker of the same run has failed. The team catches it; callers get
/// the original exception.
/// </summary>
internal sealed class RunAbandonedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public RunAbandonedException()
        : base("Another worker of this run has failed; its exception is thrown in the caller of the run.") { }
}
