using System.Collections.Generic;
using Specializer;

namespace Pronounce;

/// <summary>The settings of the command line.</summary>
internal sealed record Settings
{
    /// <summary>The words to pronounce; empty for an evaluation.</summary>
    public required IReadOnlyList<string> Words { get; init; }

    /// <summary>The number of threads; 0 to choose automatically, or with --evaluate one per core.</summary>
    public required int Threads { get; init; }

    /// <summary>The instruction set; <see langword="null"/> for the best of this machine.</summary>
    public required InstructionSet? InstructionSet { get; init; }

    /// <summary>The sampling options.</summary>
    public required SamplingOptions Sampling { get; init; }

    /// <summary>Whether to measure the error rates on the held-out words.</summary>
    public required bool Evaluate { get; init; }

    /// <summary>The number of held-out words to evaluate; <see langword="null"/> for all.</summary>
    public required int? Limit { get; init; }
}
