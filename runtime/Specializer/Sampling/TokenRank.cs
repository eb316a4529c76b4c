using System;

namespace Specializer;

/// <summary>
/// Encodes the order of tokens from probable to improbable in one integer. A higher logit has a higher rank; if logits are equal,
/// the lower token has the higher rank.
/// </summary>
/// <remarks>No two tokens have the same rank, so the k best tokens are a unique set, however they are found.</remarks>
internal static class TokenRank
{
    /// <summary>Returns the rank of a token with a logit that is not NaN.</summary>
    public static ulong Of(float logit, int token)
    {
        // As integers, nonnegative floats are in order; negative floats are in order after inverting all bits. The shift copies
        // the sign to all bits without a branch, which would often be mispredicted. Adding zero converts -0 to 0, which is equal.
        uint bits = BitConverter.SingleToUInt32Bits(logit + 0f);
        uint ordered = bits ^ ((uint)((int)bits >> 31) | 0x80000000);
        return ((ulong)ordered << 32) | ~(uint)token;
    }

    /// <summary>Returns the token with a rank.</summary>
    public static int TokenOf(ulong rank) => (int)~(uint)rank;

    /// <summary>Returns the logit with a rank.</summary>
    public static float LogitOf(ulong rank)
    {
        uint ordered = (uint)(rank >> 32);
        return BitConverter.UInt32BitsToSingle(ordered ^ ((ordered >> 31) != 0 ? 0x80000000 : 0xFFFFFFFF));
    }
}
