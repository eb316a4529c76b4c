using System;

namespace Specializer;

/// <summary>
/// A token's place in the order from probable to improbable, as one integer: greater for the higher logit, and on
/// equal logits for the lower token.
/// </summary>
/// <remarks>
/// No two tokens have the same rank, so "the k best" is one definite set, however it is found.
/// </remarks>
internal static class TokenRank
{
    /// <summary>The rank of a token with a logit that is not NaN.</summary>
    public static ulong Of(float logit, int token)
    {
        // Read as integers, floats without sign are in order; those with one are once all bits are inverted. The shift
        // spreads the sign where a branch on it would often be mispredicted. Adding zero turns -0 into 0, its equal.
        uint bits = BitConverter.SingleToUInt32Bits(logit + 0f);
        uint ordered = bits ^ ((uint)((int)bits >> 31) | 0x80000000);
        return ((ulong)ordered << 32) | ~(uint)token;
    }

    /// <summary>The token that has this rank.</summary>
    public static int TokenOf(ulong rank) => (int)~(uint)rank;

    /// <summary>The logit that has this rank.</summary>
    public static float LogitOf(ulong rank)
    {
        uint ordered = (uint)(rank >> 32);
        return BitConverter.UInt32BitsToSingle(ordered ^ ((ordered >> 31) != 0 ? 0x80000000 : 0xFFFFFFFF));
    }
}
