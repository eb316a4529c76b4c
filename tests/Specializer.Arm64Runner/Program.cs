using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Reflection;
using System.Runtime.InteropServices;
using Specializer;
using Specializer.Arm64Runner;
using Specializer.Fuzzing;
using Specializer.TestKit;
using Xunit.Abstractions;
using Xunit.Sdk;

// Runs the selected tests of Specializer.Tests in this process, without a test host, by xunit's own classes. The last line is "N
// passed, N failed"; the exit code is 0 if the tests ran on NEON and none failed. Arguments are parts of names: if there are any,
// only tests that contain one of them run. "--tiles", on any machine, runs no test: it makes the JIT compile the register tiles
// of its best instruction set for DOTNET_JitDisasm, and prints their number. "--compile FOLDER", on any machine, writes the
// assemblies that the fuzzer's tests run here. "--features", on any machine, lists the features of each test case for .ci/coverage.
if (args is ["--compile", string folder])
{
    Console.WriteLine($"{CompiledElsewhere.Write(folder, InstructionSet.Neon)} cases of the fuzzer compiled for {InstructionSet.Neon}");
    return 0;
}

if (args is ["--tiles"])
{
    Console.WriteLine(RegisterTiles.Compile(InstructionSets.Best));
    return 0;
}

if (args is ["--features"])
{
    FeatureList.Write(Console.Out);
    return 0;
}

if (InstructionSets.Best != InstructionSet.Neon)
{
    Console.WriteLine(
        $"This is {RuntimeInformation.ProcessArchitecture} with {InstructionSets.Best}; these tests are for {InstructionSet.Neon}. Start them with .ci/arm64."
    );
    Console.WriteLine("0 passed, 1 failed");
    return 1;
}

Console.WriteLine(
    $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.ProcessArchitecture}, {InstructionSets.Best}, {Environment.ProcessorCount} processors"
);
long start = Stopwatch.GetTimestamp();
ResultSink results = new();
foreach (Assembly assembly in FeatureList.Assemblies)
{
    ExecutionOptions options = new();
    using FeatureFramework framework = new(new TestCaseCollector());
    List<ITestCase> found = TestCaseCollector.Find(framework, assembly, options);
    List<ITestCase> selected = found.FindAll(testCase =>
        Selection.Includes(testCase)
        && (args.Length == 0 || Array.Exists(args, part => testCase.DisplayName.Contains(part, StringComparison.Ordinal)))
    );
    Console.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"{assembly.GetName().Name}: {selected.Count} of {found.Count} test cases")
    );
    if (selected.Count > 0)
    {
        using ITestFrameworkExecutor executor = framework.GetExecutor(assembly.GetName());
        executor.RunTests(selected, results, options);
        results.Wait();
    }
}

results.WriteTimes();
if (Environment.GetEnvironmentVariable("SPECIALIZER_TEST_PASSED") is { Length: > 0 } path)
{
    File.WriteAllLines(path, results.PassedNames);
}

Console.WriteLine(
    string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(start).TotalSeconds:f0} s on {InstructionSets.Best}")
);
Console.WriteLine(
    string.Create(
        CultureInfo.InvariantCulture,
        $"{results.Passed} passed, {results.Failed} failed{(results.Skipped > 0 ? $", {results.Skipped} skipped" : "")}"
    )
);
return results.Failed == 0 && results.Passed > 0 ? 0 : 1;
