using Xunit;

namespace Specializer.TestKit;

/// <summary>A theory that needs <see cref="SharedData"/>; where the folder is absent it reports itself skipped with the reason.</summary>
public sealed class SharedDataTheoryAttribute : TheoryAttribute
{
    public SharedDataTheoryAttribute() => Skip = SharedData.SkipReason;
}
