using System;
using System.Globalization;

namespace Specializer;

/// <summary>The purpose of a block of memory, for the message of a failed allocation.</summary>
/// <param name="What">The subject of the message: "A session of SmolLM".</param>
/// <param name="Advice">A sentence that explains how to reduce the size.</param>
internal sealed record MemoryRequest(string What, string Advice)
{
    private static readonly string[] s_units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    public static MemoryRequest Any { get; } = new("A block of native memory", "Free memory, or request less.");

    /// <summary>Whether <see cref="What"/> is a plural.</summary>
    private bool IsPlural { get; init; }

    /// <summary>The packed weights of a model.</summary>
    public static MemoryRequest Weights(ModelDescription description) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The packed weights of {description.Name} ({description.ParameterCount:N0} parameters)"
            ),
            "Store them in 16 bits (WeightStorage = WeightStorage.BFloat16), or use a packed file (SavePacked, LoadPacked), which is mapped instead of copied."
        )
        {
            IsPlural = true,
        };

    /// <summary>A session of a model.</summary>
    /// <param name="description">The model.</param>
    /// <param name="sequences">The number of sequences of the session.</param>
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

    /// <summary>The logits of a batch of sessions.</summary>
    /// <param name="description">The model.</param>
    /// <param name="capacity">The largest number of sessions.</param>
    public static MemoryRequest Batch(ModelDescription description, int capacity) =>
        new(
            string.Create(CultureInfo.InvariantCulture, $"A batch of {capacity:N0} sessions of {description.Name}"),
            "Create it for fewer sessions."
        );

    /// <summary>Creates the exception for a failed allocation.</summary>
    /// <param name="bytes">The requested size; <see cref="long.MaxValue"/> or more cannot be represented.</param>
    /// <param name="cause">The exception of the system.</param>
    public InsufficientMemoryException Refused(UInt128 bytes, Exception? cause) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{What} {(IsPlural ? "need" : "needs")} {bytes:N0} bytes ({InUnits((double)bytes)}), which the system does not provide; this process can use {InUnits(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)}. {Advice}"
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
