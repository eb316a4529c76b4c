using System;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Families;

/// <summary>Models with a window: the cache is a ring of window and chunk, and goes round many times in a long sequence.</summary>
[Feature("sliding-window")]
public sealed class SlidingWindowTests
{
    [SharedDataTheory]
    [InlineData("mistral")]
    [InlineData("gemma3")]
    public void A_long_sequence_goes_round_the_ring(string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(SharedData.Path("goldens", name, "model.safetensors"));
        using IDecoderModel model = Family.Named(name).Load(file, new ModelOptions { Threads = 1 });
        int[] tokens =
        [
            .. Enumerable.Range(0, model.Description.ContextLength).Select(position => (position * 31) % model.Description.VocabularySize),
        ];
        using IDecoderSession whole = model.CreateSession();
        float[] expected = whole.Prefill(tokens).ToArray();

        using IDecoderSession single = model.CreateSession();
        float[] last = [];
        foreach (int token in tokens)
        {
            last = single.Decode(token).ToArray();
        }

        Assert.Equal(expected, last);
    }

    [SharedDataTheory]
    [InlineData("mistral")]
    [InlineData("gemma3")]
    public void A_session_returns_only_to_where_its_cache_still_reaches(string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(SharedData.Path("goldens", name, "model.safetensors"));
        using IDecoderModel model = Family.Named(name).Load(file, new ModelOptions { Threads = 1 });
        int[] tokens =
        [
            .. Enumerable.Range(0, model.Description.ContextLength).Select(position => (position * 31) % model.Description.VocabularySize),
        ];
        using IDecoderSession session = model.CreateSession();
        float[] expected = session.Prefill(tokens).ToArray();

        string message = Assert.Throws<InvalidOperationException>(() => session.Truncate(1)).Message;
        int least = int.Parse(Regex.Match(message, "to 0 or to ([0-9]+) and more, not to 1").Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.Throws<InvalidOperationException>(() => session.Truncate(least - 1));
        session.Truncate(least);
        Assert.Equal(expected, session.Prefill(tokens.AsSpan(least)).ToArray());
        session.Reset();
        Assert.Equal(expected, session.Prefill(tokens).ToArray());
    }

    [SharedDataTheory]
    [InlineData("mistral", 20, false)]
    [InlineData("mistral", 200, true)]
    [InlineData("gemma3", 200, true)]
    public void A_cancelled_call_leaves_the_session_as_it_was_or_empty(string name, int cancelBehind, bool isEmpty)
    {
        using SafetensorsFile file = SafetensorsFile.Open(SharedData.Path("goldens", name, "model.safetensors"));
        using IDecoderModel model = Family.Named(name).Load(file, new ModelOptions { Threads = 1 });
        int[] tokens =
        [
            .. Enumerable.Range(0, model.Description.ContextLength).Select(position => (position * 31) % model.Description.VocabularySize),
        ];
        using IDecoderSession session = model.CreateSession();
        float[] expected = session.Prefill(tokens).ToArray();

        const int Before = 10;
        session.Reset();
        session.Prefill(tokens.AsSpan(0, Before));
        using CancellationTokenSource source = new();
        session.HiddenStates = (_, position, _) =>
        {
            if (position >= cancelBehind)
            {
                source.Cancel();
            }
        };
        Assert.Throws<OperationCanceledException>(() => session.Prefill(tokens.AsSpan(Before), source.Token));
        session.HiddenStates = null;
        Assert.Equal(isEmpty ? 0 : Before, session.Position);
        Assert.Equal(expected, session.Prefill(tokens.AsSpan(session.Position)).ToArray());
    }

    [SharedDataFact]
    public void What_left_the_window_of_every_layer_is_forgotten()
    {
        // Two layers see at most 2 * (8 - 1) positions back: other tokens before that change nothing.
        using SafetensorsFile file = SafetensorsFile.Open(SharedData.Path("goldens", "mistral", "model.safetensors"));
        using IDecoderModel model = Mistral.Load(file, new ModelOptions { Threads = 1 });
        int[] first = [.. Enumerable.Range(0, 200).Select(position => (position * 31) % 509)];
        int[] second = [.. first.Select((token, position) => position < 200 - 15 ? (token + 7) % 509 : token)];
        using IDecoderSession one = model.CreateSession();
        using IDecoderSession other = model.CreateSession();
        Assert.Equal(one.Prefill(first).ToArray(), other.Prefill(second).ToArray());
    }
}
