using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Specializer.TestKit;

/// <summary>Writes safetensors files, valid ones tensor by tensor and broken ones from any header text.</summary>
public sealed class SafetensorsBytes
{
    private readonly List<string> _entries = [];
    private readonly List<byte> _data = [];

    /// <summary>Any header and any data, with the right header length.</summary>
    public static byte[] File(ReadOnlySpan<byte> header, ReadOnlySpan<byte> data)
    {
        byte[] file = new byte[sizeof(ulong) + header.Length + data.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)header.Length);
        header.CopyTo(file.AsSpan(sizeof(ulong)));
        data.CopyTo(file.AsSpan(sizeof(ulong) + header.Length));
        return file;
    }

    /// <summary>Any header text and so many bytes of data, with the right header length.</summary>
    public static byte[] File(string header, int dataLength = 0) => File(Encoding.UTF8.GetBytes(header), new byte[dataLength]);

    /// <summary>A header entry with the given text in each of its values.</summary>
    public static string Entry(string name, string type, string shape, string offsets) =>
        $"{JsonSerializer.Serialize(name)}:{{\"dtype\":\"{type}\",\"shape\":{shape},\"data_offsets\":{offsets}}}";

    /// <summary>Adds text under <c>__metadata__</c>.</summary>
    public SafetensorsBytes Metadata(string key, string value)
    {
        _entries.Add($"\"__metadata__\":{{{JsonSerializer.Serialize(key)}:{JsonSerializer.Serialize(value)}}}");
        return this;
    }

    /// <summary>Adds a tensor after those added so far.</summary>
    public SafetensorsBytes Tensor(string name, string type, long[] shape, ReadOnlySpan<byte> data)
    {
        string offsets = string.Create(CultureInfo.InvariantCulture, $"[{_data.Count},{_data.Count + data.Length}]");
        _entries.Add(Entry(name, type, $"[{string.Join(',', shape)}]", offsets));
        _data.AddRange(data);
        return this;
    }

    /// <summary>Adds a tensor of zeros.</summary>
    public SafetensorsBytes Zeros(string name, string type, params long[] shape)
    {
        int bytes = type switch
        {
            "F64" or "I64" => 8,
            "F32" => 4,
            "BF16" or "F16" => 2,
            _ => 1,
        };
        return Tensor(name, type, shape, new byte[shape.Aggregate(1L, (product, dimension) => product * dimension) * bytes]);
    }

    /// <summary>Adds an F32 tensor.</summary>
    public SafetensorsBytes Floats(string name, long[] shape, params float[] values) =>
        Tensor(name, "F32", shape, MemoryMarshal.AsBytes<float>(values));

    /// <summary>The file, its header padded with spaces to a multiple of <paramref name="alignment"/> bytes.</summary>
    public byte[] ToArray(int alignment = 8)
    {
        byte[] header = Encoding.UTF8.GetBytes("{" + string.Join(',', _entries) + "}");
        int padded = (header.Length + alignment - 1) / alignment * alignment;
        return File([.. header, .. Enumerable.Repeat((byte)' ', padded - header.Length)], _data.ToArray());
    }
}
