using System;
using Spectre.Console;

// What is not read on a screen is not wrapped for one.
if (Console.IsOutputRedirected)
{
    AnsiConsole.Profile.Width = 1000;
}

return Specializer.Tool.CommandLine.Run(args, AnsiConsole.Console, Console.Error);
