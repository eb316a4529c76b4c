using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>Parts that the configurations of image encoders have in common.</summary>
internal static class VisionParts
{
    /// <summary>Reads the sizes of an image and its patches.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="imageSize">The default of <c>image_size</c>.</param>
    /// <param name="patchSize">The default of <c>patch_size</c>.</param>
    public static PatchArchitecture Patches(ModelConfiguration configuration, int imageSize, int patchSize)
    {
        var patches = new PatchArchitecture(
            Square(configuration, "image_size", imageSize),
            Square(configuration, "patch_size", patchSize),
            configuration.Extent("num_channels", 3)
        );
        configuration.Require(
            patches.ImageSize % patches.PatchSize == 0,
            "patch_size",
            "a divisor of \"image_size\", which is " + patches.ImageSize.ToString(CultureInfo.InvariantCulture),
            "image_size"
        );
        return patches;
    }

    /// <summary>Returns an encoder of pre-norm blocks with LayerNorm over patches.</summary>
    /// <param name="layers">The number of layers.</param>
    /// <param name="width">The width of the hidden states.</param>
    /// <param name="patches">The patches.</param>
    /// <param name="hasPositions">Whether learned positions are added.</param>
    /// <param name="attention">The attention.</param>
    /// <param name="feedForward">The feed-forward block.</param>
    /// <param name="epsilon">The epsilon of the norms.</param>
    /// <param name="names">The names of the tensors.</param>
    public static TransformerArchitecture Encoder(
        int layers,
        int width,
        PatchArchitecture patches,
        bool hasPositions,
        AttentionArchitecture attention,
        FeedForwardArchitecture feedForward,
        float epsilon,
        CheckpointNames names
    ) =>
        new(
            layers,
            width,
            patches.Positions,
            ChunkLength: 0,
            new EmbeddingArchitecture(
                VocabularySize: 0,
                Scale: 1,
                hasPositions ? new LearnedPositions(0, patches.Positions) : null,
                Norm: false
            )
            {
                Patches = patches,
            },
            FamilyParts.OneKind(attention with { Mask = AttentionMask.Full }, feedForward, LayerArrangement.PreNorm),
            FamilyParts.OnePattern,
            new NormArchitecture(NormKind.Layer, epsilon, Bias: true, UnitOffset: false),
            new LogitsArchitecture(Tied: false, Bias: false, SoftCap: 0),
            new CheckpointLayout(
                names,
                QueryKeyValueStorage.Separate,
                GateUpConcatenated: false,
                InputsFirst: false,
                EquatableArray<string>.Empty
            )
        )
        {
            Stack = Stack.Encoder,
        };

    /// <summary>Returns the head of the class state and, if there is one, a linear layer.</summary>
    public static HeadArchitecture ClassState(OutputArchitecture? output = null) =>
        new(PoolingKind.First, null, Norm: false, Normalize: false, output);

    /// <summary>Reads a height and width: one number for both, or an array of two equal numbers.</summary>
    private static int Square(ModelConfiguration configuration, string name, int defaultValue)
    {
        if (configuration.Find(name) is not { Kind: JsonKind.Array } pair)
        {
            return configuration.Extent(name, defaultValue);
        }

        const int Largest = 1 << 14;
        bool isSquare =
            pair.Items.Count == 2
            && pair.Items[0].Says(pair.Items[1])
            && pair.Items[0].Number is >= 1 and <= Largest
            && pair.Items[0].Number == (int)pair.Items[0].Number;
        configuration.Require(isSquare, name, "an integer, or an array of two equal integers: only squares are supported");
        return isSquare ? (int)pair.Items[0].Number : defaultValue;
    }
}
