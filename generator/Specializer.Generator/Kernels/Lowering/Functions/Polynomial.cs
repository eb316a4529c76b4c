using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>Lowers polynomials by Horner's rule.</summary>
internal static class Polynomial
{
    /// <summary>Declares a variable with the value of a polynomial.</summary>
    /// <param name="code">The method.</param>
    /// <param name="vectors">The vectors.</param>
    /// <param name="name">The variable's name.</param>
    /// <param name="x">The argument.</param>
    /// <param name="coefficients">The coefficients, that of the highest power first.</param>
    public static Variable Let(CodeBuilder code, Vectors vectors, string name, Expr x, params string[] coefficients)
    {
        Variable value = code.Let(name, vectors.MultiplyAdd(vectors.Broadcast(coefficients[1]), x, vectors.Broadcast(coefficients[0])));
        for (int i = 2; i < coefficients.Length; i++)
        {
            code.Set(value, vectors.MultiplyAdd(vectors.Broadcast(coefficients[i]), value, x));
        }

        return value;
    }
}
