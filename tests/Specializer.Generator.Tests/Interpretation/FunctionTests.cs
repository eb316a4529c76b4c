using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Lowering;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Interpretation;

using Activation = Specializer.Generator.Architecture.Activation;

/// <summary>The vector functions equal those of the class library in double precision, on every target.</summary>
[Feature("kernels")]
public sealed class FunctionTests
{
    private const float Half = 0.5f;

    private static readonly Dictionary<Activation, Func<double, double>> s_activations = new()
    {
        [Activation.Relu] = static x => Math.Max(x, 0),
        [Activation.SquaredRelu] = static x => Math.Pow(Math.Max(x, 0), 2),
        [Activation.Silu] = static x => x / (1 + Math.Exp(-x)),
        [Activation.Tanh] = Math.Tanh,
        [Activation.Mish] = static x => x * Math.Tanh(double.LogP1(Math.Exp(x))),
        [Activation.GeluQuick] = static x => x / (1 + Math.Exp(-1.702 * x)),
        [Activation.GeluTanh] = static x => Half * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))),
        [Activation.Gelu] = static x => Half * x * Erfc(-x / Math.Sqrt(2)),
    };

    public static TheoryData<string> Targets => KernelTests.Targets;

    /// <summary>The formula of an activation.</summary>
    internal static Func<double, double> Formula(Activation activation) => s_activations[activation];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Activations_equal_their_formulas(string name)
    {
        foreach (Activation activation in Enum.GetValues<Activation>().Where(static activation => !activation.IsGated()))
        {
            Func<double, double> formula = s_activations[activation];
            Each(name, functions => x => functions.Activation(activation, x), formula, -20, 20, relative: 4e-6, absolute: 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Elementary_functions_equal_those_of_the_class_library(string name)
    {
        Each(name, functions => functions.Exponential, Math.Exp, -87, 88, relative: 3e-7, absolute: 0);
        Each(name, functions => functions.PowerOfTwo, static x => Math.Pow(2, x), -126, 126, relative: 3e-7, absolute: 0);
        Each(name, functions => functions.HyperbolicTangent, Math.Tanh, -12, 12, relative: 1e-6, absolute: 1e-7);
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Exponentials_vanish_where_floats_end(string name)
    {
        Each(name, functions => functions.Exponential, static _ => 0, -1000, -88, relative: 0, absolute: 0);
        Each(name, functions => functions.PowerOfTwo, static _ => 0, -1000, -127, relative: 0, absolute: 0);
    }

    /// <summary>The complementary error function, by Simpson's rule on the integral that defines it.</summary>
    private static double Erfc(double x)
    {
        const int Steps = 2000;
        if (x < 0)
        {
            return 2 - Erfc(-x);
        }

        double end = Math.Max(x, 0) + 8,
            step = (end - x) / Steps;
        double sum = Enumerable
            .Range(0, Steps + 1)
            .Sum(i => Math.Exp(-Math.Pow(x + (i * step), 2)) * (i is 0 or Steps ? 1 : (i % 2 * 2) + 2));
        return 2 / Math.Sqrt(Math.PI) * sum * step / 3;
    }

    /// <summary>Runs a function on a grid of numbers, in vectors of the target, and compares each.</summary>
    private static void Each(
        string name,
        Func<RequiredFunctions, Func<Expr, Expr>> function,
        Func<double, double> expected,
        float from,
        float to,
        double relative,
        double absolute
    )
    {
        const int Count = 1600;
        InstructionSetDescription target = InstructionSetDescription.All.Single(target => target.Name == name);
        var functions = new RequiredFunctions();
        var code = new CodeBuilder();
        Variable input = code.Pointer("input"),
            output = code.Pointer("output");
        code.For("i", 0, Count, target.Lanes, i => code.Store(function(functions)(target.Vectors.Load(input.At(i))), output.At(i)));
        var interpreter = new KernelInterpreter([code.Method("Apply"), .. functions.Lower(target)], static (_, _) => 0);
        float[] x = [.. Enumerable.Range(0, Count).Select(i => from + ((to - from) * i / (Count - 1)))];
        long result = interpreter.Memory.Allocate(Count);
        interpreter.Run("Apply", interpreter.Memory.Allocate(x), result);
        float[] found = interpreter.Memory.Floats(result, Count);
        for (int i = 0; i < Count; i++)
        {
            double right = expected(x[i]);
            Assert.True(
                Math.Abs(found[i] - right) <= (relative * Math.Abs(right)) + absolute,
                $"{name}: f({x[i]:R}) is {found[i]:R} instead of {right:R}."
            );
        }
    }
}
