using System;
using Specializer.Oracle;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Oracle;

/// <summary>Activations and the error function against values computed with 40 digits and rounded to doubles.</summary>
[Feature("oracle")]
public sealed class ActivationTests
{
    // Four units in the last place of the expected value.
    private const double RelativeError = 4 * 2.220446049250313e-16;

    [Theory]
    [InlineData(0, 0, 1, 1)]
    [InlineData(1e-10, 1.1283791670955126e-10, 0.99999999988716208, 1.0000000001128379)]
    [InlineData(0.1, 0.1124629160182849, 0.8875370839817151, 1.1124629160182849)]
    [InlineData(0.5, 0.52049987781304654, 0.47950012218695346, 1.5204998778130465)]
    [InlineData(0.9999999, 0.842700751438961, 0.157299248561039, 1.842700751438961)]
    [InlineData(1.0000001, 0.84270083446046048, 0.15729916553953952, 1.8427008344604605)]
    [InlineData(1.5, 0.96610514647531073, 0.033894853524689273, 1.9661051464753107)]
    [InlineData(2.3, 0.99885682340264335, 0.0011431765973566525, 1.9988568234026433)]
    [InlineData(3.7, 0.99999983284894209, 1.6715105790914598e-7, 1.9999998328489421)]
    [InlineData(5.5, 0.99999999999999264, 7.3578479179743981e-15, 1.9999999999999926)]
    [InlineData(8.3, 1, 8.1414783530248925e-32, 2)]
    [InlineData(15.27, 1, 1.9996587886399789e-103, 2)]
    [InlineData(26.51, 1, 1.3007309645449086e-307, 2)]
    [InlineData(1e200, 1, 0, 2)]
    public void The_error_function_is_exact_to_the_last_bits(double x, double erf, double erfc, double erfcOfMinus)
    {
        AssertClose(erf, ErrorFunction.Erf(x));
        AssertClose(-erf, ErrorFunction.Erf(-x));
        AssertClose(erfc, ErrorFunction.Erfc(x));
        AssertClose(erfcOfMinus, ErrorFunction.Erfc(-x));
    }

    [Theory]
    [InlineData(-8.0, 0.0, 0.0, -4.9767684594174273e-15, -3.1077829375011112e-21, -9.7664288657303782e-6, -0.0026828010437318248)]
    [InlineData(-3.0, 0.0, 0.0, -0.0040496940948902836, -0.0036373920817730188, -0.018071309707785967, -0.14227761953270034)]
    [InlineData(-0.7, 0.0, 0.0, -0.16937455655615111, -0.16942986529488325, -0.16310604827684986, -0.23226855948228372)]
    [InlineData(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)]
    [InlineData(0.3, 0.3, 0.09, 0.18537342665668578, 0.18537092354275924, 0.1874841353815917, 0.17233275504349769)]
    [InlineData(1.0, 1.0, 1.0, 0.84134474606854295, 0.8411919906082767, 0.8457957659328213, 0.73105857863000488)]
    [InlineData(2.5, 2.5, 6.25, 2.4844758366855597, 2.4849157339100014, 2.4650138349514299, 2.3103545499468911)]
    [InlineData(6.0, 6.0, 36.0, 5.9999999940804741, 5.9999999999156035, 5.9997796464502126, 5.9851642610601914)]
    public void Activations_are_their_formulas(
        double x,
        double relu,
        double squaredRelu,
        double gelu,
        double geluTanh,
        double geluQuick,
        double silu
    )
    {
        AssertNear(relu, Activations.Apply(OracleActivation.Relu, x));
        AssertNear(squaredRelu, Activations.Apply(OracleActivation.SquaredRelu, x));
        AssertNear(gelu, Activations.Apply(OracleActivation.Gelu, x));
        AssertNear(geluTanh, Activations.Apply(OracleActivation.GeluTanh, x));
        AssertNear(geluQuick, Activations.Apply(OracleActivation.GeluQuick, x));
        AssertNear(silu, Activations.Apply(OracleActivation.Silu, x));
    }

    private static void AssertClose(double expected, double actual) =>
        Assert.True(Math.Abs(actual - expected) <= RelativeError * Math.Abs(expected), $"expected {expected:g17}, found {actual:g17}");

    // The tanh form cancels for negative x: the error is relative to x, not to the result.
    private static void AssertNear(double expected, double actual) =>
        Assert.True(Math.Abs(actual - expected) <= 1e-15 * (1 + Math.Abs(expected)), $"expected {expected:g17}, found {actual:g17}");
}
