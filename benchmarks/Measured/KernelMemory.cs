using System;
using System.Collections.Generic;

namespace Specializer.Benchmarks;

/// <summary>The memory of kernels: one region for each parameter name, filled with small numbers.</summary>
internal sealed unsafe class KernelMemory : IDisposable
{
    /// <summary>The maximum number of rows of a kernel call.</summary>
    public const int Rows = 512;

    /// <summary>The number of positions that attention processes, unless the context is shorter.</summary>
    public const int CacheLength = 1024;

    private const long ActivationFloats = Rows * 4096;
    private const long CacheFloats = 8 << 20;
    private const long WeightFloats = 40 << 20;

    private readonly Dictionary<string, AlignedBuffer> _regions = [];

    public float* Input => Region("input");

    public float* Output => Region("output");

    public float* Queries => Region("queries");

    public float* Weights => Region("weights");

    public float* Keys => Region("keys");

    /// <summary>Returns the address of a region, which is allocated and filled on first use.</summary>
    public float* Region(string name)
    {
        if (_regions.TryGetValue(name, out AlignedBuffer? region))
        {
            return region.Address;
        }

        long floats = name switch
        {
            "weights" or "table" => WeightFloats,
            "keys" or "values" => CacheFloats,
            _ => ActivationFloats,
        };
        region = AlignedBuffer.Allocate(floats * sizeof(float));
        _regions.Add(name, region);
        Fill(name, region.Address, floats);
        return region.Address;
    }

    public void Dispose()
    {
        foreach (AlignedBuffer region in _regions.Values)
        {
            region.Dispose();
        }
    }

    private static void Fill(string name, float* region, long floats)
    {
        uint state = 1;
        for (long i = 0; i < floats; i++)
        {
            state = (state * 1_664_525) + 1_013_904_223;
            if (name is "tokens" or "tokenTypes")
            {
                // Small enough for every vocabulary, and large enough not to be cached.
                ((int*)region)[i] = name == "tokens" ? (int)(state >> 17) : 0;
            }
            else
            {
                // Both halves of a word are small numbers, too. As 16-bit weights they must not be subnormal, which would be
                // slow.
                uint bits = BitConverter.SingleToUInt32Bits(((state >> 8) - (float)(1 << 23)) / (1 << 27));
                region[i] = BitConverter.UInt32BitsToSingle((bits & 0xFFFF0000) | (bits >> 16));
            }
        }
    }
}
