using System;
using System.Collections.Generic;
using Specializer.Generator.Architecture;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>Lowers the activations. To add one, add its formula to the table.</summary>
internal sealed class Activations(CodeBuilder code, Vectors vectors, RequiredFunctions functions)
{
    private static readonly Dictionary<Activation, (string Formula, Func<Activations, Expr, Expr> Lower)> s_activations = new()
    {
        [Activation.Relu] = ("max(x, 0)", static (a, x) => a.Relu(x)),
        [Activation.SquaredRelu] = ("max(x, 0)^2", static (a, x) => a.SquaredRelu(x)),
        [Activation.Silu] = ("x / (1 + e^-x)", static (a, x) => a.TimesLogistic(x, -x)),
        [Activation.Tanh] = ("tanh x", static (a, x) => a.Tanh(x)),
        [Activation.Mish] = ("x tanh(ln(1 + e^x))", static (a, x) => a.Mish(x)),
        [Activation.GeluQuick] = ("x / (1 + e^(-1.702 x))", static (a, x) => a.TimesLogistic(x, x * a.Number("-1.702"))),
        [Activation.GeluTanh] = ("x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2", static (a, x) => a.GeluTanh(x)),
        [Activation.Gelu] = ("x (1 + erf(x / sqrt 2)) / 2", static (a, x) => a.Gelu(x)),
    };

    public static KernelMethod Lower(Activation activation, Vectors vectors, RequiredFunctions functions)
    {
        (string formula, Func<Activations, Expr, Expr> lower) = s_activations[activation];
        var code = new CodeBuilder();
        Variable x = code.Parameter("x", vectors.Type);
        code.Return(lower(new Activations(code, vectors, functions), x));
        return ElementaryFunctions.Inlined(code, vectors, activation.ToString(), formula);
    }

    private Expr Number(string text) => vectors.Broadcast(text);

    private Expr Relu(Expr x) => vectors.Maximum(x, vectors.Zero);

    private Expr SquaredRelu(Expr x)
    {
        code.Set(x, vectors.Maximum(x, vectors.Zero));
        return x * x;
    }

    /// <summary>
    /// With e = e^x and n = e (e + 2), tanh(ln(1 + e)) is n / (n + 2). From 20 on, that is 1 in single precision.
    /// </summary>
    private Expr Mish(Expr x)
    {
        Variable e = code.Let("e", functions.Exponential(vectors.MinimumNative(Number("20"), x))),
            n = code.Let("n", e * (e + Number("2")));
        return x * (n / (n + Number("2")));
    }

    private Expr Tanh(Expr x) => functions.HyperbolicTangent(x);

    /// <summary>(1 + tanh(x u)) / 2 is the logistic function of 2 x u.</summary>
    private Expr GeluTanh(Expr x)
    {
        Variable u = code.Let("u", vectors.MultiplyAdd(Number("0.7978845608"), x * x, Number("0.0356774081")));
        return TimesLogistic(x, x * u * Number("-2"));
    }

    /// <summary>erf by the quotient of an odd and an even polynomial on [−4, 4], beyond which it is ±1 in single precision.</summary>
    private Expr Gelu(Expr x)
    {
        Variable t = code.Let("t", vectors.Minimum(vectors.Maximum(x * Number("0.7071067812"), Number("-4")), Number("4"))),
            s = code.Let("s", t * t),
            p = Polynomial.Let(
                code,
                vectors,
                "p",
                s,
                "-2.72614225801306e-10",
                "2.77068142495902e-8",
                "-2.10102402082508e-6",
                "-5.69250639462346e-5",
                "-7.34990630326855e-4",
                "-2.95459980854025e-3",
                "-1.60960333262415e-2"
            ),
            q = Polynomial.Let(
                code,
                vectors,
                "q",
                s,
                "-1.45660718464996e-5",
                "-2.13374055278905e-4",
                "-1.68282697438203e-3",
                "-7.37332916720468e-3",
                "-1.42647390514189e-2"
            );
        return x * (Number("0.5") + (Number("0.5") * t * p / q));
    }

    /// <summary>x times the logistic function of −y. The bound comes first: the smaller of it and NaN is then NaN.</summary>
    private Expr TimesLogistic(Expr x, Expr y) => x / (Number("1") + functions.Exponential(vectors.MinimumNative(Number("88.37626"), y)));
}
