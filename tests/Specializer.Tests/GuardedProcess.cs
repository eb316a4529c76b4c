using System.Runtime.CompilerServices;
using Specializer.TestKit;

namespace Specializer.Tests;

/// <summary>Turns <see cref="GuardPages"/> on before the first test where the environment asks for them.</summary>
internal static class GuardedProcess
{
    [ModuleInitializer]
    internal static void ReadSetting() => GuardPages.ReadSetting();
}
