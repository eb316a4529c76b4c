using System.Linq;

namespace Specializer.Generator.Kernels.Ir.Passes;

/// <summary>Estimates what the JIT compiler counts before it decides whether to optimize a method at all.</summary>
/// <param name="IntermediateBytes">The bytes of intermediate language; the compiler's limit is 60,000.</param>
/// <param name="Blocks">The basic blocks; the limit is 2,000.</param>
/// <param name="Variables">The parameters and local variables; the limit is 2,000.</param>
internal readonly record struct CodeSize(int IntermediateBytes, int Blocks, int Variables)
{
    // A call is 5 bytes; a number, a variable or an operator 1 to 5, most often 2.
    private const int CallBytes = 5;
    private const int OtherBytes = 2;

    public static CodeSize Of(KernelMethod method)
    {
        int bytes = 0,
            blocks = 1,
            variables = method.Parameters.Count;
        foreach (Stmt statement in Walk.Statements(method.Body))
        {
            bytes += OtherBytes + Walk.Operands(statement).SelectMany(Walk.Expressions).Sum(Bytes);
            bytes += statement is Store or Prefetch or Fill ? CallBytes : 0;
            bytes += statement is Copy ? 3 * CallBytes : 0;
            blocks +=
                statement is If or For or While or Jump ? 2
                : statement is Switch choice ? 2 * choice.Cases.Count
                : 0;
            variables += statement is Let ? 1 : 0;
        }

        return new CodeSize(bytes, blocks, variables);
    }

    private static int Bytes(Expr expression) =>
        expression is MethodCall or Intrinsic or Binary { Type.IsVector: true } ? CallBytes : OtherBytes;
}
