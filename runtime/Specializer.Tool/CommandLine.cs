using System;
using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using System.IO;
using Spectre.Console;

namespace Specializer.Tool;

/// <summary>The commands and their options.</summary>
internal static class CommandLine
{
    private const int CannotBeRead = 2;

    /// <returns>The exit code: 0 if all is well, 1 if something does not fit, 2 if the command line cannot be read.</returns>
    public static int Run(string[] arguments, IAnsiConsole console, TextWriter error)
    {
        ParseResult result = Root(console).Parse(arguments);
        if (result.Errors.Count > 0)
        {
            foreach (var problem in result.Errors)
            {
                error.WriteLine("error: " + problem.Message);
            }

            error.WriteLine("'specializer --help' lists the commands and options.");
            return CannotBeRead;
        }

        try
        {
            return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception exception) when (exception is ToolException or WeightsException or IOException or UnauthorizedAccessException)
        {
            error.WriteLine("error: " + exception.Message);
            return 1;
        }
    }

    private static Command Root(IAnsiConsole console)
    {
        var directory = new Argument<string>("DIR") { Description = "The model's folder, with its config.json." };
        Option<int> context = Number("--context-length", "A context length in the place of the config.json's.", 0);

        var inspect = new Command("inspect", "Shows a model's architecture, what it costs, and whether its checkpoint fits.")
        {
            directory,
            context,
        };
        inspect.SetAction(result => InspectCommand.Run(result.GetRequiredValue(directory), result.GetValue(context), console));

        var name = new Option<string?>("--name") { Description = "The name of the class. Default: made of the folder's." };
        var space = new Option<string?>("--namespace") { Description = "Its namespace. Default: none." };
        var output = new Option<string?>("--output", "-o") { Description = "The file to write. Default: the class's name in this folder." };
        var force = new Option<bool>("--force") { Description = "Write over a file that is there." };
        var create = new Command("new", "Writes the class that declares a model.") { directory, name, space, output, context, force };
        create.SetAction(result =>
            NewCommand.Run(
                new NewSettings(
                    result.GetRequiredValue(directory),
                    result.GetValue(name),
                    result.GetValue(space),
                    result.GetValue(output),
                    result.GetValue(context),
                    result.GetValue(force)
                ),
                console
            )
        );

        Option<int> length = Number("--positions", "Positions to run.", 16),
            seed = Number("--seed", "Where the random tokens start.", 1);
        var against = new Option<string?>("--against")
        {
            Description = "A safetensors file with what another program computed, as the program of --script writes it.",
            HelpName = "FILE",
        };
        var script = new Option<bool>("--script")
        {
            Description = "Prints the Python program that makes such a file with transformers, and runs nothing.",
        };
        var verify = new Command("verify", "Runs the generated code on the checkpoint and compares it with other implementations.")
        {
            directory,
            context,
            length,
            seed,
            against,
            script,
        };
        verify.SetAction(result =>
            result.GetValue(script)
                ? VerifyCommand.Script(
                    result.GetRequiredValue(directory),
                    result.GetValue(context),
                    result.GetValue(length),
                    result.GetValue(seed),
                    console
                )
                : VerifyCommand.Run(
                    result.GetRequiredValue(directory),
                    result.GetValue(context),
                    result.GetValue(length),
                    result.GetValue(seed),
                    result.GetValue(against),
                    console
                )
        );

        // A root command would be called after the assembly; the tool has another name.
        return new Command("specializer", "Looks at a model's folder as the generator of Specializer does.")
        {
            inspect,
            create,
            verify,
            new HelpOption(),
            new VersionOption(),
        };
    }

    private static Option<int> Number(string name, string description, int otherwise) =>
        new(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => otherwise,
            CustomParser = result =>
            {
                string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
                if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0)
                {
                    return number;
                }

                result.AddError($"{name} is '{text}'; it takes a whole number of 1 or more.");
                return otherwise;
            },
        };
}
