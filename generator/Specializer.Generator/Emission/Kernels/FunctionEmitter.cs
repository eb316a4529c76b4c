using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;

namespace Specializer.Generator.Emission.Kernels;

/// <summary>Writes the vector functions: the exponential and the activations. To add an activation, add its formula here.</summary>
internal static class FunctionEmitter
{
    private const string Inlined =
        "[global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]";

    public static void Emit(SourceWriter writer, InstructionSetDescription isa, RequiredFunctions functions)
    {
        if (functions.Exponential)
        {
            EmitExponential(writer, isa);
        }

        if (functions.PowerOfTwo)
        {
            EmitPowerOfTwo(writer, isa);
        }

        if (functions.HyperbolicTangent)
        {
            EmitHyperbolicTangent(writer, isa);
        }

        foreach (ActivationFunction activation in functions.Activations)
        {
            EmitActivation(writer, isa, activation);
        }
    }

    /// <summary>
    /// eˣ = 2ⁿ eʳ with n = round(x / ln 2) and |r| ≤ ln 2 / 2; eʳ by 1 + r + r² times the polynomial of degree 4 whose
    /// largest relative error is the least (3·10⁻⁹, by Remez' exchange). Below ln of the smallest normal number it is 0.
    /// </summary>
    private static void EmitExponential(SourceWriter writer, InstructionSetDescription isa)
    {
        string C(string number) => isa.Broadcast(number + "f");
        writer.Separate();
        writer.Line(
            "// e^x = 2^n e^r with n = round(x / ln 2), for x up to 88.37626: 0 below the normal numbers, within 2 units in the last place elsewhere."
        );
        writer.Line(Inlined);
        using (writer.Braces($"private static {isa.Vector} Exponential({isa.Vector} x)"))
        {
            writer.Line($"{isa.Vector} vanishing = {isa.VectorClass}.LessThan(x, {C("-87.33654")});");
            writer.Line($"x = {isa.VectorClass}.MaxNative({C("-87.33654")}, x);");
            writer.Line("// Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits.");
            writer.Line($"{isa.Vector} shifted = {isa.MultiplyAdd(C("12582912"), "x", C("1.44269504"))};");
            writer.Line($"{isa.Vector} n = shifted - {C("12582912")};");
            writer.Line($"{isa.Vector} r = {isa.MultiplyAdd("x", "n", C("-0.693359375"))};");
            writer.Line($"r = {isa.MultiplyAdd("r", "n", C("2.12194440e-4"))};");
            EmitPolynomial(
                writer,
                isa,
                "p",
                "r",
                "1.3814467238e-3",
                "8.3687808365e-3",
                "4.1668392718e-2",
                "1.6666519642e-1",
                "4.9999994040e-1",
                "1",
                "1"
            );

            writer.Line(
                $"return {isa.VectorClass}.AndNot((p.AsInt32() + {isa.VectorClass}.ShiftLeft(shifted.AsInt32(), 23)).AsSingle(), vanishing);"
            );
        }
    }

    /// <summary>
    /// 2ˣ = 2ⁿ 2ʳ with n = round(x) and r = x − n, which is exact; 2ʳ by 1 + r times the polynomial of degree 5 whose largest
    /// relative error is the least (5·10⁻⁹ with rounded coefficients, by Remez' exchange). From −127 down the exponent's bits
    /// cancel those of 2⁰, and the result is 0 without a comparison.
    /// </summary>
    private static void EmitPowerOfTwo(SourceWriter writer, InstructionSetDescription isa)
    {
        string C(string number) => isa.Broadcast(number + "f");
        writer.Separate();
        writer.Line(
            "// 2^x = 2^n 2^r with n = round(x), for x up to 127: 0 from -127 down, within 2 units in the last place of normal numbers."
        );
        writer.Line(Inlined);
        using (writer.Braces($"private static {isa.Vector} PowerOfTwo({isa.Vector} x)"))
        {
            writer.Line($"x = {isa.VectorClass}.MaxNative({C("-127")}, x);");
            writer.Line("// Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits.");
            writer.Line($"{isa.Vector} shifted = x + {C("12582912")};");
            writer.Line($"{isa.Vector} r = x - (shifted - {C("12582912")});");
            EmitPolynomial(
                writer,
                isa,
                "p",
                "r",
                "1.58205075e-4",
                "1.34182035e-3",
                "9.61706322e-3",
                "5.55027239e-2",
                "2.40226552e-1",
                "6.93147242e-1",
                "1"
            );

            writer.Line($"return (p.AsInt32() + {isa.VectorClass}.ShiftLeft(shifted.AsInt32(), 23)).AsSingle();");
        }
    }

    /// <summary>Writes a polynomial by Horner's rule, the highest coefficient first.</summary>
    private static void EmitPolynomial(
        SourceWriter writer,
        InstructionSetDescription isa,
        string name,
        string x,
        params string[] coefficients
    )
    {
        string C(string number) => isa.Broadcast(number + "f");
        writer.Line($"{isa.Vector} {name} = {isa.MultiplyAdd(C(coefficients[1]), x, C(coefficients[0]))};");
        foreach (string coefficient in coefficients.Skip(2))
        {
            writer.Line($"{name} = {isa.MultiplyAdd(C(coefficient), name, x)};");
        }
    }

