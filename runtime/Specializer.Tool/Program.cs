using System;
using Spectre.Console;

// Output that is redirected is neither wrapped nor colored.
bool isScreen =
    !Console.IsOutputRedirected
    && Environment.GetEnvironmentVariable("NO_COLOR") is null or ""
    && Environment.GetEnvironmentVariable("TERM") != "dumb";
IAnsiConsole console = isScreen
    ? AnsiConsole.Console
    : AnsiConsole.Create(
        new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        }
    );
if (Console.IsOutputRedirected)
{
    console.Profile.Width = 1000;
}

return Specializer.Tool.CommandLine.Run(args, console, Console.Error);
