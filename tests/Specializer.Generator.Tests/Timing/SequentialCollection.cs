using Xunit;

namespace Specializer.Generator.Tests.Timing;

/// <summary>Tests that measure time run after all others, one at a time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SequentialCollection
{
    public const string Name = "Sequential";
}
