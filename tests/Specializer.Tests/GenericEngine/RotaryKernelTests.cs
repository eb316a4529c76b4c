using System;
using Specializer.GenericEngine;
using Specializer.Oracle;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.GenericEngine;

/// <summary>Rotary positions of the generic engine against the oracle.</summary>
[Feature("generic-engine")]
[Feature("rotary")]
public sealed class RotaryKernelTests
{
    private static readonly Tolerance SinglePrecision = new(1e-6, 1e-6);

    public static TheoryData<InstructionSet> InstructionSets => EngineKernels.Supported;

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Both_pairings_of_every_width_whole_and_partial(InstructionSet instructionSet)
    {
        EngineKernels kernels = EngineKernels.Of(instructionSet);
        foreach (
            (int headDimension, int rotaryDimension) in new[]
            {
                (2, 2),
                (12, 12),
                (12, 6),
                (48, 48),
                (64, 64),
                (64, 16),
                (80, 32),
                (128, 128),
                (100, 50),
            }
        )
        {
            foreach (RotaryPairing pairing in Enum.GetValues<RotaryPairing>())
            {
                OraclePairing oraclePairing = pairing == RotaryPairing.HalfSplit ? OraclePairing.HalfSplit : OraclePairing.Interleaved;
                RotaryLayout layout = new(20, rotaryDimension, pairing);
                foreach (int position in new[] { 0, 1, 19 })
                {
                    float[] heads = RandomFloats.Uniform(3 * headDimension, 1);
                    double[] expected = Positions.Rotate(
                        Array.ConvertAll(heads, value => (double)value),
                        headDimension,
                        position,
                        new OracleRotary(500, oraclePairing, rotaryDimension)
                    );
                    float[] actual = kernels.Rotate(layout, 500, position, heads, headDimension);
                    SinglePrecision.AssertClose<double, float>(
                        expected,
                        actual,
                        headDimension,
                        $"{pairing}, {rotaryDimension} of {headDimension}, position {position}"
                    );
                }
            }
        }
    }
}
