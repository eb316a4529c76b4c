using System;
using System.CommandLine;
using System.Linq;
using System.Runtime.CompilerServices;
using BenchmarkDotNet.Running;
using Specializer.Benchmarks;

// The child processes of "start" measure themselves, so the library of the command line is not loaded for them.
return args switch
{
    [FirstToken.Command, var path] => FirstToken.Run(path, path.EndsWith(".packed", StringComparison.Ordinal)),
    [LoadedMemory.Command, var path] => LoadedMemory.Run(path),
    _ => Run(args),
};

[MethodImpl(MethodImplOptions.NoInlining)]
static int Run(string[] args)
{
    Command[] commands =
    [
        RooflineCommand.Create(),
        CompareCommand.Create(),
        MicroCommand.Create(),
        PeersCommand.Create(),
        QualityCommand.Create(),
        ThreadsCommand.Create(),
        StartCommand.Create(),
        GrowthCommand.Create(),
        GeneratorCommand.Create(),
    ];
    if (args is [var first, ..] && (first is "--help" or "-h" or "-?" || commands.Any(command => command.Name == first)))
    {
        var root = new RootCommand("Measurements of Specializer. Any other arguments go to BenchmarkDotNet, for example: --filter '*'.");
        foreach (Command command in commands)
        {
            root.Add(command);
        }

        return root.Parse(args).Invoke();
    }

    BenchmarkSwitcher.FromAssembly(typeof(MachineLimits).Assembly).Run(args);
    return 0;
}
