using System;
using System.Buffers.Binary;
using System.Text;

namespace Specializer.Tool.Importing;

/// <summary>Reads one message of the wire format of protocol buffers, field by field. Every length is checked.</summary>
/// <remarks>Contents are slices of the message, so that reading a file of 2 GB copies nothing.</remarks>
internal struct WireReader(ReadOnlyMemory<byte> message)
{
    /// <summary>The wire types that ONNX uses.</summary>
    public const int Varint = 0,
        Fixed64 = 1,
        Delimited = 2,
        Fixed32 = 5;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlyMemory<byte> _message = message;
    private int _at;

    /// <summary>The number of the current field.</summary>
    public int Field { get; private set; }

    /// <summary>The wire type of the current field.</summary>
    public int Type { get; private set; }

    /// <summary>The value of a numeric field; otherwise 0.</summary>
    public ulong Value { get; private set; }

    /// <summary>The content of a length-delimited field; otherwise empty.</summary>
    public ReadOnlyMemory<byte> Content { get; private set; }

    /// <summary>The value of a field that must be a varint.</summary>
    public readonly long Integer => Type == Varint ? (long)Value : throw Unexpected("a number");

    /// <summary>The value of a field that must be a float.</summary>
    public readonly float Single => Type == Fixed32 ? BitConverter.UInt32BitsToSingle((uint)Value) : throw Unexpected("a float");

    /// <summary>The content of a field that must be a message or bytes.</summary>
    public readonly ReadOnlyMemory<byte> Bytes => Type == Delimited ? Content : throw Unexpected("a length and bytes");

    /// <summary>The text of a field that must be a string.</summary>
    public readonly string Text
    {
        get
        {
            try
            {
                return s_strict.GetString(Bytes.Span);
            }
            catch (DecoderFallbackException)
            {
                throw new FormatException($"field {Field} is not valid UTF-8");
            }
        }
    }

    /// <summary>Moves to the next field.</summary>
    /// <returns>false at the end of the message.</returns>
    /// <exception cref="FormatException">The message is malformed.</exception>
    public bool Read()
    {
        if (_at == _message.Length)
        {
            return false;
        }

        ulong key = ReadVarint();
        if (key >> 3 is 0 or > 0x1FFFFFFF)
        {
            throw new FormatException($"a field has the number {key >> 3}; expected 1 to 536870911");
        }

        Field = (int)(key >> 3);
        Type = (int)(key & 7);
        Content = default;
        Value = 0;
        switch (Type)
        {
            case Varint:
                Value = ReadVarint();
                break;
            case Fixed64:
                Value = BinaryPrimitives.ReadUInt64LittleEndian(Take(8).Span);
                break;
            case Delimited:
                ulong length = ReadVarint();
                Content =
                    length <= (ulong)(_message.Length - _at)
                        ? Take((int)length)
                        : throw new FormatException($"field {Field} has {length} bytes, but only {_message.Length - _at} follow");
                break;
            case Fixed32:
                Value = BinaryPrimitives.ReadUInt32LittleEndian(Take(4).Span);
                break;
            default:
                throw new FormatException($"field {Field} has the wire type {Type}; expected 0, 1, 2 or 5");
        }

        return true;
    }

    /// <summary>Reads the numbers of packed varints.</summary>
    public static long[] Packed(ReadOnlyMemory<byte> content)
    {
        // The last byte of a number is less than 128, so the count is known before anything is allocated.
        int count = 0;
        foreach (byte part in content.Span)
        {
            count += part < 128 ? 1 : 0;
        }

        long[] numbers = new long[count];
        var reader = new WireReader(content);
        for (int i = 0; i < count; i++)
        {
            numbers[i] = (long)reader.ReadVarint();
        }

        return reader._at == content.Length ? numbers : throw new FormatException("packed numbers end within a number");
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            byte part = Take(1).Span[0];
            value |= (ulong)(part & 127) << shift;
            if (part < 128)
            {
                return value;
            }
        }

        throw new FormatException("a number has more than ten bytes");
    }

    private ReadOnlyMemory<byte> Take(int count)
    {
        if (count > _message.Length - _at)
        {
            throw new FormatException("the data ends within a field");
        }

        ReadOnlyMemory<byte> taken = _message.Slice(_at, count);
        _at += count;
        return taken;
    }

    private readonly FormatException Unexpected(string expected) => new($"field {Field} has the wire type {Type}; expected {expected}");
}
