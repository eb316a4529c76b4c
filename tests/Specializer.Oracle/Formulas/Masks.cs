namespace Specializer.Oracle;

/// <summary>The masks of attention.</summary>
public static class Masks
{
    /// <summary>Every query sees every key.</summary>
    public static Visibility None { get; } = (query, key) => true;

    /// <summary>A query sees its own position and those before it (Vaswani et al. 2017, section 3.2.3).</summary>
    /// <param name="firstPosition">The position of query 0; key 0 is at position 0.</param>
    public static Visibility Causal(int firstPosition) => (query, key) => key <= firstPosition + query;

    /// <summary>As causal, but positions of the prefix see all of it (Raffel et al. 2020, section 3.2.1).</summary>
    /// <param name="firstPosition">The position of query 0; key 0 is at position 0.</param>
    /// <param name="prefix">The positions of the prefix.</param>
    public static Visibility Prefix(int firstPosition, int prefix) => (query, key) => key <= firstPosition + query || key < prefix;
}
