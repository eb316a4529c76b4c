using System.Collections.Generic;
using System.Threading;
using Xunit;
using Xunit.Abstractions;

namespace Specializer.Arm64Runner;

/// <summary>Receives the test cases that xunit finds in an assembly.</summary>
internal sealed class TestCaseCollector : LongLivedMarshalByRefObject, IMessageSink
{
    private readonly ManualResetEventSlim _complete = new();

    /// <summary>The tests that were found; complete after <see cref="Wait"/>.</summary>
    public List<ITestCase> TestCases { get; } = [];

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
