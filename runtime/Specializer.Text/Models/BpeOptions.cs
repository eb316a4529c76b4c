namespace Specializer.Text.Models;

/// <summary>Options of byte-pair encoding, by the names of tokenizer.json.</summary>
internal sealed record BpeOptions
{
    public string? UnknownToken { get; init; }

    public string ContinuingSubwordPrefix { get; init; } = "";

    public string EndOfWordSuffix { get; init; } = "";

    public bool FuseUnknown { get; init; }

    public bool ByteFallback { get; init; }

    public bool IgnoreMerges { get; init; }
}
