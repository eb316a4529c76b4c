using System.Linq;
using Specializer.TestKit;
using Specializer.Tests.Models;
using Xunit;

namespace Specializer.Tests.Kernels;

[Feature("kernels")]
public sealed class KernelNameTests
{
    public static TheoryData<string> Models => DeclaredModels.Names;

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_kernel_is_of_a_kind_that_the_tests_of_kernels_know(string name)
    {
        DeclaredModel model = DeclaredModels.Get(name);
        Assert.NotEmpty(GeneratedKernels.Names(model));
        Assert.All(GeneratedKernels.Names(model), kernel => Assert.True(GeneratedKernels.IsKnown(kernel), kernel));
        Assert.Equal(GeneratedKernels.Names(model).Distinct(), GeneratedKernels.Names(model));
    }
}
