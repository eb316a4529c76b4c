namespace Specializer.Benchmarks;

/// <summary>What a length costs.</summary>
/// <param name="Length">Positions.</param>
/// <param name="PrefillSeconds">Seconds of a prefill of so many tokens.</param>
/// <param name="DecodeSeconds">Seconds of one token decoded behind so many positions.</param>
/// <param name="AttentionSeconds">Seconds of the attention of one layer for one query over so many keys.</param>
/// <param name="CacheBytes">Bytes of keys and values of so many positions, all layers.</param>
internal sealed record GrowthRow(int Length, double PrefillSeconds, double DecodeSeconds, double AttentionSeconds, long CacheBytes);
