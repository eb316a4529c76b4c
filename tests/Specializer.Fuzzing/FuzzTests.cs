using System;
using System.Collections.Generic;
using System.Globalization;
using Specializer.Generator.Architecture;
using Specializer.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace Specializer.Fuzzing;

using Activation = Specializer.Generator.Architecture.Activation;
using LayerArrangement = Specializer.Generator.Architecture.LayerArrangement;
using NormKind = Specializer.Generator.Architecture.NormKind;
using Stack = Specializer.Generator.Architecture.Stack;
using WeightStorage = Specializer.Generator.Architecture.WeightStorage;

/// <summary>
/// Random architectures, generated, compiled, run on every instruction set of this process, and compared with the oracle.
/// SPECIALIZER_FUZZ_CASES is the number of cases, SPECIALIZER_FUZZ_SEED the first seed.
/// </summary>
[Feature("fuzzer")]
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int DefaultCases = 12;

    private const int DefaultSeed = 2017;

    /// <summary>Failures that the fuzzer once found, each shrunk.</summary>
    private static readonly Dictionary<string, FuzzCase> s_found = new()
    {
        ["as many logits as projected features, in rows of another stride"] = new FuzzCase
        {
            VocabularySize = 120,
            Heads = 5,
            KeyValueHeads = 5,
            HeadDim = 8,
        },
        ["as many logits as features, projections between norms"] = new FuzzCase
        {
            Width = 32,
            VocabularySize = 32,
            Heads = 2,
            KeyValueHeads = 1,
            Arrangement = LayerArrangement.Sandwich,
        },
        ["gate and up in one tensor, with biases"] = new FuzzCase
        {
            Gated = true,
            FeedForwardBias = true,
            GateUpConcatenated = true,
        },
        ["gate and up in one tensor, inputs first"] = new FuzzCase
        {
            Gated = true,
            GateUpConcatenated = true,
            InputsFirst = true,
        },
        ["a kind of layer that no layer is of"] = new FuzzCase { TwoKinds = true, PatternLength = 1 },
        ["a source longer than the context, with rotary positions"] = new FuzzCase
        {
            Stack = Stack.EncoderDecoder,
            SourceLength = 17,
            Positions = PositionKind.Rotary,
        },
        ["relative positions over the cache of a window, which is shorter than their table"] = new FuzzCase
        {
            Stack = Stack.EncoderDecoder,
            Positions = PositionKind.Relative,
            Window = 2,
        },
        ["stacks of an encoder-decoder with different kinds of layers"] = new FuzzCase
        {
            Stack = Stack.EncoderDecoder,
            EncoderLayers = 2,
            TwoKinds = true,
        },
        ["fewer layers than the pattern"] = new FuzzCase
        {
            TwoKinds = true,
            Pattern = 1,
            PatternLength = 2,
        },
        ["small weights in half precision, one row at a time with portable vectors"] = new FuzzCase
        {
            Seed = 30036,
            Stack = Stack.EncoderDecoder,
            Storage = WeightStorage.Float16,
            Layers = 2,
            SourceLength = 1,
            SourceVocabularySize = 33,
            VocabularySize = 33,
            HeadDim = 8,
            OutputBias = true,
            Positions = PositionKind.Relative,
            Window = 1,
            FeedForwardWidth = 128,
            Activation = Activation.GeluTanh,
            Gated = true,
            FeedForwardBias = true,
            Norm = NormKind.Layer,
            Epsilon = 1E-12f,
            GateUpConcatenated = true,
        },
    };

    internal static NamedCases FoundCases { get; } = new("found", s_found);

    internal static int Seed => Setting("SPECIALIZER_FUZZ_SEED", DefaultSeed);

    internal static int Cases => Setting("SPECIALIZER_FUZZ_CASES", DefaultCases);

    public static TheoryData<string> Found => FoundCases.Names;

    [Fact]
    public void Random_architectures_agree_with_the_oracle()
    {
        (string report, bool agreed) = FuzzRun.Run(
            Seed,
            Cases,
            line =>
            {
                output.WriteLine(line);
                Console.WriteLine(line);
            }
        );
        Assert.True(agreed, report);
    }

    [Theory]
    [MemberData(nameof(Found))]
    public void What_was_found_once_agrees(string name) => FoundCases.AssertAgrees(name);

    internal static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
