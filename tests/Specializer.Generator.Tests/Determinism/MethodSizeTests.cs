using System.Collections.Generic;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Determinism;

/// <summary>
/// No method is so large that the JIT does not optimize it. Its limits are 60,000 bytes of intermediate language and about 900
/// tracked locals. A quarter of them allows for inlining.
/// </summary>
[Feature("method-size")]
public sealed class MethodSizeTests
{
    internal const int MostInstructionBytes = 15_000;
    internal const int MostLocals = 256;

    [Theory]
    [InlineData("Pronunciation")]
    [InlineData("OddSizes")]
    [InlineData("Large")]
    [InlineData("EverythingOdd")]
    [InlineData("Tiny")]
    public void Every_method_is_small_enough_to_be_optimised(string model)
    {
        IReadOnlyList<MethodSize> methods = MethodSize.Of(GeneratorRun.Assembly(Declarations.Named(model)));
        Assert.NotEmpty(methods);
        Assert.All(
            methods,
            static method =>
                Assert.True(
                    method.InstructionBytes <= MostInstructionBytes && method.Locals <= MostLocals,
                    $"{method.Name} has {method.InstructionBytes} bytes of intermediate language and {method.Locals} locals; {MostInstructionBytes} and {MostLocals} are allowed."
                )
        );
    }

    [Fact]
    public void The_largest_method_is_a_tile()
    {
        // Were it anything else, a loop over a dimension of the model would have been unrolled.
        MethodSize largest = MethodSize
            .Of(GeneratorRun.Assembly(Declarations.Pronunciation))
            .MaxBy(static method => method.InstructionBytes)!;
        Assert.Matches("Rows[0-9]+$", largest.Name);
    }
}
