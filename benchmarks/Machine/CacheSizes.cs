using System;
using System.Globalization;
using System.IO;

namespace Specializer.Benchmarks;

/// <summary>The sizes of the caches of this machine, which determine the cache level that contains the data of a kernel.</summary>
internal static class CacheSizes
{
    /// <summary>The size of the L2 cache of a core in bytes; 1 MiB if the system does not report it.</summary>
    public static long SecondLevel { get; } = Read(2) ?? 1L << 20;

    /// <summary>The size of the shared L3 cache in bytes; 32 MiB if the system does not report it.</summary>
    public static long ThirdLevel { get; } = Read(3) ?? 32L << 20;

    /// <summary>The number of bytes that are read to measure the L2 cache: half of it, at most 1 MiB.</summary>
    public static long ReadFromSecondLevel { get; } = Math.Min(1L << 20, SecondLevel / 2);

    /// <summary>The number of bytes that are read to measure the L3 cache: half of it, at most 32 MiB.</summary>
    public static long ReadFromThirdLevel { get; } = Math.Min(32L << 20, ThirdLevel / 2);

    // Linux describes each cache of a processor in a separate folder.
    private static long? Read(int level)
    {
        for (int index = 0; ; index++)
        {
            string folder = $"/sys/devices/system/cpu/cpu0/cache/index{index.ToString(CultureInfo.InvariantCulture)}";
            if (!Directory.Exists(folder))
            {
                return null;
            }

            string size = File.ReadAllText(Path.Combine(folder, "size")).Trim();
            if (
                File.ReadAllText(Path.Combine(folder, "level")).Trim() == level.ToString(CultureInfo.InvariantCulture)
                && size.EndsWith('K')
                && long.TryParse(size.AsSpan(0, size.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out long kibibytes)
            )
            {
                return kibibytes << 10;
            }
        }
    }
}
