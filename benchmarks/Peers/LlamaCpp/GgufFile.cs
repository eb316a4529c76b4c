using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace Specializer.Benchmarks;

/// <summary>Writes a GGUF file, version 3: metadata, tensor table, tensors (ggml's docs/gguf.md).</summary>
internal sealed class GgufFile
{
    private const int Alignment = 32;

    private readonly MemoryStream _facts = new();
    private readonly List<(string Name, long[] Shape, GgufType Type, byte[] Data)> _tensors = [];
    private long _factCount;

    public void Add(string key, string value) => Add(key, 8, writer => WriteText(writer, value));

    public void Add(string key, uint value) => Add(key, 4, writer => writer.Write(value));

    public void Add(string key, float value) => Add(key, 6, writer => writer.Write(value));

    /// <summary>Adds a tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its shape, outermost dimension first.</param>
    /// <param name="type">The type of its elements.</param>
    /// <param name="data">Its elements.</param>
    public void Add(string name, long[] shape, GgufType type, byte[] data) => _tensors.Add((name, shape, type, data));

    public void Save(string path)
    {
        using var file = new BinaryWriter(File.Create(path));
        file.Write("GGUF"u8);
        file.Write(3u);
        file.Write((long)_tensors.Count);
        file.Write(_factCount);
        file.Write(_facts.ToArray());
        long offset = 0;
        foreach ((string name, long[] shape, GgufType type, byte[] data) in _tensors)
        {
            WriteText(file, name);
            file.Write(shape.Length);
            for (int i = shape.Length - 1; i >= 0; i--)
            {
                file.Write(shape[i]);
            }

            file.Write((int)type);
            file.Write(offset);
            offset += Padded(data.Length);
        }

        file.Write(new byte[Padded(file.BaseStream.Position) - file.BaseStream.Position]);
        foreach ((_, _, _, byte[] data) in _tensors)
        {
            file.Write(data);
            file.Write(new byte[Padded(data.Length) - data.Length]);
        }
    }

    private static long Padded(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    private static void WriteText(BinaryWriter writer, string text)
    {
        writer.Write((long)Encoding.UTF8.GetByteCount(text));
        writer.Write(Encoding.UTF8.GetBytes(text));
    }

    private void Add(string key, int type, Action<BinaryWriter> write)
    {
        using var writer = new BinaryWriter(_facts, Encoding.UTF8, leaveOpen: true);
        WriteText(writer, key);
        writer.Write(type);
        write(writer);
        _factCount++;
    }
}

/// <summary>Specifies the element type of a tensor, with GGUF's numbers.</summary>
internal enum GgufType
{
    Float32 = 0,
    BFloat16 = 30,
}
