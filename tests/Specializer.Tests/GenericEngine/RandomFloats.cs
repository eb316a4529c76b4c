using System;

namespace Specializer.Tests.GenericEngine;

/// <summary>Random inputs, the same for the same seed.</summary>
internal static class RandomFloats
{
    /// <summary>Uniform values in [−1, 1).</summary>
    public static float[] Uniform(int count, int seed)
    {
        Random random = new(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (2f * random.NextSingle()) - 1f;
        }

        return values;
    }
}
