using System;
using System.Linq;

namespace Specializer.Benchmarks;

/// <summary>A contest of a small model, and a plain read loop over the bytes that it reads at least.</summary>
/// <param name="Contest">The engines.</param>
/// <param name="Bytes">The bytes of the weights of one unit, each counted once.</param>
internal sealed record MicroContest(Contest Contest, long Bytes)
{
    private const double WarmUp = 0.2;

    private static float s_sink;

    /// <summary>Measures all engines and the read loop alternately.</summary>
    /// <param name="turns">The number of rounds.</param>
    /// <param name="seconds">The time of one engine in a round.</param>
    /// <param name="report">
    /// Receives each engine and its microseconds for one unit. Its time relative to that of Specializer and the time of the read loop
    /// relative to its own follow. The last value is the largest relative difference of its results.
    /// </param>
    public void Measure(int turns, double seconds, Action<Contestant, double, Spread, Spread, double> report)
    {
        long bytes = Math.Max(ReadLoop.Step, Bytes / ReadLoop.Step * ReadLoop.Step);
        using AlignedBuffer memory = AlignedBuffer.Allocate(bytes);

        // Pages without a write share the memory of one page, which the first level contains.
        Fill(memory, bytes);
        int units = (int)Contest.Amount;
        Action[] actions = [.. Contest.Contestants.Select(static contestant => contestant.Run), Read];

        // Methods that are not compiled with full optimization at once need some time until they are.
        Turns.Take(1, WarmUp, actions);
        double[][] times = Turns.Take(turns, seconds, actions);
        float[] ours = Contest.Contestants[0].Result();
        for (int i = 0; i < Contest.Contestants.Count; i++)
        {
            Contestant contestant = Contest.Contestants[i];
            report(
                contestant,
                Spread.Of(times[i]).Median / units * 1e6,
                Turns.Ratio(times[0], times[i]),
                Turns.Ratio(times[i], times[^1]),
                ContestMeasurement.Difference(ours, contestant.Result())
            );
        }

        unsafe void Read()
        {
            for (int unit = 0; unit < units; unit++)
            {
                s_sink += ReadLoop.Run((byte*)memory.Address, bytes);
            }
        }
    }

    private static unsafe void Fill(AlignedBuffer memory, long bytes) =>
        new Span<float>(memory.Address, checked((int)(bytes / sizeof(float)))).Fill(1);
}
