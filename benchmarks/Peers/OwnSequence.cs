using System;
using System.Linq;

namespace Specializer.Benchmarks;

/// <summary>A Specializer sequence in a contest: a prompt, and tokens decoded one after another from a position.</summary>
internal sealed class OwnSequence(IDecoderModel model) : IDisposable
{
    private readonly IDecoderSession _session = model.CreateSession();

    /// <summary>The logits of the last token.</summary>
    public float[] Logits { get; } = new float[model.Description.VocabularySize];

    /// <summary>Returns distinct tokens, the same ones for every engine.</summary>
    public static int[] Tokens(int count, int vocabularySize) =>
        [.. Enumerable.Range(0, count).Select(position => ((position * 97) + 1) % vocabularySize)];

    public void Prefill(int[] prompt)
    {
        _session.Reset();
        _session.Prefill(prompt).CopyTo(Logits);
    }

    public void Decode(int position, int[] tokens) => Decode(_session, position, tokens, Logits);

    /// <summary>Decodes tokens from a position with any decoder session and keeps the logits of the last one.</summary>
    public static void Decode(IDecoderSession session, int position, int[] tokens, float[] logits)
    {
        session.Truncate(position);
        foreach (int token in tokens)
        {
            session.Decode(token).CopyTo(logits);
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        model.Dispose();
    }
}
