using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using Xunit;
using Xunit.Abstractions;

namespace Specializer.Arm64Runner;

/// <summary>Counts the results of a run and writes what failed.</summary>
internal sealed class ResultSink : LongLivedMarshalByRefObject, IMessageSink
{
    /// <summary>Slower tests are reported one by one.</summary>
    private const decimal SlowSeconds = 5;

    private readonly ManualResetEventSlim _finished = new();
    private readonly Dictionary<string, decimal> _seconds = [];

    /// <summary>Tests that passed.</summary>
    public int Passed { get; private set; }

    /// <summary>Their names.</summary>
    public List<string> PassedNames { get; } = [];

    /// <summary>Tests that failed, and errors outside of tests.</summary>
    public int Failed { get; private set; }

    /// <summary>Tests that report themselves that they cannot run here.</summary>
    public int Skipped { get; private set; }

    /// <inheritdoc/>
    public bool OnMessage(IMessageSinkMessage message)
    {
        lock (_seconds)
        {
            switch (message)
            {
                case ITestPassed passed:
                    Passed++;
                    PassedNames.Add(passed.Test.DisplayName);
                    Count(passed);
                    break;
                case ITestFailed failed:
                    Failed++;
                    Count(failed);
                    Write("failed: " + failed.Test.DisplayName, failed);
                    break;
                case ITestSkipped skipped:
                    Skipped++;
                    Console.WriteLine($"skipped: {skipped.Test.DisplayName}: {skipped.Reason}");
                    break;
                case ITestAssemblyFinished:
                    _finished.Set();
                    break;
                case IFailureInformation error:
                    Failed++;
                    Write("error outside of a test", error);
                    break;
            }
        }

        return true;
    }

    /// <summary>Returns when all tests of an assembly have been executed.</summary>
    public void Wait()
    {
        _finished.Wait();
        _finished.Reset();
    }

    /// <summary>Writes the time of each class of tests, the longest first.</summary>
    public void WriteTimes()
    {
        foreach ((string name, decimal seconds) in _seconds.OrderByDescending(entry => entry.Value))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds, 8:f1} s  {name}"));
        }
    }

    private static void Write(string what, IFailureInformation failure)
    {
        Console.WriteLine(what);
        Console.WriteLine("  " + string.Join("\n  ", failure.Messages));
        Console.WriteLine(string.Join('\n', failure.StackTraces));
    }

    private void Count(ITestResultMessage result)
    {
        string name = result.TestClass.Class.Name;
        _seconds[name] = _seconds.GetValueOrDefault(name) + result.ExecutionTime;
        if (result.ExecutionTime >= SlowSeconds)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.ExecutionTime, 8:f1} s  {result.Test.DisplayName}"));
        }
    }
}
