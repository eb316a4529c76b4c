using System;
using System.Runtime.InteropServices;
using Xunit.Sdk;

namespace Specializer.TestKit;

/// <summary>Comparison to the last bit.</summary>
public static class Bits
{
    /// <summary>Fails unless all values are the same bits, so that 0 and -0 differ and a NaN equals itself.</summary>
    public static void AssertSame(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        if (expected.Length != actual.Length)
        {
            throw new XunitException(FormattableString.Invariant($"{what}: expected {expected.Length} values, found {actual.Length}."));
        }

        int same = MemoryMarshal.Cast<float, int>(expected).CommonPrefixLength(MemoryMarshal.Cast<float, int>(actual));
        if (same < expected.Length)
        {
            throw new XunitException(
                FormattableString.Invariant(
                    $"{what}: value {same} of {expected.Length} differs: expected {expected[same]:r}, found {actual[same]:r}."
                )
            );
        }
    }
}
