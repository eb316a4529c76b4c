using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Specializer.Benchmarks;

/// <summary>What a process that loads the 110 M model needs at most: its own memory, and with the pages of the checkpoint that lie in it meanwhile.</summary>
internal static class LoadedMemory
{
    public const string Command = "loaded-memory";

    /// <summary>In the child: loads the model, and says how many bytes it had of its own before and after, and how many with what is mapped before and at most.</summary>
    public static int Run(string path)
    {
        long before = Bytes("RssAnon"),
            residentBefore = Bytes("VmRSS");
        using Llama110M model = path.EndsWith(".packed", StringComparison.Ordinal) ? Llama110M.LoadPacked(path) : Llama110M.Load(path);

        // Loading frees nothing of its own that counts: what it has afterwards is what it had at most.
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{before} {Bytes("RssAnon")} {residentBefore} {Bytes("VmHWM")} {Llama110M.PackedWeightBytes}"
            )
        );
        return 0;
    }

    /// <summary>The line of the table for what the child said.</summary>
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
