using Xunit;

namespace Specializer.Tests;

/// <summary>A fact that needs <see cref="SharedData"/>; where the folder is absent it reports itself skipped with the reason.</summary>
internal sealed class SharedDataFactAttribute : FactAttribute
{
    public SharedDataFactAttribute() => Skip = SharedData.SkipReason;
}
