using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using Specializer.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace Specializer.Fuzzing.Gguf;

/// <summary>
/// Valid GGUF files, changed at random with knowledge of their parts: each is refused, or is read completely. SPECIALIZER_FUZZ_GGUF is the
/// number of files, SPECIALIZER_FUZZ_SEED the first seed; each file has a seed of its own.
/// </summary>
[Feature("gguf")]
public sealed class GgufMutationTests(ITestOutputHelper output)
{
    private const int DefaultFiles = 4_000,
        MostFailures = 10;

    /// <summary>The most bytes that reading may allocate beyond the file.</summary>
    private const long Allowance = 2_000_000;

    private static readonly byte[][] s_originals = [GgufOriginals.Llama(), GgufOriginals.Gpt2(), GgufOriginals.Types()];

    [Fact]
    public void Mutated_gguf_files_are_refused_or_read()
    {
        int first = Setting("SPECIALIZER_FUZZ_SEED", 1),
            count = Setting("SPECIALIZER_FUZZ_GGUF", DefaultFiles),
            read = 0;
        List<string> failures = [];
        long start = Stopwatch.GetTimestamp();
        for (int seed = first; seed < first + count && failures.Count < MostFailures; seed++)
        {
            byte[] file = Mutated(seed);
            try
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                ReadAll(file);
                long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                read++;
                if (allocated > Allowance)
                {
                    failures.Add(string.Create(CultureInfo.InvariantCulture, $"Seed {seed} disagrees: it allocated {allocated} bytes."));
                }
            }
            catch (WeightsException)
            {
                // The documented exception.
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                failures.Add(string.Create(CultureInfo.InvariantCulture, $"Seed {seed} disagrees: {exception}\n"));
            }
        }

        failures.ForEach(output.WriteLine);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Seeds {first} to {first + count - 1}, {read} of them read: {count - failures.Count} agree, 0 are too ill-conditioned to tell, {failures.Count} disagree; {Stopwatch.GetElapsedTime(start).TotalSeconds:f1} s."
            )
        );
        Assert.Empty(failures);

        // Changes of data, names and values keep a file valid; if none or all did, the test would test nothing.
        Assert.InRange(read, 1, count < 100 ? count : count - (count / 10));
    }

    [Fact]
    public void Originals_are_read() => Assert.All(s_originals, ReadAll);

    private static void ReadAll(byte[] file)
    {
        using (GgufFile plain = GgufFile.Parse(file, "fuzz"))
        {
            foreach (GgufValue value in plain.Metadata.Values)
            {
                ReadValue(value);
            }
        }

        using GgufCheckpoint checkpoint = GgufCheckpoint.Parse(file, "fuzz");
        float[] values = new float[512];
        foreach (string name in checkpoint.Names)
        {
            Assert.True(checkpoint.TryGetTensor(name, out TensorView view));
            for (long at = 0; at < view.ElementCount && at < 1L << 16; at += values.Length)
            {
                view.CopyRangeTo(at, values.AsSpan(0, (int)Math.Min(values.Length, view.ElementCount - at)));
            }

            if (view.ElementCount > 3)
            {
                view.CopyRangeTo(view.ElementCount - 3, values.AsSpan(0, 3));
                view.LetGo(1, view.ElementCount - 2);
            }
        }
    }

    private static void ReadValue(GgufValue value)
    {
        try
        {
            switch (value.Type)
            {
                case GgufValueType.String:
                    value.ToText();
                    break;
                case GgufValueType.Array when value.ItemType == GgufValueType.String:
                    value.ForEachText(static (_, text) => GC.KeepAlive(text.Length > 0 ? text[^1] : 0));
                    break;
                case GgufValueType.Array when value.ItemType == GgufValueType.Float32:
                    value.ToSingles();
                    break;
                case GgufValueType.Array when value.Count > 0:
                    value.IntegerAt(value.Count - 1);
                    break;
                case GgufValueType.Boolean:
                    value.ToFlag();
                    break;
                default:
                    value.ToNumber();
                    break;
            }
        }
        catch (WeightsException)
        {
            // Another type, or no valid text.
        }
    }

    private static byte[] Mutated(int seed)
    {
        var random = new Random(seed);
        byte[] original = s_originals[random.Next(s_originals.Length)];
        List<byte> file = [.. original];
        for (int changes = random.Next(1, 5); changes > 0 && file.Count > 0; changes--)
        {
            // Most of a file is data, in which every change is valid.
            int limit = random.Next(4) == 0 ? file.Count : Math.Min(file.Count, GgufOriginals.HeaderBytes);
            Change(file, random.Next(limit), random);
        }

        return [.. file];
    }

    private static void Change(List<byte> file, int at, Random random)
    {
        switch (random.Next(7))
        {
            case 0:
                file[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                file[at] = (byte)random.Next(256);
                break;
            case 2:
                file.RemoveRange(at, file.Count - at);
                break;
            case 3:
                int removed = Math.Min(random.Next(1, 40), file.Count - at);
                file.RemoveRange(at, removed);
                break;
            case 4:
                int copied = Math.Min(random.Next(1, 64), file.Count);
                file.InsertRange(at, file.GetRange(random.Next(file.Count - copied + 1), copied));
                break;
            default:
                Overwrite(file, at, random);
                break;
        }
    }

    /// <summary>Writes a number of 4 or 8 bytes that readers have been attacked with.</summary>
    private static void Overwrite(List<byte> file, int at, Random random)
    {
        long[] numbers =
        [
            0,
            1,
            -1,
            2,
            9,
            12,
            13,
            31,
            255,
            256,
            1L << 16,
            int.MaxValue,
            1L << 31,
            uint.MaxValue,
            1L << 32,
            1L << 61,
            (1L << 61) + 1,
            long.MaxValue,
            long.MinValue,
            long.MaxValue - 31,
            file.Count,
            file.Count - at,
        ];
        byte[] bytes = BitConverter.GetBytes(numbers[random.Next(numbers.Length)]);
        int length = random.Next(2) == 0 ? 4 : 8;
        for (int i = 0; i < length && at + i < file.Count; i++)
        {
            file[at + i] = bytes[i];
        }
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : otherwise;
}
