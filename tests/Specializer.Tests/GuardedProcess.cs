using System.Runtime.CompilerServices;
using Specializer.TestKit;

namespace Specializer.Tests;

/// <summary>Enables <see cref="GuardPages"/> before the first test if the environment requests them.</summary>
internal static class GuardedProcess
{
    [ModuleInitializer]
    internal static void ReadSetting() => GuardPages.ReadSetting();
}
