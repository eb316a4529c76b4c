using System;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Oracle;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Fuzzing;

using AttentionMask = Specializer.Generator.Architecture.AttentionMask;
using Stack = Specializer.Generator.Architecture.Stack;

/// <summary>
/// A decoder whose prefix begins with the states of an image encoder (PaliGemma's arrangement), against the float64 oracle of both.
/// </summary>
[Feature("embedded-prefix")]
public sealed class EmbeddedPrefixTests
{
    private const int Width = 48,
        Seed = 3;

    private static readonly int[] s_prompt = [5, 1, 9];
    private static readonly int[] s_continuation = [2, 7, 7, 0, 11, 4];

    private static readonly TransformerArchitecture s_images = new FuzzCase
    {
        Stack = Stack.Encoder,
        Width = Width,
        Heads = 3,
        KeyValueHeads = 3,
        HeadDim = 16,
        FeedForwardWidth = 72,
        Layers = 2,
        PatchSize = 4,
        PatchesAcross = 3,
        Channels = 3,
    }.ToArchitecture();

    private static readonly FuzzCase s_text = new()
    {
        Width = Width,
        Heads = 4,
        KeyValueHeads = 2,
        HeadDim = 16,
        FeedForwardWidth = 80,
        Layers = 3,
        VocabularySize = 23,
        ContextLength = 40,
        ChunkLength = 16,
        Positions = PositionKind.Rotary,
        RotaryDim = 16,
        Prefix = 13,
        EmbeddingScale = 2.5f,
    };

    /// <summary>A decoder with a separate table of embeddings, one that shares it with the logits, and one with a table of positions.</summary>
    private static readonly TransformerArchitecture[] s_decoders =
    [
        Embedded(s_text),
        Embedded(s_text with { Tied = true, EmbeddingScale = 1 }),
        Embedded(s_text with { Positions = PositionKind.None, Table = TableKind.Learned, EmbeddingNorm = true }),
    ];

    internal const string AssemblyName = "embedded";

    internal static TransformerArchitecture[] Architectures => [s_images, .. s_decoders];

    private static readonly Lazy<FuzzAssembly> s_assembly = new(static () => new FuzzAssembly(AssemblyName, Architectures));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_prefix_of_an_image_and_tokens_agrees_with_the_oracle(int number)
    {
        TransformerArchitecture decoder = s_decoders[number];
        using CheckpointTensors images = new(s_images, Seed),
            texts = new(decoder, Seed + 1);
        float[] pixels = Pixels();
        double[][] states = new ArchitectureOracle(s_images, OracleWeights.Read(images))
            .Run([], new OracleInput(Signal: pixels))
            .LastHidden;
        int[] tokens = [.. new int[states.Length], .. s_prompt, .. s_continuation];
        int prefix = states.Length + s_prompt.Length;
        OracleRun expected = new ArchitectureOracle(decoder, OracleWeights.Read(texts)).Run(
            tokens,
            new OracleInput(Prefix: prefix, Rows: states)
        );
        foreach (InstructionSet instructionSet in Comparison.InstructionSetsHere)
        {
            float[][] logits =
            [
                .. new[] { 1, 2 }.Select(threads =>
                {
                    ModelOptions options = new() { InstructionSet = instructionSet, Threads = threads };
                    return Logits(images, texts, number, options, pixels, states.Length);
                }),
            ];

            Tolerance.Default.AssertClose<float>(expected.Logits[(prefix - 1)..], logits[0], $"logits on {instructionSet}");
            Comparison.AssertSame(logits[0], logits[1], "on two threads", 0);
        }
    }

    [Fact]
    public void A_prefix_that_does_not_fit_is_refused_and_changes_nothing()
    {
        using CheckpointTensors texts = new(s_decoders[0], Seed + 1);
        using var model = (IDecoderModel)s_assembly.Value.Load(1, texts, new ModelOptions());
        using IDecoderSession session = model.CreateSession();
        var prefixed = (IPrefixSession<EmbeddingInput>)session;

        Comparison.AssertRefused("an empty prefix", () => prefixed.PrefillPrefix(new EmbeddingInput([])));
        Comparison.AssertRefused("a part of a row", () => prefixed.PrefillPrefix(new EmbeddingInput(new float[Width - 1])));
        Comparison.AssertRefused("more rows than a chunk", () => prefixed.PrefillPrefix(new EmbeddingInput(new float[17 * Width])));
        Comparison.AssertRefused(
            "more positions than a chunk",
            () => prefixed.PrefillPrefix(new EmbeddingInput(new float[15 * Width]) { Tokens = [1, 2] })
        );
        Comparison.AssertRefused(
            "a token beyond the vocabulary",
            () => prefixed.PrefillPrefix(new EmbeddingInput(new float[Width]) { Tokens = [23] })
        );
        Assert.Equal(0, session.Position);
        float[] alone = session.Prefill(s_prompt).ToArray();
        session.Reset();
        prefixed.PrefillPrefix(new EmbeddingInput(Pixels().AsSpan(0, 2 * Width)));
        Assert.Throws<InvalidOperationException>(() => prefixed.PrefillPrefix(new EmbeddingInput(new float[Width])));
        Assert.Equal(2, session.Position);
        session.Reset();
        Comparison.AssertSame(alone, session.Prefill(s_prompt), "after a prefix of rows", 0);
    }

    /// <summary>The logits after the prefix and after every token that follows it.</summary>
    private static float[] Logits(
        WeightsSource images,
        WeightsSource texts,
        int number,
        ModelOptions options,
        float[] pixels,
        int positions
    )
    {
        using var encoder = (IEncoderModel<ImageInput>)s_assembly.Value.Load(0, images, options);
        using IEncoderSession<ImageInput> encoding = encoder.CreateSession();
        float[] rows = new float[positions * Width];
        encoding.Encode(new ImageInput(pixels), rows);

        using var model = (IDecoderModel)s_assembly.Value.Load(number + 1, texts, options);
        using IDecoderSession session = model.CreateSession();
        ReadOnlySpan<float> last = ((IPrefixSession<EmbeddingInput>)session).PrefillPrefix(new EmbeddingInput(rows) { Tokens = s_prompt });
        return [.. last, .. s_continuation.SelectMany(token => session.Decode(token).ToArray())];
    }

    private static float[] Pixels()
    {
        Random random = new(Seed);
        return [.. Enumerable.Range(0, 3 * 12 * 12).Select(_ => (2 * random.NextSingle()) - 1)];
    }

    private static TransformerArchitecture Embedded(FuzzCase drawn)
    {
        TransformerArchitecture architecture = drawn.ToArchitecture();
        return architecture with { Embeddings = architecture.Embeddings with { EmbeddedPrefix = true } };
    }
}
