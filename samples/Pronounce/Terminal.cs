using System;
using System.IO;
using Spectre.Console;

namespace Pronounce;

/// <summary>The console: colors and redrawn lines on a terminal, plain text when redirected.</summary>
internal static class Terminal
{
    /// <summary>The output of results; the terminal wraps long lines.</summary>
    public static IAnsiConsole Output { get; } = Create(Console.Out, Console.IsOutputRedirected, width: int.MaxValue);

    /// <summary>The output of progress, in lines that fit the terminal.</summary>
    public static IAnsiConsole Progress { get; } = Create(Console.Error, Console.IsErrorRedirected, width: null);

    /// <summary>Creates text that is less prominent than the results.</summary>
    public static Text Remark(string text) => new(text, new Style(Color.Grey));

    private static IAnsiConsole Create(TextWriter writer, bool redirected, int? width)
    {
        // The default enrichers enable ANSI if they detect a build server, even if the output is redirected.
        IAnsiConsole console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(writer),
                Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
                ColorSystem = redirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
                Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
                Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
            }
        );
        console.Profile.Width = width ?? console.Profile.Width;
        return console;
    }
}
