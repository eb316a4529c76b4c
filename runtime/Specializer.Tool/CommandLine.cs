using System;
using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using System.IO;
using Specializer.Tool.Merging;
using Spectre.Console;

namespace Specializer.Tool;

/// <summary>The commands and their options.</summary>
internal static class CommandLine
{
    private const int CannotBeRead = 2;

    /// <returns>The exit code: 0 for success, 1 for a failure, 2 for an invalid command line.</returns>
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
        var directory = new Argument<string>("DIR") { Description = "The folder of the model, with its config.json, or a GGUF file." };
        Option<int> context = Number("--context-length", "The context length; overrides the config.json.", 0);

        var inspect = new Command("inspect", "Prints the architecture of a model, its cost, and whether its checkpoint matches.")
        {
            directory,
            context,
        };
        inspect.SetAction(result => InspectCommand.Run(result.GetRequiredValue(directory), result.GetValue(context), console));

        var name = new Option<string?>("--name") { Description = "The name of the class. Default: derived from the folder." };
        var space = new Option<string?>("--namespace") { Description = "Its namespace. Default: none." };
        var output = new Option<string?>("--output", "-o")
        {
            Description = "The file to write. Default: named after the class or model, in the current folder.",
        };
        var storage = new Option<string?>("--storage")
        {
            Description = "The storage type of the weights of linear layers. Default: Float32.",
            HelpName = "TYPE",
        };
        storage.AcceptOnlyFromAmong(QuantizeCommand.Storages);
        var force = new Option<bool>("--force") { Description = "Overwrite an existing file." };
        var create = new Command("new", "Writes the class that declares a model.")
        {
            directory,
            name,
            space,
            output,
            context,
            storage,
            force,
        };
        create.SetAction(result =>
            NewCommand.Run(
                new NewSettings(
                    result.GetRequiredValue(directory),
                    result.GetValue(name),
                    result.GetValue(space),
                    result.GetValue(output),
                    result.GetValue(context),
                    result.GetValue(force)
                )
                {
                    Storage = result.GetValue(storage),
                },
                console
            )
        );

        Option<int> length = Number("--positions", "The number of positions to run.", 16),
            seed = Number("--seed", "The seed of the random tokens.", 1);
        var against = new Option<string?>("--against")
        {
            Description = "A safetensors file with the results of another program, in the format of --script.",
            HelpName = "FILE",
        };
        var script = new Option<bool>("--script")
        {
            Description = "Print the Python program that creates such a file with transformers; nothing is run.",
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

        // The name of a root command would be the name of the assembly; the name of the tool differs.
        return new Command("specializer", "Reads the folder of a model like the generator of Specializer.")
        {
            inspect,
            create,
            verify,
            Quantize(directory, output, context, force, console),
            Import(force, console),
            Merge(directory, force, console),
            new HelpOption(),
            new VersionOption(),
        };
    }

    private static Command Quantize(
        Argument<string> directory,
        Option<string?> output,
        Option<int> context,
        Option<bool> force,
        IAnsiConsole console
    )
    {
        var storage = new Option<string>("--storage")
        {
            Description = "The storage type of the weights of linear layers.",
            HelpName = "TYPE",
            Required = true,
        };
        storage.AcceptOnlyFromAmong(QuantizeCommand.Storages);
        var quantize = new Command("quantize", "Rounds the weights of a model and writes them to a packed file for LoadPacked.")
        {
            directory,
            storage,
            output,
            context,
            force,
        };
        quantize.SetAction(result =>
            QuantizeCommand.Run(
                result.GetRequiredValue(directory),
                result.GetRequiredValue(storage),
                result.GetValue(output),
                result.GetValue(context),
                result.GetValue(force),
                console
            )
        );
        return quantize;
    }

    private static Command Import(Option<bool> force, IAnsiConsole console)
    {
        var file = new Argument<string>("FILE") { Description = "An ONNX file, or a .NET assembly with one as an embedded resource." };
        var to = new Option<string>("--to")
        {
            Description = "The folder to write.",
            HelpName = "DIR",
            Required = true,
        };
        var with = new Option<string?>("--with")
        {
            Description = "A folder with more files of the model, such as its config.json. Those beside FILE are always used.",
            HelpName = "DIR",
        };
        var import = new Command("import", "Converts an ONNX export to a folder with config.json and model.safetensors.")
        {
            file,
            to,
            with,
            force,
        };
        import.SetAction(result =>
            ImportCommand.Run(
                result.GetRequiredValue(file),
                result.GetRequiredValue(to),
                result.GetValue(with),
                result.GetValue(force),
                console
            )
        );
        return import;
    }

    private static Command Merge(Argument<string> directory, Option<bool> force, IAnsiConsole console)
    {
        var adapters = new Option<string[]>("--adapter")
        {
            Description = "The folder of a LoRA adapter, as PEFT saves it. Several are merged in their order.",
            HelpName = "DIR",
            Required = true,
        };
        var to = new Option<string>("--to")
        {
            Description = "The folder to write.",
            HelpName = "DIR",
            Required = true,
        };
        var merge = new Command("merge", "Merges LoRA adapters into the weights of a model.") { directory, adapters, to, force };
        merge.SetAction(result =>
            MergeCommand.Run(
                result.GetRequiredValue(directory),
                result.GetRequiredValue(adapters),
                result.GetRequiredValue(to),
                result.GetValue(force),
                console
            )
        );
        return merge;
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

                result.AddError($"{name} is '{text}'; expected an integer of at least 1.");
                return otherwise;
            },
        };
}
