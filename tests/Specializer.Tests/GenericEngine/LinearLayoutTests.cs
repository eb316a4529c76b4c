using System;
using Specializer.GenericEngine;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.GenericEngine;

/// <summary>The packed layout of linear layers.</summary>
[Feature("generic-engine")]
public sealed unsafe class LinearLayoutTests
{
    [Theory]
    [InlineData(16, 48, 48, 3, 2)]
    [InlineData(16, 509, 512, 32, 16)]
    [InlineData(8, 48, 48, 6, 3)]
    [InlineData(4, 1, 16, 4, 2)]
    public void Outputs_are_padded_to_sixteen_and_the_last_panel_may_be_narrow(int lanes, int outputs, int padded, int vectors, int panels)
    {
        LinearLayout layout = new(lanes, 10, outputs, bias: true);

        Assert.Equal(padded, layout.PaddedOutputs);
        Assert.Equal(vectors, layout.Vectors);
        Assert.Equal(panels, layout.Panels);
        Assert.Equal((10 + 1) * padded, layout.Floats);
    }

    [Fact]
    public void A_panel_holds_its_outputs_weights_of_one_input_after_the_other()
    {
        LinearLayout layout = new(4, 3, 20);
        float[] weights = new float[20 * 3];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = (100 * (i / 3)) + (i % 3) + 1;
        }

        using AlignedBuffer packed = AlignedBuffer.Allocate(layout.Floats * sizeof(float));
        layout.PackWeights(packed.Address, 0, weights);

        for (int output = 0; output < 32; output++)
        {
            for (int input = 0; input < 3; input++)
            {
                Assert.Equal(
                    output < 20 ? (100 * output) + input + 1 : 0,
                    packed.Address[(output / 8 * 8 * 3) + (input * 8) + (output % 8)]
                );
            }
        }
    }

    [Fact]
    public void The_narrow_last_panel_has_no_gaps()
    {
        LinearLayout layout = new(16, 2, 48);
        float[] weights = RandomFloats.Uniform(48 * 2, 1);
        using AlignedBuffer packed = AlignedBuffer.Allocate(layout.Floats * sizeof(float));
        layout.PackWeights(packed.Address, 0, weights);

        Assert.Equal(weights[(40 * 2) + 1], packed.Address[(32 * 2) + 16 + 8]);
    }

    [Fact]
    public void A_gated_panel_is_a_vector_of_gates_and_one_of_ups()
    {
        LinearLayout layout = new(8, 2, 16, gated: true, bias: true);
        float[] gates = RandomFloats.Uniform(16 * 2, 1),
            ups = RandomFloats.Uniform(16 * 2, 2),
            bias = RandomFloats.Uniform(16, 3),
            upBias = RandomFloats.Uniform(16, 4);
        using AlignedBuffer packed = AlignedBuffer.Allocate(layout.Floats * sizeof(float));
        layout.PackWeights(packed.Address, 0, gates);
        layout.PackWeights(packed.Address, 0, ups, up: true);
        layout.PackBias(packed.Address, 0, bias);
        layout.PackBias(packed.Address, 0, upBias, up: true);

        // Output 9 is lane 1 of the second panel.
        Assert.Equal(gates[(9 * 2) + 1], packed.Address[(16 * 2) + 16 + 1]);
        Assert.Equal(ups[(9 * 2) + 1], packed.Address[(16 * 2) + 16 + 8 + 1]);
        Assert.Equal(bias[9], packed.Address[layout.BiasOffset + 16 + 1]);
        Assert.Equal(upBias[9], packed.Address[layout.BiasOffset + 16 + 8 + 1]);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(8)]
    [InlineData(4)]
    public void Unpacking_gives_back_what_was_packed(int lanes)
    {
        const int Inputs = 7;
        LinearLayout layout = new(lanes, Inputs, 117);
        float[] weights = RandomFloats.Uniform(117 * Inputs, 1);
        using AlignedBuffer packed = AlignedBuffer.Allocate(layout.Floats * sizeof(float));

        // In pieces that start and end anywhere.
        for (int output = 0; output < 117; )
        {
            int count = Math.Min(117 - output, 1 + (output % 23));
            layout.PackWeights(packed.Address, output, weights.AsSpan(output * Inputs, count * Inputs));
            output += count;
        }

        float* row = stackalloc float[Inputs];
        for (int output = 0; output < 117; output++)
        {
            layout.UnpackWeights(packed.Address, output, row);
            Assert.Equal(weights[(output * Inputs)..((output + 1) * Inputs)], new ReadOnlySpan<float>(row, Inputs).ToArray());
        }
    }

    [Fact]
    public void What_does_not_fit_is_an_error()
    {
        LinearLayout layout = new(8, 3, 5);
        Assert.Throws<ArgumentException>(() => Pack(layout, 3, 9, up: false));
        Assert.Throws<ArgumentException>(() => Pack(layout, 0, 4, up: false));
        Assert.Throws<ArgumentException>(() => Pack(layout, 0, 3, up: true));
        Assert.Throws<ArgumentException>(() => PackBias(layout, 5));
    }

    private static void Pack(LinearLayout layout, int firstOutput, int weights, bool up)
    {
        using AlignedBuffer packed = AlignedBuffer.Allocate(layout.Floats * sizeof(float));
        layout.PackWeights(packed.Address, firstOutput, new float[weights], up);
    }

    private static void PackBias(LinearLayout layout, int count)
    {
        using AlignedBuffer packed = AlignedBuffer.Allocate(layout.Floats * sizeof(float));
        layout.PackBias(packed.Address, 0, new float[count]);
    }
}
