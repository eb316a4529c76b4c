using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Specializer.TestKit;

/// <summary>xunit's own framework, which also gives the cases of a theory the features that name them.</summary>
public sealed class FeatureFramework(IMessageSink messageSink) : XunitTestFramework(messageSink)
{
    /// <summary>
    /// The features of a test case, each with the class or method that declares it. The name of its case is empty for a feature
    /// of all tests of the method or class.
    /// </summary>
    public static IEnumerable<(string Feature, string Source, string Case)> Features(ITestCase testCase)
    {
        ArgumentNullException.ThrowIfNull(testCase);
        MethodInfo method = testCase.TestMethod.Method.ToRuntimeMethod();
        Type type = testCase.TestMethod.TestClass.Class.ToRuntimeType();
        string[] arguments = [.. (testCase.TestMethodArguments ?? []).OfType<string>()];
        return method
            .GetCustomAttributes<FeatureAttribute>()
            .Select(feature => (Feature: feature, Source: type.Name + "." + method.Name))
            .Concat(type.GetCustomAttributes<FeatureAttribute>().Select(feature => (Feature: feature, Source: type.Name)))
            .SelectMany(declared =>
                declared.Feature.Cases.Length == 0
                    ? [(declared.Feature.Name, declared.Source, "")]
                    : declared
                        .Feature.Cases.Where(name => arguments.Any(argument => IsCase(argument, name)))
                        .Select(name => (declared.Feature.Name, declared.Source, name))
            );
    }

    /// <inheritdoc/>
    protected override ITestFrameworkDiscoverer CreateDiscoverer(IAssemblyInfo assemblyInfo) =>
        new Discoverer(assemblyInfo, SourceInformationProvider, DiagnosticMessageSink);

    private static bool IsCase(string argument, string name) =>
        name.EndsWith('*') ? argument.StartsWith(name[..^1], StringComparison.Ordinal) : argument == name;

    private sealed class Discoverer(
        IAssemblyInfo assemblyInfo,
        ISourceInformationProvider sourceProvider,
        IMessageSink diagnosticMessageSink
    ) : XunitTestFrameworkDiscoverer(assemblyInfo, sourceProvider, diagnosticMessageSink)
    {
        protected override bool FindTestsForMethod(
            ITestMethod testMethod,
            bool includeSourceInformation,
            IMessageBus messageBus,
            ITestFrameworkDiscoveryOptions discoveryOptions
        ) => base.FindTestsForMethod(testMethod, includeSourceInformation, new FeatureBus(messageBus), discoveryOptions);
    }

    /// <summary>Adds the features of a test case before the runner learns of it.</summary>
    private sealed class FeatureBus(IMessageBus messageBus) : IMessageBus
    {
        public bool QueueMessage(IMessageSinkMessage message)
        {
            if (message is ITestCaseDiscoveryMessage { TestCase: { } testCase })
            {
                foreach ((string feature, _, _) in Features(testCase))
                {
                    if (!testCase.Traits.TryGetValue(FeatureAttribute.Trait, out List<string>? names))
                    {
                        testCase.Traits.Add(FeatureAttribute.Trait, names = []);
                    }

                    if (!names.Contains(feature))
                    {
                        names.Add(feature);
                    }
                }
            }

            return messageBus.QueueMessage(message);
        }

        // The runner that made the inner bus disposes of it.
        public void Dispose() { }
    }
}
