using System;
using System.Runtime.Intrinsics;
using Specializer.TestKit;
using Specializer.Tests.Models;
using Xunit;

namespace Specializer.Tests.EndToEnd;

/// <summary>
/// Verifies the instruction set of a run of the tests. Environment variables contain the expected one; without them any is
/// accepted.
/// </summary>
[Feature("instruction-sets")]
public sealed class InstructionSetLegTests
{
    /// <summary>The member of <see cref="InstructionSet"/> that is expected to be the best.</summary>
    private const string ExpectedVariable = "SPECIALIZER_TEST_INSTRUCTION_SET";

    /// <summary>"0" where not even 128-bit vectors are expected in hardware, "1" where they are.</summary>
    private const string VectorsVariable = "SPECIALIZER_TEST_HARDWARE_VECTORS";

    [Fact]
    public void Models_run_on_the_instruction_set_that_the_run_is_for()
    {
        string expected = Environment.GetEnvironmentVariable(ExpectedVariable) is { Length: > 0 } name
            ? name
            : InstructionSets.Best.ToString();
        using IDecoderModel model = DeclaredModels.LlamaGolden.LoadRandom();
        Assert.Equal(expected, InstructionSets.Best.ToString());
        Assert.Equal(expected, ((TransformerModel)model).InstructionSet.ToString());
        using IDecoderSession session = model.CreateSession();
        session.Prefill(DeclaredModels.LlamaGolden.RandomTokens(3));
    }

    [VectorsFact]
    public void Vectors_are_in_hardware_if_the_run_says_so() =>
        Assert.Equal(Environment.GetEnvironmentVariable(VectorsVariable), Vector128.IsHardwareAccelerated ? "1" : "0");

    /// <summary>A fact that holds for a run that states its vectors; without the variable it reports itself skipped with the reason.</summary>
    private sealed class VectorsFactAttribute : FactAttribute
    {
        public VectorsFactAttribute() =>
            Skip = string.IsNullOrEmpty(Environment.GetEnvironmentVariable(VectorsVariable))
                ? $"The run does not state its vectors: {VectorsVariable} is not set."
                : null;
    }
}
