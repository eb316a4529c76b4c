using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Generator.Tests.Diagnostics;

/// <summary>
/// Writes declarations of all stacks whose options are each in range and meet by chance, so that many exclude each other.
/// The same for the same seed.
/// </summary>
internal sealed class RandomCombination(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>A class "Model".</summary>
    public string Write()
    {
        int stack = _random.Next(3);
        List<string> parts =
        [
            Part(
                "Transformer",
                ["Stack." + (Stack)stack, "Layers = 2", "DModel = 24", "VocabularySize = 31", "ContextLength = 20"],
                [
                    "TiedEmbeddings = true",
                    "EmbeddingScale = 2",
                    "EmbeddingNorm = true",
                    "LogitsBias = true",
                    "LogitsSoftCap = 3",
                    "ChunkLength = 7",
                    "TokenTypes = 2",
                    "EncoderLayers = 3",
                    "SourceLength = 12",
                    "SourceVocabularySize = 17",
                    Value<LayerArrangement>("Arrangement"),
                    Value<WeightStorage>("WeightStorage"),
                ]
            ),
            Part(
                "Attention",
                [
                    "Heads = 4",
                    .. stack == (int)Stack.Encoder
                        ? ["Mask = AttentionMask." + (_random.Next(3) == 0 ? AttentionMask.Causal : AttentionMask.Full)]
                        : Array.Empty<string>(),
                ],
                [
                    .. stack == (int)Stack.Encoder ? Array.Empty<string>() : [Value<AttentionMask>("Mask")],
                    "KeyValueHeads = 2",
                    "HeadDim = 10",
                    Value<AttentionForm>("Form"),
                    "GlobalTokens = true",
                    "Scale = 0.3f",
                    "SoftCap = 5",
                    "QueryKeyValueBias = true",
                    "QueryBias = true",
                    "KeyBias = true",
                    "ValueBias = true",
                    "OutputBias = true",
                    "QueryKeyNorm = true",
                ]
            ),
            Part("FeedForward", ["30", "Activation." + (Activation)_random.Next(10)], ["Bias = true"]),
            Part(
                "Norm",
                ["NormKind." + (NormKind)_random.Next(2)],
                ["Epsilon = 1e-6f", "NoBias = true", "UnitOffset = true", "NoFinalNorm = true"]
            ),
        ];
        string[] others =
        [
            Part(
                "RotaryPositions",
                [],
                [
                    "Pairing = RotaryPairing.Interleaved",
                    "RotaryDim = 4",
                    Value<FrequencyScaling>("Scaling"),
                    "Factor = 2",
                    "OriginalContextLength = 8",
                ]
            ),
            Part("AlibiPositions", [], ["MaximumBias = 4"]),
            Part("LearnedPositions", [], ["Offset = 2", "Rows = 22"]),
            Part("SinusoidalPositions", [], ["Interleaved = true", "First = 1", "Endpoint = true"]),
            Part("SlidingWindow", [_random.Next(4) == 0 ? "0" : "4"], ["SourceWindow = 6", "Pattern = \"SF\"", "RotaryBase = 100"]),
            Part("Pooling", ["PoolingKind." + (PoolingKind)_random.Next(6)], ["Normalize = true"]),
            Part(
                "TensorNames",
                [],
                [
                    "Query = \"{stack}.{layer}.q\"",
                    "QueryKeyValue = \"{layer}.qkv\"",
                    Value<QueryKeyValueStorage>("QueryKeyValueStorage"),
                    "InputsFirst = true",
                    "Gate = \"{layer}.gate\"",
                    "GateUp = \"{layer}.gate_up\"",
                    "CrossKeyValue = \"{layer}.kv\"",
                    "CrossKey = \"{layer}.k\"",
                    "Logits = \"logits\"",
                ]
            ),
        ];
        parts.AddRange(others.Where(_ => _random.Next(5) == 0));
        return $"using Specializer;\n\n{string.Join('\n', parts)}\npublic sealed partial class Model;\n";
    }

    private string Part(string name, string[] always, string[] sometimes) =>
        $"[{name}({string.Join(", ", always.Concat(sometimes.Where(_ => _random.Next(8) == 0)))})]";

    private string Value<T>(string option)
        where T : struct, Enum
    {
        T[] values = Enum.GetValues<T>();
        return $"{option} = {typeof(T).Name}.{values[_random.Next(values.Length)]}";
    }
}
