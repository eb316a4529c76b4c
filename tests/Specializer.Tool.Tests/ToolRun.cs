using System;
using System.IO;
using Spectre.Console;

namespace Specializer.Tool.Tests;

/// <summary>One call of the tool, with what it wrote.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Error)
{
    public static ToolRun Of(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(output),
                Ansi = AnsiSupport.No,
                Interactive = InteractionSupport.No,
            }
        );
        console.Profile.Width = 1000;
        int exitCode = CommandLine.Run(arguments, console, error);
        return new ToolRun(exitCode, output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
    }
}
