using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Tests.Families;

/// <summary>A family with its golden checkpoint and the model declared for it.</summary>
/// <param name="Name">The folder of the golden data.</param>
/// <param name="Load">Loads the declared model.</param>
public sealed record Family(string Name, Func<WeightsSource, ModelOptions, IDecoderModel> Load)
{
    public static IReadOnlyList<Family> All { get; } =
    [
        new("llama3", Llama3.Load),
        new("mistral", Mistral.Load),
        new("qwen2", Qwen2.Load),
        new("qwen3", Qwen3.Load),
        new("phi3", Phi3.Load),
        new("gemma", Gemma.Load),
        new("gemma2", Gemma2.Load),
        new("gemma3", Gemma3.Load),
        new("gpt2", Gpt2.Load),
        new("gptj", GptJ.Load),
        new("gpt_neox", GptNeoX.Load),
        new("phi", Phi.Load),
        new("bloom", Bloom.Load),
        new("mpt", Mpt.Load),
        new("falcon", Falcon.Load),
    ];

    public static Family Named(string name) => All.Single(family => family.Name == name);
}
