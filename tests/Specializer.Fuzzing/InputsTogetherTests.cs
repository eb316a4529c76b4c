using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Specializer.CompilerServices;
using Specializer.Generator.Architecture;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Fuzzing;

using Activation = Specializer.Generator.Architecture.Activation;
using LayerArrangement = Specializer.Generator.Architecture.LayerArrangement;
using NormKind = Specializer.Generator.Architecture.NormKind;
using PoolingKind = Specializer.Generator.Architecture.PoolingKind;
using Stack = Specializer.Generator.Architecture.Stack;

/// <summary>
/// Encoders whose chunk and context have space for several short inputs: a batch has the same bits as its inputs one by one, for
/// one thread and for several.
/// </summary>
[Feature("padding", "short inputs*")]
public sealed class InputsTogetherTests
{
    private static readonly FuzzCase s_encoder = new()
    {
        Stack = Stack.Encoder,
        Layers = 2,
        Heads = 3,
        KeyValueHeads = 3,
        HeadDim = 12,
        ContextLength = 256,
        VocabularySize = 33,
    };

    private static readonly Dictionary<string, FuzzCase> s_values = new()
    {
        ["short inputs, learned positions and types"] = s_encoder with
        {
            Table = TableKind.Learned,
            TableOffset = 2,
            TokenTypes = 2,
            EmbeddingNorm = true,
            Pooling = PoolingKind.First,
            HeadDense = 16,
            HeadActivation = Activation.Tanh,
            HeadOutputs = 5,
        },
        ["short inputs, rotary positions in bands"] = s_encoder with
        {
            Positions = PositionKind.Rotary,
            RotaryDim = 8,
            Band = 3,
            KeyValueHeads = 1,
            Pooling = PoolingKind.Mean,
            Normalize = true,
        },
        ["short inputs, relative biases"] = s_encoder with { Positions = PositionKind.Relative, Pooling = PoolingKind.Max },
        ["short inputs, ALiBi, a state of every token"] = s_encoder with { Positions = PositionKind.Alibi, HeadDim = 8 },
        ["short inputs, a decoder's body"] = s_encoder with
        {
            Causal = true,
            Positions = PositionKind.Rotary,
            RotaryDim = 12,
            Pooling = PoolingKind.Last,
        },
        ["short inputs, short and long factors"] = s_encoder with
        {
            Positions = PositionKind.Rotary,
            RotaryDim = 8,
            Scaling = ScalingKind.Long,
            ShortFactors = true,
            OriginalContextLength = 9,
            Pooling = PoolingKind.WeightedMean,
        },
        ["short inputs, outputs of every token"] = s_encoder with
        {
            TiedHead = true,
            HeadDense = 16,
            HeadActivation = Activation.Gelu,
            HeadNorm = true,
            HeadOutputs = 33,
            HeadBias = true,
        },
        ["short inputs, blocks in parallel, a chunk of 40 rows"] = s_encoder with
        {
            Causal = true,
            Arrangement = LayerArrangement.ParallelOneNorm,
            Norm = NormKind.Layer,
            NormBias = true,
            ChunkLength = 40,
        },
    };

    internal static NamedCases Cases { get; } = new("together", s_values);

    public static TheoryData<string> Values => Cases.Names;

    [Theory]
    [MemberData(nameof(Values))]
    public void A_batch_agrees_with_the_oracle_and_with_its_inputs(string name) => Cases.AssertAgrees(name);

    /// <summary>Without this, the bits above would agree because every input is encoded by itself.</summary>
    [Fact]
    public void Short_inputs_share_a_chunk_unless_there_is_an_observer()
    {
        const int Inputs = 5,
            Length = 3;
        using var model = (IEncoderModel<TokenInput>)Cases.Load("short inputs, relative biases", threads: 1);
        using IEncoderSession<TokenInput> session = model.CreateSession();
        float[] states = new float[Inputs * Length * model.Description.DModel];
        int[] tokens = [.. Enumerable.Range(0, Inputs * Length)];
        session.Encode(new TokenInput(tokens) { Sequences = Inputs }, [], states);
        Assert.Equal(Inputs, EncodedInputs(session));
        session.HiddenStates = static (_, _, _) => { };
        session.Encode(new TokenInput(tokens) { Sequences = Inputs }, [], states);
        Assert.Equal(1, EncodedInputs(session));
    }

    private static int EncodedInputs(object session) =>
        (int)typeof(SessionEngine).GetProperty("EncodedInputs", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(session)!;
}
