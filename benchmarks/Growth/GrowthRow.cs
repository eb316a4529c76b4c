namespace Specializer.Benchmarks;

/// <summary>The cost of a length.</summary>
/// <param name="Length">The number of positions.</param>
/// <param name="PrefillSeconds">The seconds of a prefill with this length.</param>
/// <param name="DecodeSeconds">The seconds to decode one token after this many positions.</param>
/// <param name="AttentionSeconds">The seconds of one layer's attention for one query over this many keys.</param>
/// <param name="CacheBytes">The bytes of the keys and values of all layers.</param>
internal sealed record GrowthRow(int Length, double PrefillSeconds, double DecodeSeconds, double AttentionSeconds, long CacheBytes);
