using System;

namespace Specializer.Oracle;

/// <summary>Values that a type of weights holds exactly, so that rounding is no part of what is compared.</summary>
public static class StoredValues
{
    /// <summary>A value that the type holds, near the given one.</summary>
    public static float Near(float value, WeightStorage storage) =>
        storage switch
        {
            WeightStorage.BFloat16 => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xFFFF_0000),
            WeightStorage.Float16 => (float)(Half)value,
            _ => value,
        };
}
