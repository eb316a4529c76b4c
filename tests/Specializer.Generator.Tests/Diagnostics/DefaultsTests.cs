using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Tests.Incrementality;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Diagnostics;

using Activation = Specializer.Generator.Architecture.Activation;
using LayerArrangement = Specializer.Generator.Architecture.LayerArrangement;
using NormKind = Specializer.Generator.Architecture.NormKind;
using RotaryPairing = Specializer.Generator.Architecture.RotaryPairing;

/// <summary>Omitted values have the defaults that the attributes' documentation specifies.</summary>
[Feature("diagnostics")]
public sealed class DefaultsTests
{
    /// <summary>LLaMA's names. One tensor for several projections is declared, where there is one.</summary>
    private static readonly CheckpointLayout s_checkpoint = CheckpointLayout.Llama with
    {
        Names = CheckpointNames.Llama with { QueryKeyValue = "", GateUp = "" },
    };

    [Fact]
    public void Everything_that_can_be_left_out()
    {
        TransformerArchitecture architecture = Parse(
            """
            using Specializer;

            [Transformer(Stack.Decoder, Layers = 1, DModel = 64, VocabularySize = 10, ContextLength = 16)]
            [Attention(Heads = 4)]
            [RotaryPositions]
            [FeedForward(128, Activation.Relu)]
            [Norm(NormKind.RootMeanSquare)]
            partial class Model;
            """
        );
        Assert.Equal(
            new TransformerArchitecture(
                Layers: 1,
                Width: 64,
                ContextLength: 16,
                ChunkLength: 0,
                new EmbeddingArchitecture(10, Scale: 1, Positions: null, Norm: false),
                new([
                    new LayerKind(
                        "",
                        new AttentionArchitecture(
                            Heads: 4,
                            KeyValueHeads: 4,
                            HeadDim: 16,
                            Scale: 0.25f,
                            QueryBias: false,
                            KeyBias: false,
                            ValueBias: false,
                            OutputBias: false,
                            SoftCap: 0,
                            QueryKeyNorm: false
                        )
                        {
                            Positions = new RotaryPositions(
                                new RotaryPositionsAttribute().Base,
                                16,
                                RotaryPairing.HalfSplit,
                                new NoScaling()
                            ),
                        },
                        new FeedForwardArchitecture(128, Activation.Relu, Gated: false, Bias: false),
                        LayerArrangement.PreNorm
                    ),
                ]),
                new EquatableArray<int>([0]),
                new NormArchitecture(
                    NormKind.RootMeanSquare,
                    new NormAttribute(Specializer.NormKind.RootMeanSquare).Epsilon,
                    Bias: false,
                    UnitOffset: false
                ),
                new LogitsArchitecture(Tied: false, Bias: false, SoftCap: 0),
                s_checkpoint
            ),
            architecture
        );
    }

    [Fact]
    public void Everything_written()
    {
        TransformerArchitecture architecture = Parse(
            """
            using Specializer;

            [Transformer(stack: Stack.Decoder, Layers = 3, DModel = 40, VocabularySize = 11, ContextLength = 17, ChunkLength = 5, TiedEmbeddings = true)]
            [Attention(Heads = 6, KeyValueHeads = 3, HeadDim = 8, Scale = 0.5f, Mask = AttentionMask.Causal, QueryKeyValueBias = true, OutputBias = true)]
            [RotaryPositions(Base = 5e5, Pairing = RotaryPairing.Interleaved, RotaryDim = 6)]
            [FeedForward(activation: Activation.GeGluTanh, width: 129, Bias = true)]
            [Norm(kind: NormKind.Layer, Epsilon = 1e-6f)]
            partial class Model;
            """
        );
        Assert.Equal(
            new TransformerArchitecture(
                Layers: 3,
                Width: 40,
                ContextLength: 17,
                ChunkLength: 5,
                new EmbeddingArchitecture(11, Scale: 1, Positions: null, Norm: false),
                new([
                    new LayerKind(
                        "",
                        new AttentionArchitecture(
                            Heads: 6,
                            KeyValueHeads: 3,
                            HeadDim: 8,
                            Scale: 0.5f,
                            QueryBias: true,
                            KeyBias: true,
                            ValueBias: true,
                            OutputBias: true,
                            SoftCap: 0,
                            QueryKeyNorm: false
                        )
                        {
                            Positions = new RotaryPositions(5e5, 6, RotaryPairing.Interleaved, new NoScaling()),
                        },
                        new FeedForwardArchitecture(129, Activation.GeluTanh, Gated: true, Bias: true),
                        LayerArrangement.PreNorm
                    ),
                ]),
                new EquatableArray<int>([0]),
                new NormArchitecture(NormKind.Layer, 1e-6f, Bias: true, UnitOffset: false),
                new LogitsArchitecture(Tied: true, Bias: false, SoftCap: 0),
                s_checkpoint
            ),
            architecture
        );
    }

    [Fact]
    public void Without_rotary_positions_there_are_none() =>
        Assert.IsType<NoPositions>(
            Assert.Single(Parse(Declarations.Pronunciation.Replace("[RotaryPositions(Base = 10_000)]", "")).LayerKinds).Attention.Positions
        );

    private static TransformerArchitecture Parse(string declaration) => GeneratorRun.Of(declaration).Declared();
}
