using System;
using System.Globalization;

namespace Specializer;

/// <summary>What a block of memory is for, said where the system does not grant it.</summary>
/// <param name="What">Who needs it: "A session of SmolLM".</param>
/// <param name="Advice">How less is needed, as a sentence.</param>
internal sealed record MemoryRequest(string What, string Advice)
{
    private static readonly string[] s_units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    public static MemoryRequest Any { get; } = new("A block of native memory", "Free memory, or ask for less.");

    /// <summary>Whether <see cref="What"/> is several things.</summary>
    private bool IsPlural { get; init; }

    /// <summary>The packed weights of a model.</summary>
    public static MemoryRequest Weights(ModelDescription description) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The packed weights of {description.Name} ({description.ParameterCount:N0} parameters)"
            ),
            "Hold them in 16 bits (WeightStorage = WeightStorage.BFloat16), or use a packed file (SavePacked, LoadPacked), which is mapped and not copied."
        )
        {
            IsPlural = true,
        };

    /// <summary>A session of a model.</summary>
    /// <param name="description">The model.</param>
    /// <param name="sequences">The sequences of the session.</param>
    public static MemoryRequest Session(ModelDescription description, int sequences) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"A session of {description.Name}{(sequences > 1 ? $" for {sequences} sequences" : "")}"
            ),
            string.Create(
                CultureInfo.InvariantCulture,
                $"It grows with ContextLength, which is {description.ContextLength:N0}, and ChunkLength, which is {description.ChunkLength:N0}: declare smaller ones{(sequences > 1 ? ", or create the session for fewer sequences" : "")}."
            )
        );

    /// <summary>The logits of sessions that decode together.</summary>
    /// <param name="description">The model.</param>
    /// <param name="capacity">The most sessions.</param>
    public static MemoryRequest Batch(ModelDescription description, int capacity) =>
        new(
            string.Create(CultureInfo.InvariantCulture, $"A batch of {capacity:N0} sessions of {description.Name}"),
            "Create it for fewer sessions."
        );

    /// <summary>The error that says so.</summary>
    /// <param name="bytes">What was asked for; <see cref="long.MaxValue"/> or more cannot be counted.</param>
    /// <param name="cause">What the system reported.</param>
    public InsufficientMemoryException Refused(UInt128 bytes, Exception? cause) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{What} {(IsPlural ? "need" : "needs")} {bytes:N0} bytes ({InUnits((double)bytes)}), which the system does not grant; it lets this process use {InUnits(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)}. {Advice}"
            ),
            cause
        );

    private static string InUnits(double bytes)
    {
        int unit = 0;
        for (bytes /= 1024; bytes >= 1024 && unit < s_units.Length - 1; unit++)
        {
            bytes /= 1024;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes:N1} {s_units[unit]}");
    }
}
