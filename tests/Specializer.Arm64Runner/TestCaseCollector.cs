using System.Collections.Generic;
using System.Reflection;
using System.Threading;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Specializer.Arm64Runner;

/// <summary>Receives the test cases that xunit finds in an assembly.</summary>
internal sealed class TestCaseCollector : LongLivedMarshalByRefObject, IMessageSink
{
    private readonly ManualResetEventSlim _complete = new();

    /// <summary>The tests that were found; complete after <see cref="Wait"/>.</summary>
    public List<ITestCase> TestCases { get; } = [];

    /// <summary>All test cases of an assembly, one for each row of a theory.</summary>
    public static List<ITestCase> Find(XunitTestFramework framework, Assembly assembly, ExecutionOptions options)
    {
        options.SetValue<bool?>("xunit.discovery.PreEnumerateTheories", true);
        TestCaseCollector collector = new();
        using ITestFrameworkDiscoverer discoverer = framework.GetDiscoverer(Reflector.Wrap(assembly));
        discoverer.Find(includeSourceInformation: false, collector, options);
        collector.Wait();
        return collector.TestCases;
    }

    /// <inheritdoc/>
    public bool OnMessage(IMessageSinkMessage message)
    {
        switch (message)
        {
            case ITestCaseDiscoveryMessage found:
                TestCases.Add(found.TestCase);
                break;
            case IDiscoveryCompleteMessage:
                _complete.Set();
                break;
        }

        return true;
    }

    /// <summary>Returns when all have been found.</summary>
    public void Wait() => _complete.Wait();
}
