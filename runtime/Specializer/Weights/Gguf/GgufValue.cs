using System;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Specializer;

/// <summary>A metadata value of a GGUF file. It is read from the file on demand, so that long token lists take no memory.</summary>
public sealed unsafe class GgufValue
{
    private readonly MappedContents _contents;
    private readonly string _key;
    private readonly long _offset;

    internal GgufValue(MappedContents contents, string key, GgufValueType type, GgufValueType? itemType, long count, long offset)
    {
        _contents = contents;
        _key = key;
        Type = type;
        ItemType = itemType;
        Count = count;
        _offset = offset;
    }

    /// <summary>The type.</summary>
    public GgufValueType Type { get; }

    /// <summary>The type of the items of an array; <see langword="null"/> for other values.</summary>
    public GgufValueType? ItemType { get; }

    /// <summary>The number of items of an array; 1 for other values.</summary>
    public long Count { get; }

    /// <summary>Returns the value as text.</summary>
    /// <exception cref="WeightsException">The value is no text, or is not valid UTF-8.</exception>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public string ToText()
    {
        Expect(Type == GgufValueType.String, "a string");
        using MappedContents.Hold hold = new(_contents);
        byte* at = _contents.Start + _offset;
        ReadOnlySpan<byte> text = new(at + sizeof(ulong), checked((int)Length(at)));
        return Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : throw Wrong("UTF-8 text", "bytes that are not valid UTF-8");
    }

    /// <summary>Returns the value as an integer.</summary>
    /// <exception cref="WeightsException">The value is no integer, or exceeds 63 bits.</exception>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public long ToInteger()
    {
        Expect(Type is not (GgufValueType.Array or GgufValueType.String), "an integer");
        return Integer(Type, 0);
    }

    /// <summary>Returns the value as a number. An integer is converted.</summary>
    /// <exception cref="WeightsException">The value is no number.</exception>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public double ToNumber()
    {
        if (Type is not (GgufValueType.Float32 or GgufValueType.Float64))
        {
            return ToInteger();
        }

        using MappedContents.Hold hold = new(_contents);
        ReadOnlySpan<byte> at = new(_contents.Start + _offset, SizeOf(Type));
        return Type == GgufValueType.Float32 ? BinaryPrimitives.ReadSingleLittleEndian(at) : BinaryPrimitives.ReadDoubleLittleEndian(at);
    }

    /// <summary>Returns the value as a flag.</summary>
    /// <exception cref="WeightsException">The value is no boolean.</exception>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public bool ToFlag()
    {
        Expect(Type == GgufValueType.Boolean, "a boolean");
        using MappedContents.Hold hold = new(_contents);
        return _contents.Start[_offset] != 0;
    }

    /// <summary>Returns an item of an array of integers or booleans.</summary>
    /// <param name="index">The index.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    /// <exception cref="WeightsException">The value is no array of integers.</exception>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public long IntegerAt(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        Expect(Type == GgufValueType.Array && ItemType is not GgufValueType.String, "an array of integers");
        return Integer(ItemType!.Value, index);
    }

    /// <summary>Returns the items of an array of 32-bit floats.</summary>
    /// <exception cref="WeightsException">The value is no array of 32-bit floats.</exception>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public float[] ToSingles()
    {
        Expect(Type == GgufValueType.Array && ItemType == GgufValueType.Float32, "an array of 32-bit floats");
        using MappedContents.Hold hold = new(_contents);
        float[] items = new float[Count];
        FloatConversion.FromSingle(_contents.Start + _offset, items);
        return items;
    }

    /// <summary>Returns the items of an array of bytes.</summary>
    /// <exception cref="WeightsException">The value is no array of bytes.</exception>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public byte[] ToBytes()
    {
        Expect(Type == GgufValueType.Array && ItemType is GgufValueType.UInt8 or GgufValueType.Int8, "an array of bytes");
        using MappedContents.Hold hold = new(_contents);
        return new ReadOnlySpan<byte>(_contents.Start + _offset, checked((int)Count)).ToArray();
    }

    /// <summary>Passes the texts of an array of strings to a function, in their order.</summary>
    /// <param name="action">The function.</param>
    /// <exception cref="WeightsException">The value is no array of strings.</exception>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public void ForEachText(GgufTextAction action)
    {
        ArgumentNullException.ThrowIfNull(action);
        Expect(Type == GgufValueType.Array && ItemType == GgufValueType.String, "an array of strings");
        using MappedContents.Hold hold = new(_contents);
        byte* at = _contents.Start + _offset;
        for (long i = 0; i < Count; i++)
        {
            int length = checked((int)Length(at));
            at += sizeof(ulong);
            action(i, new ReadOnlySpan<byte>(at, length));
            at += length;
        }
    }

    /// <summary>Returns the size of a value of a fixed size in bytes; 0 for strings, arrays and unknown types.</summary>
    internal static int SizeOf(GgufValueType type) =>
        type switch
        {
            GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Boolean => 1,
            GgufValueType.UInt16 or GgufValueType.Int16 => 2,
            GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32 => 4,
            GgufValueType.UInt64 or GgufValueType.Int64 or GgufValueType.Float64 => 8,
            _ => 0,
        };

    /// <summary>Returns an exception about this value.</summary>
    internal WeightsException Wrong(string expected, string found) =>
        GgufHeaderReader.Malformed(
            _contents.Description,
            null,
            $"the metadata key {MessageText.Quote(_key)} has {found}; expected {expected}. Convert the model again with a current converter."
        );

    [SuppressMessage("Style", "IDE0072:Add missing cases", Justification = "All other types are no integers.")]
    private long Integer(GgufValueType type, long index)
    {
        using MappedContents.Hold hold = new(_contents);
        ReadOnlySpan<byte> at = new(_contents.Start + _offset + (index * SizeOf(type)), SizeOf(type));
        return type switch
        {
            GgufValueType.UInt8 or GgufValueType.Boolean => at[0],
            GgufValueType.Int8 => (sbyte)at[0],
            GgufValueType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(at),
            GgufValueType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(at),
            GgufValueType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(at),
            GgufValueType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(at),
            GgufValueType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(at),
            GgufValueType.UInt64 when BinaryPrimitives.ReadInt64LittleEndian(at) is >= 0 and long value => value,
            _ => throw Wrong("an integer of at most 63 bits", "a value of type " + type),
        };
    }

    private static ulong Length(byte* at) => BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(at, sizeof(ulong)));

    private void Expect(bool isRight, string expected)
    {
        if (!isRight)
        {
            throw Wrong(
                expected,
                Type == GgufValueType.Array
                    ? string.Create(CultureInfo.InvariantCulture, $"an array of {Count} values of type {ItemType}")
                    : "a value of type " + Type
            );
        }
    }
}
