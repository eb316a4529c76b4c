using System;

namespace Specializer;

/// <summary>
/// Unwinds a worker from its work when another worker of the same run has failed. It is caught by the team; callers
/// see the failure itself.
/// </summary>
internal sealed class RunAbandonedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public RunAbandonedException()
        : base("Another worker of this run has failed; its exception is thrown in the caller of the run.") { }
}
