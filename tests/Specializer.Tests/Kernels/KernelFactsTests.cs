using System.Collections.Generic;
using System.Linq;
using Specializer.CompilerServices;
using Specializer.Oracle;
using Specializer.TestKit;
using Specializer.Tests.Models;
using Xunit;

namespace Specializer.Tests.Kernels;

/// <summary>The facts about kernels that are generated with them, against the declared architecture and the layout of a session.</summary>
[Feature("kernels")]
public sealed class KernelFactsTests
{
    public static TheoryData<string> Models => DeclaredModels.Names;

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_kernel_is_of_a_kind_that_the_tests_of_kernels_know(string name)
    {
        IReadOnlyList<KernelInfo> kernels = GeneratedKernels.Facts(DeclaredModels.Get(name));
        Assert.NotEmpty(kernels);
        Assert.All(
            kernels,
            kernel =>
                Assert.True(
                    kernel.Kind
                        is KernelKind.Linear
                            or KernelKind.Norm
                            or KernelKind.Embed
                            or KernelKind.ArgMax
                            or KernelKind.Attend
                            or KernelKind.Append,
                    kernel.Name
                )
        );
        string[] names = [.. kernels.Select(static kernel => kernel.Name)];
        Assert.Equal(names.Distinct(), names);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Linear_kernels_have_the_shapes_of_the_architecture(string name)
    {
        DeclaredModel model = DeclaredModels.Get(name);
        DecoderArchitecture a = model.Architecture;
        int queryWidth = a.Heads * a.HeadDim,
            projectedWidth = queryWidth + (2 * a.KeyValueHeads * a.HeadDim);
        string activation = a.Activation.ToString();
        bool outputBias = a.OutputBias,
            feedForwardBias = a.FeedForwardBias;
        (int, int, bool, bool, bool, string?, int)[] expected =
        [
            (a.Width, projectedWidth, false, a.QueryBias, false, null, KernelLayout.RowStride(projectedWidth)),
            (queryWidth, a.Width, false, outputBias, true, null, KernelLayout.RowStride(a.Width)),
            (a.Width, a.FeedForwardWidth, a.Gated, feedForwardBias, false, activation, KernelLayout.RowStride(a.FeedForwardWidth)),
            (a.FeedForwardWidth, a.Width, false, feedForwardBias, true, null, KernelLayout.RowStride(a.Width)),
            // Logits lie as close as vectors allow, since they are handed to the caller.
            (a.Width, a.VocabularySize, false, false, false, null, KernelLayout.Pad(a.VocabularySize)),
        ];
        KernelInfo[] kernels = [.. GeneratedKernels.Facts(model).Where(static kernel => kernel.Kind == KernelKind.Linear)];
        Assert.Equal(
            expected.Distinct().Order(),
            kernels
                .Select(static kernel =>
                    (kernel.Inputs, kernel.Outputs, kernel.Gated, kernel.Bias, kernel.AddsToOutput, kernel.Activation, kernel.OutputStride)
                )
                .Order()
        );
        Assert.All(
            kernels,
            kernel =>
            {
                long multiplyAdds = (long)kernel.Inputs * kernel.Outputs * (kernel.Gated ? 2 : 1);
                Assert.Equal(KernelLayout.RowStride(kernel.Inputs), kernel.InputStride);
                Assert.Equal(model.Storage, kernel.Storage);
                Assert.Equal(multiplyAdds, kernel.MultiplyAdds);
                Assert.Equal(multiplyAdds * (model.Storage == WeightStorage.Float32 ? 4 : 2), kernel.WeightBytes);
            }
        );
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Attention_has_the_shape_of_the_architecture(string name)
    {
        DeclaredModel model = DeclaredModels.Get(name);
        DecoderArchitecture a = model.Architecture;
        IReadOnlyList<KernelInfo> kernels = GeneratedKernels.Facts(model);
        foreach (KernelKind kind in new[] { KernelKind.Append, KernelKind.Attend })
        {
            KernelInfo kernel = kernels.Single(kernel => kernel.Kind == kind);
            Assert.Equal((a.Heads, a.KeyValueHeads, a.HeadDim), (kernel.Heads, kernel.KeyValueHeads, kernel.HeadDim));
            Assert.Equal(KernelLayout.CacheLength(model.ContextLength), kernel.CacheLength);
            Assert.False(kernel.AttendsToAll);
        }

        KernelInfo attend = kernels.Single(static kernel => kernel.Kind == KernelKind.Attend);
        Assert.Equal(2L * a.Heads * a.HeadDim, attend.MultiplyAdds);
        Assert.Equal(2L * a.KeyValueHeads * a.HeadDim * sizeof(float), attend.WeightBytes);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Rows_have_the_width_of_the_architecture(string name)
    {
        DeclaredModel model = DeclaredModels.Get(name);
        KernelInfo[] kernels =
        [
            .. GeneratedKernels.Facts(model).Where(static kernel => kernel.Kind is KernelKind.Norm or KernelKind.Embed),
        ];
        Assert.Equal(2, kernels.Length);
        Assert.All(
            kernels,
            kernel =>
            {
                Assert.Equal(model.Architecture.Width, kernel.Outputs);
                Assert.Equal(KernelLayout.RowStride(model.Architecture.Width), kernel.OutputStride);
            }
        );
        KernelInfo highest = GeneratedKernels.Facts(model).Single(static kernel => kernel.Kind == KernelKind.ArgMax);
        Assert.Equal(model.Architecture.VocabularySize, highest.Inputs);
    }
}
