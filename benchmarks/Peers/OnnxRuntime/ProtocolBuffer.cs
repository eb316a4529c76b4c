using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;

namespace Specializer.Benchmarks;

/// <summary>Writes one message in the wire format of Protocol Buffers.</summary>
internal sealed class ProtocolBuffer
{
    private readonly MemoryStream _bytes = new();

    public ProtocolBuffer Add(int field, long value)
    {
        WriteNumber((ulong)field << 3);
        WriteNumber((ulong)value);
        return this;
    }

    public ProtocolBuffer Add(int field, float value)
    {
        WriteNumber(((ulong)field << 3) | 5);
        _bytes.Write(BitConverter.GetBytes(value));
        return this;
    }

    public ProtocolBuffer Add(int field, string value) => Add(field, Encoding.UTF8.GetBytes(value));

    public ProtocolBuffer Add(int field, ProtocolBuffer message) =>
        Add(field, message._bytes.GetBuffer().AsSpan(0, (int)message._bytes.Length));

    public ProtocolBuffer Add(int field, ReadOnlySpan<float> values) => Add(field, MemoryMarshal.AsBytes(values));

    public ProtocolBuffer Add(int field, ReadOnlySpan<byte> value)
    {
        WriteNumber(((ulong)field << 3) | 2);
        WriteNumber((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    public byte[] ToArray() => _bytes.ToArray();

    private void WriteNumber(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _bytes.WriteByte((byte)(value | 0x80));
        }

        _bytes.WriteByte((byte)value);
    }
}
