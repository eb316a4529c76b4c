using System;
using System.Buffers.Binary;

namespace Specializer.Text.Reading;

/// <summary>Reads the wire format of protocol buffers field by field.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;

    /// <summary>The number of the current field.</summary>
    public int Field { get; private set; }

    /// <summary>The content of the current field if it is length-delimited; otherwise empty.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>The value of the current field if it is a number; otherwise 0.</summary>
    public ulong Value { get; private set; }

    /// <summary>The wire type: 0 and 1 and 5 are numbers, 2 has a length.</summary>
    public int WireType { get; private set; }

    /// <summary>The value as a float.</summary>
    public readonly float Single => BitConverter.UInt32BitsToSingle((uint)Value);

    /// <summary>The value as a signed integer.</summary>
    public readonly int Number => unchecked((int)(long)Value);

    /// <summary>Moves to the next field.</summary>
    /// <exception cref="FormatException">The data is malformed.</exception>
    public bool Read()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        ulong key = ReadVarint();
        if (key >> 3 is 0 or > int.MaxValue)
        {
            throw new FormatException("a field has no valid number");
        }

        Field = (int)(key >> 3);
        WireType = (int)(key & 7);
        Content = default;
        Value = 0;
        switch (WireType)
        {
            case 0:
                Value = ReadVarint();
                break;
            case 1:
                Value = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                break;
            case 2:
                ulong length = ReadVarint();
                Content =
                    length <= (ulong)_rest.Length
                        ? Take((int)length)
                        : throw new FormatException($"a field of {length} bytes ends beyond the data");
                break;
            case 5:
                Value = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
                break;
            default:
                throw new FormatException($"a field has the wire type {WireType}");
        }

        return true;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte part = Take(1)[0];
            value |= (ulong)(part & 127) << shift;
            if (part < 128)
            {
                return value;
            }
        }

        throw new FormatException("a number has more than ten bytes");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            throw new FormatException("the data ends within a field");
        }

        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
