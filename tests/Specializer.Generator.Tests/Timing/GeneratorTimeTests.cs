using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Specializer.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace Specializer.Generator.Tests.Timing;

/// <summary>
/// The time that the generator adds to a build and to an edit, as the compiler measures it (including the parsing of generated
/// files). The aims are 100 ms cold and 5 ms for an unrelated edit. The limits are five times as high, and the best of several
/// runs counts. Time in which other processes use the processor does not count, so that the tests fail only because of the
/// generator. The times of all runs are in the test's output.
/// </summary>
[Feature("speed")]
[Collection(SequentialCollection.Name)]
public sealed class GeneratorTimeTests(ITestOutputHelper output)
{
    private const int MostColdMilliseconds = 5 * 100;
    private const int MostUnrelatedEditMilliseconds = 5 * 5;

    private static readonly string s_largest = new[] { Declarations.Pronunciation, Declarations.OddSizes }.MaxBy(static declaration =>
        GeneratorRun.Of(declaration).Files.Values.Sum(static text => text.Length)
    )!;

    [Fact]
    public void Largest_model_cold()
    {
        // Whatever the compiler itself compiles at first use, the run that chose the largest model has had compiled.
        double best = BestOf(
            5,
            "Cold",
            static () =>
            {
                CSharpCompilation compilation = TestProject.Compile(s_largest);
                return GeneratorRun.CreateDriver(FreshGenerator.Load(), compilation).RunGenerators(compilation);
            }
        );
        Assert.True(best < MostColdMilliseconds, $"A cold generator needed {best:F1} ms.");
    }

    [Fact]
    public void Largest_model_warm()
    {
        double best = BestOf(
            5,
            "Warm",
            static () =>
            {
                CSharpCompilation compilation = TestProject.Compile(s_largest);
                return GeneratorRun.CreateDriver(new SpecializerGenerator().AsSourceGenerator(), compilation).RunGenerators(compilation);
            }
        );
        Assert.True(best < MostColdMilliseconds, $"A warm generator needed {best:F1} ms.");
    }

    [Fact]
    public void Unrelated_edit()
    {
        CSharpCompilation compilation = TestProject.Compile(s_largest, "class Unrelated { int Number() => 0; }");
        GeneratorDriver driver = GeneratorRun
            .CreateDriver(new SpecializerGenerator().AsSourceGenerator(), compilation)
            .RunGenerators(compilation);
        int edit = 0;
        double best = BestOf(
            10,
            "Unrelated edit",
            () =>
            {
                edit++;
                driver = driver.RunGenerators(compilation.Edit(1, $"class Unrelated {{ int Number() => {edit}; }}"));
                return driver;
            }
        );
        Assert.True(best < MostUnrelatedEditMilliseconds, $"An unrelated edit needed {best:F2} ms in the generator.");
    }

    private double BestOf(int runs, string what, Func<GeneratorDriver> run)
    {
        var times = new List<(double Elapsed, double Processor)>();
        for (int i = 0; i < runs; i++)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            GeneratorDriver driver = run();
            TimeSpan processor = Environment.CpuUsage.TotalTime - before;
            times.Add((driver.GetTimingInfo().GeneratorTimes.Single().ElapsedTime.TotalMilliseconds, processor.TotalMilliseconds));
        }

        IEnumerable<string> text = times.Select(static time =>
            string.Create(CultureInfo.InvariantCulture, $"{time.Elapsed:F1} ({time.Processor:F1})")
        );
        output.WriteLine(what + ", elapsed and processor time in ms: " + string.Join(", ", text));
        return times.Min(static time => Math.Min(time.Elapsed, time.Processor));
    }
}
