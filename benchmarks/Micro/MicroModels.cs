using System.Collections.Generic;

namespace Specializer.Benchmarks;

/// <summary>The small models of <c>micro</c>, whose tokens take microseconds.</summary>
internal static class MicroModels
{
    /// <summary>The models that <c>micro</c> measures.</summary>
    public static IReadOnlyList<MeasuredModel> All { get; } =
    [
        MeasuredModel.Llama(
            "nano-260K",
            typeof(Nano260K),
            layers: 5,
            width: 64,
            heads: 8,
            keyValueHeads: 4,
            feedForwardWidth: 172,
            vocabularySize: 512
        ),
        MeasuredModel.Llama(
            "micro-1600K",
            typeof(Micro1600K),
            layers: 4,
            width: 192,
            heads: 6,
            keyValueHeads: 6,
            feedForwardWidth: 384,
            vocabularySize: 512
        ),
        MeasuredModel.Llama(
            "small-5M",
            typeof(Small5M),
            layers: 6,
            width: 256,
            heads: 8,
            keyValueHeads: 8,
            feedForwardWidth: 512,
            vocabularySize: 4_096
        ),
        new MeasuredModel("bert-128", typeof(Bert128)),
        new MeasuredModel("minilm-22M", typeof(MiniLm)),
        new MeasuredModel("vit-tiny", typeof(VitTiny)),
        new MeasuredModel("words-128", typeof(Words128)),
    ];
}
