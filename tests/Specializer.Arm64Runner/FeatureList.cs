using System.IO;
using System.Reflection;
using Specializer.Fuzzing;
using Specializer.TestKit;
using Specializer.Tests.EndToEnd;
using Xunit.Abstractions;

namespace Specializer.Arm64Runner;

/// <summary>The features that each test case shows: .ci/coverage joins them with the names of the tests that passed.</summary>
internal static class FeatureList
{
    /// <summary>The assemblies whose tests run on every instruction set.</summary>
    public static Assembly[] Assemblies { get; } = [typeof(InstructionSetLegTests).Assembly, typeof(CompiledElsewhere).Assembly];

    /// <summary>Writes a line for each feature of each test case: its name, the feature, what declares it, and its case, between tabs.</summary>
    public static void Write(TextWriter output)
    {
        foreach (Assembly assembly in Assemblies)
        {
            using FeatureFramework framework = new(new TestCaseCollector());
            foreach (ITestCase testCase in TestCaseCollector.Find(framework, assembly, new ExecutionOptions()))
            {
                foreach ((string feature, string source, string name) in FeatureFramework.Features(testCase))
                {
                    output.WriteLine(string.Join('\t', testCase.DisplayName, feature, source, name));
                }
            }
        }
    }
}
