using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Planning;
using Specializer.Generator.Tests.Incrementality;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Planning;

/// <summary>A step binds a value to every parameter of the kernels that it calls, and to no other.</summary>
[Feature("planning")]
public sealed class KernelCallTests
{
    private static readonly KernelRef s_norm = new(
        new NormKernel(default, Width: 16, Stride: 16, Epsilon: 1e-5f, Bias: false, AddToOutput: false)
    );

    private static readonly BufferArgument s_hidden = new(new BufferRef(BufferRole.Hidden));

    private static readonly WeightArgument s_weight = new(new WeightRef(WeightRole.FinalNorm, WeightComponent.Weight, StackPart.Main));

    public static TheoryData<string> Models =>
        [nameof(Declarations.Pronunciation), nameof(Declarations.OddSizes), nameof(Declarations.Encoder)];

    [Fact]
    public void Arguments_follow_the_signature()
    {
        KernelCall call = KernelCall.Of(
            s_norm,
            (KernelParameters.Output, s_hidden),
            (KernelParameters.NormWeight, s_weight),
            (KernelParameters.Input, s_hidden)
        );

        Assert.Equal(
            [
                s_hidden,
                s_weight,
                s_hidden,
                new SessionArgument(SessionValue.Rows),
                new SessionArgument(SessionValue.Worker),
                new SessionArgument(SessionValue.Workers),
            ],
            call.Arguments
        );
    }

    [Fact]
    public void A_parameter_without_a_value_is_refused()
    {
        var thrown = Assert.Throws<InvalidOperationException>(static () =>
            KernelCall.Of(s_norm, (KernelParameters.Input, s_hidden), (KernelParameters.Output, s_hidden))
        );
        Assert.Contains("'weight'", thrown.Message);
    }

    [Fact]
    public void A_value_without_a_parameter_is_refused()
    {
        var thrown = Assert.Throws<InvalidOperationException>(static () =>
            KernelCall.Of(
                s_norm,
                (KernelParameters.Input, s_hidden),
                (KernelParameters.Output, s_hidden),
                (KernelParameters.NormWeight, s_weight),
                (KernelParameters.Tokens, s_hidden)
            )
        );
        Assert.Contains("'tokens'", thrown.Message);
    }

    /// <summary>Whatever a step refers to has a place in the plan.</summary>
    [Theory]
    [MemberData(nameof(Models))]
    public void Every_reference_of_a_step_is_placed(string name)
    {
        ExecutionPlan plan = ((PlannedModel)GeneratorRun.Of(Declarations.Named(name)).Step(TrackingNames.Plans).Single().Value).Plan;
        HashSet<BufferRef> buffers = [.. plan.Buffers.Select(static buffer => buffer.Ref), new BufferRef(BufferRole.Logits)];
        HashSet<WeightRef> weights = [.. plan.Weights.Select(static weight => weight.Ref)];
        Argument[] arguments = [.. plan.Steps.SelectMany(static step => step.Calls).SelectMany(static call => call.Arguments)];

        Assert.NotEmpty(arguments);
        Assert.All(arguments.Select(static argument => argument.Addressed).OfType<BufferRef>(), buffer => Assert.Contains(buffer, buffers));
        Assert.All(arguments.OfType<WeightArgument>(), argument => Assert.Contains(argument.Weight, weights));
    }
}
