using System.Linq;
using Specializer.Tests.Goldens;
using Xunit;

namespace Specializer.Tests.Families;

/// <summary>Models with a window: the cache is a ring of window and chunk, and goes round many times in a long sequence.</summary>
public sealed class SlidingWindowTests
{
    [SharedDataTheory]
    [InlineData("mistral")]
    [InlineData("gemma3")]
    public void ALongSequenceGoesRoundTheRing(string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(SharedData.Path("goldens", name, "model.safetensors"));
        using DecoderModel model = Family.Named(name).Load(file, new ModelOptions { Threads = 1 });
        int[] tokens = [.. Enumerable.Range(0, model.Description.ContextLength).Select(position => (position * 31) % model.Description.VocabularySize)];
        using DecoderSession whole = model.CreateSession();
        float[] expected = whole.Prefill(tokens).ToArray();

        using DecoderSession single = model.CreateSession();
        float[] last = [];
        foreach (int token in tokens)
        {
            last = single.Decode(token).ToArray();
        }

        Assert.Equal(expected, last);
    }

    [SharedDataFact]
    public void WhatLeftTheWindowOfEveryLayerIsForgotten()
    {
        // Two layers see at most 2 * (8 - 1) positions back: other tokens before that change nothing.
        using SafetensorsFile file = SafetensorsFile.Open(SharedData.Path("goldens", "mistral", "model.safetensors"));
        using DecoderModel model = Mistral.Load(file, new ModelOptions { Threads = 1 });
        int[] first = [.. Enumerable.Range(0, 200).Select(position => (position * 31) % 509)];
        int[] second = [.. first.Select((token, position) => position < 200 - 15 ? (token + 7) % 509 : token)];
        using DecoderSession one = model.CreateSession();
        using DecoderSession other = model.CreateSession();
        Assert.Equal(one.Prefill(first).ToArray(), other.Prefill(second).ToArray());
    }
}
