using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Text;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Weights;

/// <summary>
/// Valid files, changed at random but knowing what they are made of: each either is refused or is a valid file, and
/// nothing else happens. The seed is fixed, so that a failure repeats.
/// </summary>
[Feature("safetensors")]
public sealed unsafe class SafetensorsFuzzTests
{
    private static readonly string[] _numbers =
    [
        "0",
        "1",
        "2",
        "3",
        "4",
        "7",
        "8",
        "16",
        "24",
        "-1",
        "-0",
        "1.0",
        "1e3",
        "127",
        "255",
        "256",
        "65536",
        "2147483647",
        "2147483648",
        "4294967296",
        "4611686018427387904",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551615",
        "99999999999999999999999999",
        "null",
        "\"4\"",
        "[]",
    ];

    private static readonly string[] _fragments =
    [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        " ",
        "\n",
        "\\",
        "\\u0000",
        "\\ud800",
        "\0",
        "null",
        "true",
        "{}",
        "[[[[",
        "\"dtype\":\"F32\",",
        "\"shape\":[2],",
        "\"data_offsets\":[0,8],",
        "\"__metadata__\":{},",
        "\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},",
        "BF16",
        "F4",
        "BOOL",
        "//",
        "\u00e9",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Changed_files_are_refused_or_valid(int seed)
    {
        Random random = new(seed);
        byte[] valid = new SafetensorsBytes()
            .Metadata("format", "pt")
            .Zeros("model.layers.0.weight", "F32", 2, 3)
            .Zeros("model.layers.0.bias", "BF16", 4)
            .Zeros("empty", "F16", 0, 7)
            .Zeros("scalar", "F32")
            .Zeros("mask", "BOOL", 5)
            .ToArray();
        int accepted = 0;
        Stopwatch watch = Stopwatch.StartNew();
        for (int i = 0; i < 5_000; i++)
        {
            byte[] changed = Mutate(valid, random);
            try
            {
                using SafetensorsFile file = SafetensorsFile.Parse(changed, "fuzz");
                AssertConsistent(file, changed);
                accepted++;
            }
            catch (WeightsException exception)
            {
                Assert.Equal(WeightsProblemKind.Malformed, Assert.Single(exception.Problems).Kind);
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
            {
                Assert.Fail(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Seed {seed}, change {i}, file {Convert.ToBase64String(changed)}: {exception}"
                    )
                );
            }
        }

        // Some changes keep a file valid (a name, the metadata, the data); if none or nearly all did, the test would test nothing.
        Assert.InRange(accepted, 50, 4_000);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    private static byte[] Mutate(byte[] valid, Random random)
    {
        int headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(valid);
        List<byte> header = [.. valid.AsSpan(8, headerLength)];
        List<byte> data = [.. valid.AsSpan(8 + headerLength)];
        ulong? writtenLength = null;
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            switch (random.Next(10))
            {
                case 0:
                    header[random.Next(header.Count)] = (byte)random.Next(256);
                    break;
                case 1:
                    header[random.Next(header.Count)] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    Replace(header, NumberRuns(header), _numbers, random);
                    break;
                case 3:
                    header.InsertRange(random.Next(header.Count), Encoding.UTF8.GetBytes(_fragments[random.Next(_fragments.Length)]));
                    break;
                case 4:
                    int start = random.Next(header.Count - 1);
                    header.RemoveRange(start, random.Next(1, Math.Min(20, header.Count - start)));
                    break;
                case 5:
                    int from = random.Next(header.Count - 1);
                    byte[] piece = [.. header.Skip(from).Take(random.Next(1, 80))];
                    header.InsertRange(random.Next(header.Count), piece);
                    break;
                case 6:
                    data.RemoveRange(0, random.Next(data.Count));
                    break;
                case 7:
                    data.AddRange(new byte[random.Next(1, 20)]);
                    break;
                case 8:
                    writtenLength = random.Next(4) switch
                    {
                        0 => (ulong)random.NextInt64(),
                        1 => ulong.MaxValue - (ulong)random.Next(20),
                        2 => (ulong)random.Next(header.Count + data.Count + 20),
                        _ => 1UL << random.Next(64),
                    };
                    break;
                default:
                    SwapEntryNames(header, random);
                    break;
            }

            if (header.Count < 2 || data.Count < 1)
            {
                break;
            }
        }

        byte[] changed = SafetensorsBytes.File(header.ToArray(), data.ToArray());
        if (writtenLength is not null)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(changed, writtenLength.Value);
        }

        return random.Next(20) == 0 ? changed[..random.Next(changed.Length)] : changed;
    }

    private static List<(int Start, int Length)> NumberRuns(List<byte> header)
    {
        List<(int, int)> runs = [];
        for (int i = 0; i < header.Count; i++)
        {
            int start = i;
            while (i < header.Count && header[i] is >= (byte)'0' and <= (byte)'9')
            {
                i++;
            }

            if (i > start)
            {
                runs.Add((start, i - start));
            }
        }

        return runs;
    }

    private static void Replace(List<byte> header, List<(int Start, int Length)> runs, string[] choices, Random random)
    {
        if (runs.Count > 0)
        {
            (int start, int length) = runs[random.Next(runs.Count)];
            header.RemoveRange(start, length);
            header.InsertRange(start, Encoding.UTF8.GetBytes(choices[random.Next(choices.Length)]));
        }
    }

    /// <summary>Renames a tensor, sometimes to the name of another one, which is what an attack on a lenient parser does.</summary>
    private static void SwapEntryNames(List<byte> header, Random random)
    {
        string[] names = ["model.layers.0.weight", "model.layers.0.bias", "empty", "scalar", "mask", "__metadata__", "dtype", "new", ""];
        string text = Encoding.Latin1.GetString(header.ToArray());
        string changed = text.Replace(
            $"\"{names[random.Next(names.Length)]}\"",
            $"\"{names[random.Next(names.Length)]}\"",
            StringComparison.Ordinal
        );
        header.Clear();
        header.AddRange(Encoding.Latin1.GetBytes(changed));
    }

    private static void AssertConsistent(SafetensorsFile file, byte[] contents)
    {
        long headerLength = BinaryPrimitives.ReadInt64LittleEndian(contents);
        fixed (byte* start = contents)
        {
            byte* end = start + 8 + headerLength;
            foreach (string name in file.Names)
            {
                Assert.True(file.TryGetTensor(name, out TensorView view));
                Assert.Equal(name, view.Name);
                Assert.True(view.Data == end);
                Assert.Equal(view.ElementCount * TensorElementTypes.Bits(view.ElementType), view.ByteLength * 8);
                end += view.ByteLength;
                if (TensorElementTypes.IsReadable(view.ElementType))
                {
                    view.CopyTo(new float[view.ElementCount]);
                }
            }

            Assert.True(end == start + contents.Length);
        }
    }
}
