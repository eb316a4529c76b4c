using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.TestKit;
using Specializer.Tests.EndToEnd;
using Xunit;

namespace Specializer.Tests.Families;

/// <summary>ViT's golden checkpoint: two images of 24 by 24 pixels, in patches of 4 by 4.</summary>
[Feature("vit")]
public sealed class VitGoldenTests
{
    public static TheoryData<InstructionSet> Cases => [.. Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported)];

    [Feature("patches")]
    [SharedDataTheory]
    [MemberData(nameof(Cases))]
    public void Logits_and_hidden_states_are_the_golden_ones_in_the_same_bits_alone_and_on_two_threads(InstructionSet instructionSet)
    {
        using GoldenFile golden = GoldenFile.Open(SharedData.Path("goldens", "vit", "golden.safetensors"));
        float[] pixels = golden.Floats("pixel_values_B2");
        int statesOfImage = Vit.ContextLength * Vit.DModel;
        float[] logits = new float[2 * Vit.OutputWidth],
            states = new float[2 * statesOfImage];
        using Vit model = Load(instructionSet, 1);
        using IEncoderSession<ImageInput> session = model.CreateSession();
        session.Encode(pixels, logits, states);
        Tolerance.Default.AssertClose(golden.Rows("logits_B2"), logits.AsSpan(), "logits");
        Tolerance.Default.AssertClose(golden.Rows("last_hidden_B2"), states.AsSpan(), "last hidden states");

        using Vit threaded = Load(instructionSet, 2);
        using IEncoderSession<ImageInput> alone = threaded.CreateSession();
        for (int image = 0; image < 2; image++)
        {
            float[][] layers = [.. Enumerable.Range(0, Vit.Layers + 1).Select(_ => new float[statesOfImage])];
            alone.HiddenStates = (layer, position, state) => state.CopyTo(layers[layer].AsSpan(position * Vit.DModel));
            float[] own = new float[Vit.OutputWidth],
                ownStates = new float[statesOfImage];
            alone.Encode(pixels.AsSpan(image * model.Description.ImageFloats, model.Description.ImageFloats), own, ownStates);
            Bits.AssertSame(logits.AsSpan(image * own.Length, own.Length), own, $"logits of image {image}");
            Bits.AssertSame(states.AsSpan(image * statesOfImage, statesOfImage), ownStates, $"last hidden states of image {image}");
            for (int layer = 0; layer <= Vit.Layers; layer++)
            {
                double[][] expected = golden.Rows($"hidden_B2_layer{layer}")[
                    (image * Vit.ContextLength)..((image + 1) * Vit.ContextLength)
                ];
                Tolerance.Default.AssertClose(expected, layers[layer].AsSpan(), $"hidden states of image {image} after layer {layer}");
            }
        }
    }

    [SharedDataFact]
    public void Wrong_sizes_are_said()
    {
        using Vit model = Load(InstructionSets.Best, 1);
        using IEncoderSession<ImageInput> session = model.CreateSession();
        float[] output = new float[Vit.OutputWidth];
        AssertRefused(
            "There are 0 pixel values; an image of Vit has 1728, so give one or several times as many.",
            () => session.Encode([], output)
        );
        AssertRefused("There are 1727 pixel values;", () => session.Encode(new float[1727], output));
        AssertRefused(
            "The span for the output has 10 elements; 2 sequences with 10 each need 20.",
            () => session.Encode(new float[2 * 1728], output)
        );
        AssertRefused(
            "The span for the hidden states has 1 elements; 1 sequences of 37 tokens, 72 wide, need 2664.",
            () => session.Encode(new float[1728], output, new float[1])
        );
    }

    private static Vit Load(InstructionSet instructionSet, int threads) =>
        Vit.Load(
            SharedData.Path("goldens", "vit", "model.safetensors"),
            new ModelOptions { InstructionSet = instructionSet, Threads = threads }
        );

    private static void AssertRefused(string message, Action call) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(call).Message, StringComparison.Ordinal);
}
