using Xunit;

namespace Specializer.Tests.Execution;

/// <summary>Tests that measure processor time or need the cores to themselves: they run one after the other, after all others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SerialTests
{
    public const string Name = "Serial";
}
