using System;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Fuzzing;

/// <summary>The fuzzer finds names that two kernels with different texts share.</summary>
[Feature("fuzzer")]
public sealed class KernelTextsTests
{
    [Fact]
    public void A_name_with_two_texts_is_found()
    {
        var texts = new KernelTexts();
        texts.Record("Avx512", "Norm32", "a");
        texts.Record("Avx512", "Norm32", "a");
        texts.Record("Avx2", "Norm32", "b");
        Assert.Contains(
            "Two kernels are named Norm32",
            Assert.Throws<InvalidOperationException>(() => texts.Record("Avx512", "Norm32", "b")).Message,
            StringComparison.Ordinal
        );
    }
}
