using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Specializer.Benchmarks;

/// <summary>
/// Measures the peak memory of a process that loads the 110 M model, without and with the mapped pages of the checkpoint.
/// </summary>
internal static class LoadedMemory
{
    public const string Command = "loaded-memory";

    /// <summary>
    /// The child process: loads the model and prints its private bytes before and after, and its resident bytes before and at the
    /// peak.
    /// </summary>
    public static int Run(string path)
    {
        long before = Bytes("RssAnon"),
            residentBefore = Bytes("VmRSS");
        using Llama110M model = path.EndsWith(".packed", StringComparison.Ordinal) ? Llama110M.LoadPacked(path) : Llama110M.Load(path);

        // Loading does not release a significant amount of private memory, so the amount afterwards is the peak.
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{before} {Bytes("RssAnon")} {residentBefore} {Bytes("VmHWM")} {Llama110M.PackedWeightBytes}"
            )
        );
        return 0;
    }

    /// <summary>Returns the row of the table for the output of the child process.</summary>
    public static string Row(string from, double[] bytes)
    {
        double own = bytes[1] - bytes[0],
            resident = bytes[3] - bytes[2],
            packed = bytes[4];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {from} | {packed / 1e6:F0} | {own / 1e6:F0} | {own / packed:F2} | {resident / 1e6:F0} | {resident / packed:F2} |"
        );
    }

    private static long Bytes(string what)
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(what + ":", StringComparison.Ordinal));
        return long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
