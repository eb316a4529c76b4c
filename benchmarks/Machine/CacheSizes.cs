using System;
using System.Globalization;
using System.IO;

namespace Specializer.Benchmarks;

/// <summary>What the caches of this machine hold, which says at which level the data of a kernel lies.</summary>
internal static class CacheSizes
{
    /// <summary>The bytes of a core's second-level cache: 1 MiB where the system does not say.</summary>
    public static long SecondLevel { get; } = Read(2) ?? 1L << 20;

    /// <summary>The bytes of the third level, which cores share: 32 MiB where the system does not say.</summary>
    public static long ThirdLevel { get; } = Read(3) ?? 32L << 20;

    /// <summary>What is read to measure the second level: half of it, at most 1 MiB.</summary>
    public static long ReadFromSecondLevel { get; } = Math.Min(1L << 20, SecondLevel / 2);

    /// <summary>What is read to measure the third level: half of it, at most 32 MiB.</summary>
    public static long ReadFromThirdLevel { get; } = Math.Min(32L << 20, ThirdLevel / 2);

    // Linux describes each cache of a processor in a folder of its own.
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
