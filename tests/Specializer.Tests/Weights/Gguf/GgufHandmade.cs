using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Specializer.TestKit;

namespace Specializer.Tests.Weights.Gguf;

/// <summary>Builds the handmade files of llama.cpp's tests/test-gguf.cpp: random pairs and tensors with one fault each.</summary>
internal static class GgufHandmade
{
    private static readonly (int Id, int Elements, int Bytes)[] s_types =
    [
        (0, 1, 4),
        (1, 1, 2),
        (2, 32, 18),
        (8, 32, 34),
        (12, 256, 144),
        (14, 256, 210),
        (20, 32, 18),
        (24, 1, 1),
        (27, 1, 8),
        (30, 1, 2),
        (39, 32, 17),
    ];

    private static readonly int[] s_sizes = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];

    public static byte[] Create(string kind, int seed)
    {
        var random = new Random(seed);
        var file = new GgufBytes();
        bool hasPairs = !kind.StartsWith("HEADER", StringComparison.Ordinal),
            hasTensors = hasPairs && !kind.StartsWith("KV", StringComparison.Ordinal),
            hasData = kind.StartsWith("DATA", StringComparison.Ordinal);
        file.Magic = kind == "HEADER_BAD_MAGIC" ? "FUGG"u8.ToArray() : file.Magic;
        file.Version = kind switch
        {
            "HEADER_BAD_VERSION_0" => 0,
            "HEADER_BAD_VERSION_1" => 1,
            "HEADER_BAD_VERSION_FUTURE" => 4,
            _ => 3,
        };
        file.TensorCount = kind == "HEADER_BAD_N_TENSORS" ? -1 : null;
        file.PairCount = kind == "HEADER_BAD_N_KV" ? -1 : null;
        for (int i = 0; hasPairs && i < 60; i++)
        {
            AddPair(file, kind, i, random);
        }

        if (kind.EndsWith("_BAD_ALIGN", StringComparison.Ordinal) || kind.EndsWith("_CUSTOM_ALIGN", StringComparison.Ordinal))
        {
            file.Alignment = kind.EndsWith("_CUSTOM_ALIGN", StringComparison.Ordinal) ? 1 : 13;
            file.Add("general.alignment", (uint)file.Alignment);
        }

        if (kind == "KV_WRONG_TYPE_ALIGN")
        {
            file.Add("general.alignment", 5, static writer => writer.Write(13));
        }

        file.Alignment = kind.EndsWith("_INCONSISTENT_ALIGN", StringComparison.Ordinal) ? 1 : file.Alignment;
        for (int i = 0; hasTensors && i < 40; i++)
        {
            AddTensor(file, kind, i, random);
        }

        // The files without data are accepted if their tensors are empty or the data exists; ggml reads the data separately.
        byte[] contents = file.ToArray((index, entry) => Change(kind, index, entry), data: true);
        return hasData && kind == "DATA_NOT_ENOUGH_DATA" ? contents[..^1024] : contents;
    }

    private static void AddPair(GgufBytes file, string kind, int index, Random random)
    {
        string key = "my_key_" + (kind == "KV_DUPLICATE_KEY" ? index / 2 : index).ToString(CultureInfo.InvariantCulture);
        switch (kind)
        {
            case "KV_BAD_KEY_SIZE":
                file.AddRawPair(static writer =>
                {
                    writer.Write(-1L);
                    writer.Write("my_key"u8);
                    writer.Write(4);
                    writer.Write(1);
                });
                return;
            case "KV_EMPTY_KEY":
                key = "";
                break;
            case "KV_BAD_TYPE":
                file.Add(key, 13, static writer => writer.Write((byte)1));
                return;
        }

        int type = random.Next(13);
        if (type == 9)
        {
            type = random.Next(9);
            int count = random.Next(17);
            file.AddArray(
                key,
                type,
                count,
                writer =>
                {
                    for (int i = 0; i < count; i++)
                    {
                        Value(writer, type, random);
                    }
                }
            );
            return;
        }

        file.Add(key, type, writer => Value(writer, type, random));
    }

    private static void Value(BinaryWriter writer, int type, Random random)
    {
        byte[] bytes = new byte[type == 8 ? random.Next(64) : s_sizes[type]];
        random.NextBytes(bytes);
        if (type == 8)
        {
            writer.Write((long)bytes.Length);
        }
        else if (type == 7)
        {
            bytes[0] &= 1;
        }

        writer.Write(bytes);
    }

    private static void AddTensor(GgufBytes file, string kind, int index, Random random)
    {
        (int id, int elements, int bytes) = s_types[random.Next(s_types.Length)];
        if (kind == "DATA_MEM_SIZE_OVERFLOW")
        {
            (id, elements, bytes) = (24, 1, 1);
        }

        long[] shape = [.. Enumerable.Range(0, 1 + random.Next(4)).Select(_ => (long)random.Next(1, 5))];
        shape[^1] = random.Next(1, 10) * elements;
        if (kind == "TENSORS_ZERO_DIM" && index == 5)
        {
            shape[0] = 0;
        }

        byte[] data = new byte[shape.Aggregate(1L, static (product, extent) => product * extent) / elements * bytes];
        random.NextBytes(data);
        file.AddTensor(
            "my_tensor" + (kind == "TENSORS_DUPLICATE_NAME" ? "" : "_" + index.ToString(CultureInfo.InvariantCulture)),
            id,
            data,
            shape
        );
    }

    private static GgufTensorEntry Change(string kind, int index, GgufTensorEntry entry) =>
        kind switch
        {
            "TENSORS_BAD_NAME_SIZE" => entry with
            {
                Name = entry.Name + "_with_a_very_long_name_which_is_longer_than_what_is_allowed_for_ggml_tensors",
            },
            "TENSORS_BAD_N_DIMS" => entry with { Rank = 5, Dimensions = [1, 1, 1, 1, 1] },
            "TENSORS_BAD_SHAPE" => entry with { Dimensions = [.. entry.Dimensions.Select(static _ => -1L)] },
            "TENSORS_NE_TOO_BIG" => entry with { Rank = 2, Dimensions = [1L << 32, 1L << 32] },
            "TENSORS_NBYTES_TOO_BIG" => entry with { Rank = 2, Dimensions = [1L << 31, 1L << 30], Type = 27 },
            "TENSORS_BAD_TYPE" => entry with { Type = 43 },
            "TENSORS_BAD_OFFSET" => entry with { Offset = entry.Offset + (index == 0 ? 0 : 1) },
            "DATA_MEM_SIZE_OVERFLOW" => entry with
            {
                Rank = 1,
                Dimensions = [0x7FFFFFFFFFFFFFC0],
                Offset = index == 0 ? 0 : 0x7FFFFFFFFFFFFFC0,
            },
            _ => entry,
        };
}
