using System;
using System.IO;
using Spectre.Console;

namespace Pronounce;

/// <summary>The console: colours and redrawn lines on a terminal, plain text when redirected.</summary>
internal static class Terminal
{
    /// <summary>Where results go, in lines of any length: breaking them is left to the terminal.</summary>
    public static IAnsiConsole Output { get; } = Create(Console.Out, Console.IsOutputRedirected, width: int.MaxValue);

    /// <summary>Where progress goes, in lines that fit.</summary>
    public static IAnsiConsole Progress { get; } = Create(Console.Error, Console.IsErrorRedirected, width: null);

    /// <summary>Text that steps back behind the results.</summary>
    public static Text Remark(string text) => new(text, new Style(Color.Grey));

    private static IAnsiConsole Create(TextWriter writer, bool redirected, int? width)
    {
        // The default enrichers switch ANSI on where they recognise a build server, redirected or not.
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
