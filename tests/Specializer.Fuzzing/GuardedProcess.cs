using System;
using System.Runtime.CompilerServices;
using Specializer.TestKit;

namespace Specializer.Fuzzing;

/// <summary>
/// Every model of this project runs with guard pages between its weights and buffers, if the system supports it.
/// SPECIALIZER_TEST_GUARD_PAGES=0 disables them.
/// </summary>
internal static class GuardedProcess
{
    [ModuleInitializer]
    internal static void TurnGuardsOn()
    {
        if (GuardPages.IsAvailable && Environment.GetEnvironmentVariable(GuardPages.Setting) != "0")
        {
            GuardPages.TurnOn();
        }
    }
}
