using Xunit;

namespace Specializer.TestKit;

/// <summary>A fact that needs <see cref="SharedData"/>; where the folder is absent it reports itself skipped with the reason.</summary>
public sealed class SharedDataFactAttribute : FactAttribute
{
    public SharedDataFactAttribute() => Skip = SharedData.SkipReason;
}
