using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>Lowers the exponential functions and the hyperbolic tangent.</summary>
internal static class ElementaryFunctions
{
    /// <summary>
    /// eˣ = 2ⁿ eʳ with n = round(x / ln 2) and |r| ≤ ln 2 / 2; eʳ by 1 + r + r² times the polynomial of degree 4 whose
    /// largest relative error is the least (3·10⁻⁹, by Remez' exchange). Below ln of the smallest normal number it is 0.
    /// </summary>
    public static KernelMethod Exponential(Vectors vectors)
    {
        var code = new CodeBuilder();
        Variable x = code.Parameter("x", vectors.Type),
            vanishing = code.Let("vanishing", vectors.LessThan(x, vectors.Broadcast("-87.33654")));
        code.Set(x, vectors.MaximumNative(vectors.Broadcast("-87.33654"), x));
        Variable shifted = Rounded(code, vectors, vectors.MultiplyAdd(vectors.Broadcast("12582912"), x, vectors.Broadcast("1.44269504"))),
            n = code.Let("n", shifted - vectors.Broadcast("12582912")),
            r = code.Let("r", vectors.MultiplyAdd(x, n, vectors.Broadcast("-0.693359375")));
        code.Set(r, vectors.MultiplyAdd(r, n, vectors.Broadcast("2.12194440e-4")));
        Variable p = Polynomial.Let(
            code,
            vectors,
            "p",
            r,
            "1.3814467238e-3",
            "8.3687808365e-3",
            "4.1668392718e-2",
            "1.6666519642e-1",
            "4.9999994040e-1",
            "1",
            "1"
        );
        code.Return(vectors.AndNot(TimesPowerOfTwo(vectors, p, shifted), vanishing));
        return Inlined(
            code,
            vectors,
            "Exponential",
            "e^x = 2^n e^r with n = round(x / ln 2), for x up to 88.37626: 0 below the normal numbers, within 2 units in the last place elsewhere."
        );
    }

    /// <summary>
    /// 2ˣ = 2ⁿ 2ʳ with n = round(x) and r = x − n, which is exact; 2ʳ by 1 + r times the polynomial of degree 5 whose largest
    /// relative error is the least (5·10⁻⁹ with rounded coefficients, by Remez' exchange). From −127 down the exponent's bits
    /// cancel those of 2⁰, and the result is 0 without a comparison.
    /// </summary>
    public static KernelMethod PowerOfTwo(Vectors vectors)
    {
        var code = new CodeBuilder();
        Variable x = code.Parameter("x", vectors.Type);
        code.Set(x, vectors.MaximumNative(vectors.Broadcast("-127"), x));
        Variable shifted = Rounded(code, vectors, x + vectors.Broadcast("12582912")),
            r = code.Let("r", x - (shifted - vectors.Broadcast("12582912"))),
            p = Polynomial.Let(
                code,
                vectors,
                "p",
                r,
                "1.58205075e-4",
                "1.34182035e-3",
                "9.61706322e-3",
                "5.55027239e-2",
                "2.40226552e-1",
                "6.93147242e-1",
                "1"
            );
        code.Return(TimesPowerOfTwo(vectors, p, shifted));
        return Inlined(
            code,
            vectors,
            "PowerOfTwo",
            "2^x = 2^n 2^r with n = round(x), for x up to 127: 0 from -127 down, within 2 units in the last place of normal numbers."
        );
    }

    /// <summary>tanh by the quotient of an odd and an even polynomial on ±7.9, beyond which it is ±1 in single precision.</summary>
    public static KernelMethod HyperbolicTangent(Vectors vectors)
    {
        var code = new CodeBuilder();
        Variable x = code.Parameter("x", vectors.Type);
        code.Set(
            x,
            vectors.Minimum(vectors.Maximum(x, vectors.Broadcast("-7.90531110763549805")), vectors.Broadcast("7.90531110763549805"))
        );
        Variable s = code.Let("s", x * x),
            p = Polynomial.Let(
                code,
                vectors,
                "p",
                s,
                "-2.76076847742355e-16",
                "2.00018790482477e-13",
                "-8.60467152213735e-11",
                "5.12229709037114e-8",
                "1.48572235717979e-5",
                "6.37261928875436e-4",
                "4.89352455891786e-3"
            ),
            q = Polynomial.Let(
                code,
                vectors,
                "q",
                s,
                "1.19825839466702e-6",
                "1.18534705686654e-4",
                "2.26843463243900e-3",
                "4.89352518554385e-3"
            );
        code.Return(x * p / q);
        return Inlined(code, vectors, "HyperbolicTangent", "tanh x, to a few units in the last place.");
    }

    /// <summary>The method of a function of a vector, which is inlined.</summary>
    public static KernelMethod Inlined(CodeBuilder code, Vectors vectors, string name, string comment) =>
        code.Method(name, vectors.Type, Compilation.Inlined, comment);

    private static Variable Rounded(CodeBuilder code, Vectors vectors, Expr value)
    {
        code.Comment("Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits.");
        return code.Let("shifted", value);
    }

    /// <summary>p · 2ⁿ, where the low bits of a number hold n: adds n to the exponent.</summary>
    private static Expr TimesPowerOfTwo(Vectors vectors, Expr p, Expr shifted) =>
        vectors.AsFloat(vectors.AsInt(p) + vectors.ShiftLeft(vectors.AsInt(shifted), 23));
}