    /// <summary>tanh by the quotient of an odd and an even polynomial on ±7.9, beyond which it is ±1 in single precision.</summary>
    private static void EmitHyperbolicTangent(SourceWriter writer, InstructionSetDescription isa)
    {
        string C(string number) => isa.Broadcast(number + "f");
        writer.Separate();
        writer.Line("// tanh x, to a few units in the last place.");
        writer.Line(Inlined);
        using (writer.Braces($"private static {isa.Vector} HyperbolicTangent({isa.Vector} x)"))
        {
            writer.Line($"x = {isa.VectorClass}.Min({isa.VectorClass}.Max(x, {C("-7.90531110763549805")}), {C("7.90531110763549805")});");
            writer.Line($"{isa.Vector} s = x * x;");
            EmitPolynomial(
                writer,
                isa,
                "p",
                "s",
                "-2.76076847742355e-16",
                "2.00018790482477e-13",
                "-8.60467152213735e-11",
                "5.12229709037114e-8",
                "1.48572235717979e-5",
                "6.37261928875436e-4",
                "4.89352455891786e-3"
            );

            EmitPolynomial(
                writer,
                isa,
                "q",
                "s",
                "1.19825839466702e-6",
                "1.18534705686654e-4",
                "2.26843463243900e-3",
                "4.89352518554385e-3"
            );

            writer.Line("return x * p / q;");
        }
    }

    private static void EmitActivation(SourceWriter writer, InstructionSetDescription isa, ActivationFunction activation)
    {
        string C(string number) => isa.Broadcast(number + "f");

        // x times the logistic function of -y. The bound comes first: so the smaller of it and what is not a number is the latter.
        string Logistic(string y) => $"return x / ({C("1")} + Exponential({isa.VectorClass}.MinNative({C("88.37626")}, {y})));";
        writer.Separate();
        writer.Line("// " + Formula(activation));
        writer.Line(Inlined);
        using (writer.Braces($"private static {isa.Vector} {activation}({isa.Vector} x)"))
        {
            switch (activation)
            {
                case ActivationFunction.Relu:
                    writer.Line($"return {isa.VectorClass}.Max(x, {isa.Zero});");
                    break;
                case ActivationFunction.SquaredRelu:
                    writer.Line($"x = {isa.VectorClass}.Max(x, {isa.Zero});");
                    writer.Line("return x * x;");
                    break;
                case ActivationFunction.Silu:
                    writer.Line(Logistic("-x"));
                    break;
                case ActivationFunction.GeluQuick:
                    writer.Line(Logistic($"x * {C("-1.702")}"));
                    break;
                case ActivationFunction.GeluTanh:
                    writer.Line("// (1 + tanh(x u)) / 2 is the logistic function of 2 x u.");
                    writer.Line($"{isa.Vector} u = {isa.MultiplyAdd(C("0.7978845608"), "(x * x)", C("0.0356774081"))};");
                    writer.Line(Logistic($"x * u * {C("-2")}"));
                    break;
                case ActivationFunction.Tanh:
                    writer.Line("return HyperbolicTangent(x);");
                    break;
                case ActivationFunction.Gelu:
                    EmitGelu(writer, isa);
                    break;
            }
        }
    }

    /// <summary>erf by the quotient of an odd and an even polynomial on [−4, 4], beyond which it is ±1 in single precision.</summary>
    private static void EmitGelu(SourceWriter writer, InstructionSetDescription isa)
    {
        string C(string number) => isa.Broadcast(number + "f");
        writer.Line($"{isa.Vector} t = {isa.VectorClass}.Min({isa.VectorClass}.Max(x * {C("0.7071067812")}, {C("-4")}), {C("4")});");
        writer.Line($"{isa.Vector} s = t * t;");
        EmitPolynomial(
            writer,
            isa,
            "p",
            "s",
            "-2.72614225801306e-10",
            "2.77068142495902e-8",
            "-2.10102402082508e-6",
            "-5.69250639462346e-5",
            "-7.34990630326855e-4",
            "-2.95459980854025e-3",
            "-1.60960333262415e-2"
        );

        EmitPolynomial(
            writer,
            isa,
            "q",
            "s",
            "-1.45660718464996e-5",
            "-2.13374055278905e-4",
            "-1.68282697438203e-3",
            "-7.37332916720468e-3",
            "-1.42647390514189e-2"
        );

        writer.Line($"return x * ({C("0.5")} + (({C("0.5")} * t * p) / q));");
    }

    private static string Formula(ActivationFunction activation) =>
        activation switch
        {
            ActivationFunction.Relu => "max(x, 0)",
            ActivationFunction.SquaredRelu => "max(x, 0)^2",
            ActivationFunction.Silu => "x / (1 + e^-x)",
            ActivationFunction.Tanh => "tanh x",
            ActivationFunction.GeluQuick => "x / (1 + e^(-1.702 x))",
            ActivationFunction.GeluTanh => "x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2",
            _ => "x (1 + erf(x / sqrt 2)) / 2",
        };
}
