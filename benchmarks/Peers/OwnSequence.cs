using System;
using System.Linq;

namespace Specializer.Benchmarks;

/// <summary>A sequence of ours in a contest: a prompt, and tokens one after the other behind a position.</summary>
internal sealed class OwnSequence(DecoderModel model) : IDisposable
{
    private readonly DecoderSession _session = model.CreateSession();

    /// <summary>Those of the last token.</summary>
    public float[] Logits { get; } = new float[model.Description.VocabularySize];

    /// <summary>Tokens that differ, the same ones for every engine.</summary>
    public static int[] Tokens(int count, int vocabularySize) =>
        [.. Enumerable.Range(0, count).Select(position => ((position * 97) + 1) % vocabularySize)];

    public void Prefill(int[] prompt)
    {
        _session.Reset();
        _session.Prefill(prompt).CopyTo(Logits);
    }

    public void Decode(int position, int[] tokens) => Decode(_session, position, tokens, Logits);

    /// <summary>Tokens behind a position of any session that decodes; the last one's logits are kept.</summary>
    public static void Decode(DecoderSession session, int position, int[] tokens, float[] logits)
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
