using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Fuzzing;

/// <summary>Sessions that process random slices of one sequence in common steps, and copies of their caches.</summary>
/// <param name="tokens">The sequence.</param>
/// <param name="random">The choices.</param>
/// <param name="sequences">The number of sessions.</param>
internal sealed class StepRun(int[] tokens, Random random, int sequences)
{
    private const int Steps = 8;

    /// <summary>Processes the prefix of a session and returns the next position.</summary>
    public delegate int Begin(IDecoderSession session, float[] logits);

    /// <summary>Compares the logits after a position.</summary>
    public delegate void Compare(int position, ReadOnlySpan<float> logits);

    /// <summary>Asserts that each slice ends with the expected logits, and that a copied session continues as its origin does.</summary>
    public void AssertSame(IDecoderModel model, Begin begin, Compare compare)
    {
        int count = Math.Min(sequences, model.Description.ChunkLength);
        IDecoderSession[] sessions = [.. Enumerable.Range(0, count).Select(_ => model.CreateSession())];
        try
        {
            foreach (IDecoderSession session in sessions)
            {
                begin(session, []);
            }

            DecoderBatch batch = model.CreateBatch(count);
            for (int step = 0; step < Steps; step++)
            {
                BatchItem[] items = Draw(sessions, batch.RowCapacity);
                if (items.Length > 0)
                {
                    batch.Step(items);
                }

                for (int i = 0; i < items.Length; i++)
                {
                    if (items[i].NeedsLogits)
                    {
                        compare(items[i].Session.Position - 1, batch.LogitsOf(i));
                    }
                }

                if (count > 1)
                {
                    Copy((ICopyableSession)sessions[random.Next(count)], sessions[random.Next(count)], compare);
                }
            }
        }
        finally
        {
            Array.ForEach(sessions, static session => session.Dispose());
        }
    }

    private BatchItem[] Draw(IDecoderSession[] sessions, int rows)
    {
        var items = new List<BatchItem>();
        IDecoderSession[] members = [.. sessions.Where(session => session.Position < tokens.Length && random.Next(6) > 0)];
        random.Shuffle(members);
        foreach (IDecoderSession session in members.TakeWhile(_ => rows > 0))
        {
            int most = Math.Min(rows, tokens.Length - session.Position),
                slice = random.Next(2) == 0 ? 1 : 1 + random.Next(most);
            rows -= slice;
            items.Add(new BatchItem(session, tokens.AsMemory(session.Position, slice), random.Next(4) > 0));
        }

        return [.. items];
    }

    private void Copy(ICopyableSession origin, IDecoderSession destination, Compare compare)
    {
        if (ReferenceEquals(origin, destination))
        {
            origin.Trim();
            return;
        }

        int positions = origin is ITruncatableSession && random.Next(2) == 0 ? random.Next(origin.Position + 1) : origin.Position;
        try
        {
            origin.CopyTo(destination, positions);
        }
        catch (InvalidOperationException) when (positions < origin.Position)
        {
            // The positions end within a prefix, or a window has passed them.
            return;
        }

        if (destination.Position is > 0 and var next && next < tokens.Length)
        {
            compare(next, destination.Decode(tokens[next]));
        }
    }
}
