using System.Collections.Generic;
using Specializer;

namespace Pronounce;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings
{
    /// <summary>The words to pronounce; none when evaluating.</summary>
    public required IReadOnlyList<string> Words { get; init; }

    /// <summary>The number of threads; 0 for as many as pay, or with --evaluate one per core.</summary>
    public required int Threads { get; init; }

    /// <summary>The instruction set; <see langword="null"/> for the best of this machine.</summary>
    public required InstructionSet? InstructionSet { get; init; }

    /// <summary>How phonemes are chosen.</summary>
    public required SamplingOptions Sampling { get; init; }

    /// <summary>Whether to measure the error rates on the held-out words.</summary>
    public required bool Evaluate { get; init; }

    /// <summary>How many of the held-out words to evaluate; <see langword="null"/> for all.</summary>
    public required int? Limit { get; init; }
}
