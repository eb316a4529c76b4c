using System;
using System.Linq;
using Specializer.Fuzzing;
using Specializer.Tests.Models;
using Xunit.Abstractions;

namespace Specializer.Arm64Runner;

/// <summary>
/// Selects the tests that run under emulation, which makes every instruction about a hundred times slower. They are the tests of
/// kernels and whole models, generated and generic, on NEON, and of other code with vectors. The remaining tests run the same
/// kernels again, or the portable ones, which use the same 128-bit vectors here.
/// </summary>
internal static class Selection
{
    private const string GenericEngine = "Specializer.Tests.GenericEngine.";

    /// <summary>Its cases run on the instruction set of the process, compiled before.</summary>
    private const string Fuzzing = "Specializer.Fuzzing.";

    private static readonly string[] s_prefixes =
    [
        "Specializer.Tests.Kernels.",
        "Specializer.Tests.EndToEnd.",
        "Specializer.Tests.Families.",
        "Specializer.Tests.EncoderDecoder.",
        GenericEngine,
        "Specializer.Tests.Sampling.",
        "Specializer.Tests.Weights.TensorViewTests",
        Fuzzing,
    ];

    /// <summary>The tests of validation, cancellation, counts and sampling run the same code on every instruction set.</summary>
    private static readonly string[] s_ofAnyInstructionSet =
    [
        "Specializer.Tests.EndToEnd.AllocationTests",
        "Specializer.Tests.EndToEnd.CancellationTests",
        "Specializer.Tests.EndToEnd.ConstantsTests",
        "Specializer.Tests.EndToEnd.ModelOptionsTests",
        "Specializer.Tests.EndToEnd.SessionArgumentTests",
        "Specializer.Tests.EndToEnd.WrongWeightsTests",
        "Specializer.Tests.Sampling.SamplerTests",
        // It compiles a model of the shared data while it runs.
        "Specializer.Fuzzing.LongRopeFixtureTests",
        "Specializer.Fuzzing.Configurations.ConfigurationTests",
        "Specializer.Fuzzing.Configurations.ConfigurationRunTests",
    ];

    private static readonly string[] s_ofFamilies = ["are_the_golden_ones", "is_the_golden_one", "published", "only_the_band", "reference"];

    /// <summary>The test of equal bits runs a model twelve times over. Left out are twins of others, and one that is long.</summary>
    private static readonly string[] s_notForEqualBits =
    [
        nameof(LlamaGoldenShortChunk),
        nameof(LongContext4096),
        nameof(LongContext8192),
        nameof(Stories260K),
    ];

    /// <summary>Whether a test case is run.</summary>
    public static bool Includes(ITestCase testCase)
    {
        string name = testCase.TestMethod.TestClass.Class.Name;
        object[] arguments = testCase.TestMethodArguments ?? [];
        if (!s_prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) || s_ofAnyInstructionSet.Contains(name))
        {
            return false;
        }

        if (name.StartsWith(Fuzzing, StringComparison.Ordinal))
        {
            return CompiledElsewhere.IsSet;
        }

        if (name.StartsWith(GenericEngine, StringComparison.Ordinal))
        {
            return arguments.Contains(InstructionSet.Neon);
        }

        bool isPortable = arguments.Contains(InstructionSet.Portable);
        if (
            name.StartsWith("Specializer.Tests.Families.", StringComparison.Ordinal)
            || name.StartsWith("Specializer.Tests.EncoderDecoder.", StringComparison.Ordinal)
        )
        {
            // Once for each family, and only against its golden results.
            bool isTwice = arguments.Contains(2) && name.EndsWith(".EncoderGoldenTests", StringComparison.Ordinal);
            return arguments.Contains(InstructionSet.Neon)
                && !isTwice
                && s_ofFamilies.Any(part => testCase.TestMethod.Method.Name.Contains(part, StringComparison.Ordinal));
        }

        return testCase.TestMethod.Method.Name switch
        {
            nameof(Tests.EndToEnd.SameBitsTests.Any_number_of_threads_and_any_chunking_give_the_same_bits) => !isPortable
                && !s_notForEqualBits.Any(arguments.Contains),

            // The kernel that finds the highest logit has tests of its own.
            nameof(Tests.EndToEnd.GreedyTests.Greedy_steps_give_the_tokens_with_the_highest_logits) => arguments.Contains(
                nameof(LlamaGolden)
            ),
            _ => !isPortable || arguments.Contains(nameof(LlamaGolden)) || name.EndsWith(".GoldenLlamaTests", StringComparison.Ordinal),
        };
    }
}
