using System;
using Specializer.TestKit;
using Xunit;
using Xunit.Sdk;

namespace Specializer.Tests.Goldens;

[Feature("oracle")]
public sealed class ToleranceTests
{
    [Theory]
    [InlineData(0.0, 2e-5)]
    [InlineData(0.0, -2e-5)]
    [InlineData(10.0, 10.00101)]
    [InlineData(-10.0, -9.99899)]
    public void Near_values_pass(double expected, double actual) =>
        Tolerance.Default.AssertClose<double, double>([expected], [actual], columns: 1, "value");

    [Theory]
    [InlineData(0.0, 2.1e-5)]
    [InlineData(10.0, 10.00103)]
    [InlineData(1.0, double.NaN)]
    [InlineData(double.NaN, double.NaN)]
    [InlineData(double.NaN, 1.0)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(double.PositiveInfinity, 1.0)]
    [InlineData(1.0, double.NegativeInfinity)]
    public void Values_too_far_off_and_not_finite_ones_fail(double expected, double actual) =>
        Assert.Throws<XunitException>(() => Tolerance.Default.AssertClose<double, double>([expected], [actual], columns: 1, "value"));

    [Fact]
    public void The_message_names_the_first_failure_and_the_largest_error()
    {
        double[][] expected =
        [
            [1, 2, 3],
            [4, 5, 6],
        ];
        float[] actual = [1, 2.5f, 3, 4, 5, 7.5f];

        XunitException exception = Assert.Throws<XunitException>(() => Tolerance.Default.AssertClose(expected, actual, "logits"));

        Assert.Equal(
            "logits: 2 of 6 values are off by more than 2E-05 + 0.0001 · |expected|.\n"
                + "First: index 1 (row 0, column 1): expected 2, found 2.5, error 0.5.\n"
                + "Largest error: index 5 (row 1, column 2): expected 6, found 7.5, error 1.5.",
            exception.Message
        );
    }

    [Fact]
    public void NaN_is_the_largest_error()
    {
        XunitException exception = Assert.Throws<XunitException>(() =>
            Tolerance.Default.AssertClose<float, float>([1, 2, 3], [100, float.NaN, 3], columns: 3, "logits")
        );

        Assert.Contains("Largest error: index 1 (row 0, column 1): expected 2, found NaN", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lengths_must_agree() =>
        Assert.Throws<XunitException>(() => Tolerance.Default.AssertClose<double, float>([1, 2], [1], columns: 1, "logits"));

    [Fact]
    public void Nothing_is_not_a_success() =>
        Assert.Throws<XunitException>(() => Tolerance.Default.AssertClose<double, float>([], [], columns: 1, "logits"));
}
