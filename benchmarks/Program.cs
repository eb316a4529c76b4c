using System.CommandLine;
using System.Linq;
using BenchmarkDotNet.Running;
using Specializer.Benchmarks;

if (args.FirstOrDefault() is "roofline" or "compare" or "growth" or "peers" or "generator" or "--help" or "-h" or "-?")
{
    return new RootCommand("Measurements of Specializer. Any other arguments go to BenchmarkDotNet, for example: --filter '*'.") { RooflineCommand.Create(), CompareCommand.Create(), GrowthCommand.Create(), PeersCommand.Create(), GeneratorCommand.Create() }
        .Parse(args)
        .Invoke();
}

BenchmarkSwitcher.FromAssembly(typeof(MachineLimits).Assembly).Run(args);
return 0;
