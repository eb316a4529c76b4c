using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

namespace Specializer.TestKit;

/// <summary>Writes GGUF files in memory: valid ones, and with changes malformed ones.</summary>
public sealed class GgufBytes
{
    private readonly MemoryStream _pairs = new();
    private readonly List<(string Name, long[] Shape, int Type, byte[] Data)> _tensors = [];

    /// <summary>The version.</summary>
    public uint Version { get; set; } = 3;

    /// <summary>The first four bytes.</summary>
    public byte[] Magic { get; set; } = "GGUF"u8.ToArray();

    /// <summary>The number of tensors in the header; <see langword="null"/> for the real one.</summary>
    public long? TensorCount { get; set; }

    /// <summary>The number of metadata pairs in the header; <see langword="null"/> for the real one.</summary>
    public long? PairCount { get; set; }

    /// <summary>The alignment with which offsets and data are written.</summary>
    public long Alignment { get; set; } = 32;

    /// <summary>The number of pairs that were added.</summary>
    public long Pairs { get; private set; }

    /// <summary>Adds a text.</summary>
    public GgufBytes Add(string key, string value) => Add(key, 8, writer => Text(writer, value));

    /// <summary>Adds an unsigned 32-bit integer.</summary>
    public GgufBytes Add(string key, uint value) => Add(key, 4, writer => writer.Write(value));

    /// <summary>Adds a 32-bit float.</summary>
    public GgufBytes Add(string key, float value) => Add(key, 6, writer => writer.Write(value));

    /// <summary>Adds a boolean.</summary>
    public GgufBytes Add(string key, bool value) => Add(key, 7, writer => writer.Write(value));

    /// <summary>Adds an array of texts.</summary>
    public GgufBytes Add(string key, IReadOnlyCollection<string> values) =>
        AddArray(
            key,
            8,
            values.Count,
            writer =>
            {
                foreach (string value in values)
                {
                    Text(writer, value);
                }
            }
        );

    /// <summary>Adds an array of 32-bit floats.</summary>
    public GgufBytes Add(string key, float[] values) => AddArray(key, 6, values.Length, writer => Array.ForEach(values, writer.Write));

    /// <summary>Adds an array of signed 32-bit integers.</summary>
    public GgufBytes Add(string key, int[] values) => AddArray(key, 5, values.Length, writer => Array.ForEach(values, writer.Write));

    /// <summary>Adds an array of any type.</summary>
    public GgufBytes AddArray(string key, int type, long count, Action<BinaryWriter> write) =>
        Add(
            key,
            9,
            writer =>
            {
                writer.Write(type);
                writer.Write(count);
                write(writer);
            }
        );

    /// <summary>Adds a pair of any type.</summary>
    public GgufBytes Add(string key, int type, Action<BinaryWriter> write)
    {
        using var writer = new BinaryWriter(_pairs, Encoding.UTF8, leaveOpen: true);
        Text(writer, key);
        writer.Write(type);
        write(writer);
        Pairs++;
        return this;
    }

    /// <summary>Adds bytes in place of a pair.</summary>
    public GgufBytes AddRawPair(Action<BinaryWriter> write)
    {
        using var writer = new BinaryWriter(_pairs, Encoding.UTF8, leaveOpen: true);
        write(writer);
        Pairs++;
        return this;
    }

    /// <summary>Adds a tensor.</summary>
    /// <param name="name">The name.</param>
    /// <param name="type">The number of the type.</param>
    /// <param name="data">The bytes.</param>
    /// <param name="shape">The shape, outermost dimension first.</param>
    public GgufBytes AddTensor(string name, int type, byte[] data, params long[] shape)
    {
        _tensors.Add((name, shape, type, data));
        return this;
    }

    /// <summary>Adds a tensor of 32-bit floats.</summary>
    public GgufBytes AddTensor(string name, float[] values, params long[] shape) => AddTensor(name, 0, Bytes(values), shape);

    /// <summary>Returns the file.</summary>
    /// <param name="table">Changes the written tensor table; <see langword="null"/> for none.</param>
    /// <param name="data">Whether the data is written.</param>
    public byte[] ToArray(Func<int, GgufTensorEntry, GgufTensorEntry>? table = null, bool data = true)
    {
        var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(TensorCount ?? _tensors.Count);
        writer.Write(PairCount ?? Pairs);
        writer.Write(_pairs.ToArray());
        long offset = 0;
        for (int i = 0; i < _tensors.Count; i++)
        {
            (string name, long[] shape, int type, byte[] bytes) = _tensors[i];
            var entry = new GgufTensorEntry(name, (uint)shape.Length, [.. shape.Reverse()], type, offset);
            entry = table?.Invoke(i, entry) ?? entry;
            Text(writer, entry.Name);
            writer.Write(entry.Rank);
            Array.ForEach(entry.Dimensions, writer.Write);
            writer.Write(entry.Type);
            writer.Write(entry.Offset);
            offset += Padded(bytes.Length);
        }

        if (data)
        {
            Pad(writer);
            foreach ((_, _, _, byte[] bytes) in _tensors)
            {
                writer.Write(bytes);
                Pad(writer);
            }
        }

        return file.ToArray();
    }

    /// <summary>Returns the bytes of floats.</summary>
    public static byte[] Bytes(float[] values)
    {
        byte[] bytes = new byte[values.Length * sizeof(float)];
        Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
        return bytes;
    }

    /// <summary>Writes a length and a text.</summary>
    public static void Text(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((long)bytes.Length);
        writer.Write(bytes);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Pairs} pairs, {_tensors.Count} tensors");

    private long Padded(long length) => (length + Alignment - 1) / Alignment * Alignment;

    private void Pad(BinaryWriter writer)
    {
        writer.Flush();
        long position = writer.BaseStream.Position;
        writer.Write(new byte[Padded(position) - position]);
    }
}

/// <summary>An entry of the tensor table as it is written.</summary>
/// <param name="Name">The name.</param>
/// <param name="Rank">The number of dimensions.</param>
/// <param name="Dimensions">The dimensions, innermost first.</param>
/// <param name="Type">The number of the type.</param>
/// <param name="Offset">The offset in the data section.</param>
public sealed record GgufTensorEntry(string Name, uint Rank, long[] Dimensions, int Type, long Offset);
