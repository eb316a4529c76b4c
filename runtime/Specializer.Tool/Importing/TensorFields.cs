using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace Specializer.Tool.Importing;

/// <summary>The fields of a TensorProto message.</summary>
internal sealed class TensorFields
{
    private const int MostDimensions = 8;

    private readonly List<long> _shape = [];
    private readonly ArrayBufferWriter<byte> _typed = new();
    private readonly Dictionary<string, string> _external = new(StringComparer.Ordinal);
    private ReadOnlyMemory<byte>? _raw;
    private int _type;
    private bool _isExternal;

    /// <summary>The name; empty if there is none.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Reads the current field of a reader.</summary>
    public void Read(WireReader field)
    {
        switch (field.Field)
        {
            case 1:
                _shape.AddRange(field.Type == WireReader.Delimited ? WireReader.Packed(field.Content) : [field.Integer]);
                if (_shape.Count > MostDimensions)
                {
                    throw new FormatException($"the tensor '{Name}' has more than {MostDimensions} dimensions");
                }

                break;
            case 2:
                _type = (int)Math.Clamp(field.Integer, 0, 1000);
                break;
            case 3:
                throw new FormatException($"the tensor '{Name}' is stored in segments");
            case 4:
            case 10:
                // float_data and double_data: packed numbers are the elements as they are.
                Append(field);
                break;
            case 5:
            case 7:
            case 11:
                foreach (long number in field.Type == WireReader.Delimited ? WireReader.Packed(field.Content) : [field.Integer])
                {
                    AppendInteger(number, field.Field);
                }

                break;
            case 6:
                throw new FormatException($"the tensor '{Name}' contains strings");
            case 8:
                Name = field.Text;
                break;
            case 9:
                _raw = field.Bytes;
                break;
            case 13:
                ReadExternal(field.Bytes);
                break;
            case 14:
                _isExternal = field.Integer == 1;
                break;
        }
    }

    /// <summary>Returns the tensor.</summary>
    /// <exception cref="FormatException">Its data does not match its type and shape.</exception>
    public OnnxTensor ToTensor(string name, ExternalData external)
    {
        var type = (OnnxType)_type;
        int size = type.Size();
        if (size == 0)
        {
            throw new FormatException($"the tensor '{name}' has the element type {_type}, which is not supported");
        }

        long bytes = size;
        foreach (long extent in _shape)
        {
            if (extent < 0 || (extent > 0 && bytes > long.MaxValue / extent))
            {
                throw new FormatException($"the tensor '{name}' has the shape [{string.Join(", ", _shape)}]");
            }

            bytes *= extent;
        }

        ReadOnlyMemory<byte> data = _isExternal ? external.Read(name, _external, bytes) : _raw ?? _typed.WrittenMemory;
        if (data.Length != bytes)
        {
            throw new FormatException(
                $"the tensor '{name}' of type {type} and shape [{string.Join(", ", _shape)}] has {data.Length} bytes; expected {bytes}"
            );
        }

        return new OnnxTensor(name, type, [.. _shape], data);
    }

    private void Append(WireReader field)
    {
        if (field.Type == WireReader.Delimited)
        {
            _typed.Write(field.Content.Span);
        }
        else
        {
            int size = field.Field == 4 ? sizeof(float) : sizeof(double);
            Span<byte> bytes = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, field.Value);
            _typed.Write(bytes[..size]);
        }
    }

    /// <summary>int32_data contains all types of at most 32 bits; 16-bit floats are their bits.</summary>
    private void AppendInteger(long number, int field)
    {
        int size = field == 5 ? ((OnnxType)_type).Size() : sizeof(long);
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        _typed.Write(bytes[..size]);
    }

    private void ReadExternal(ReadOnlyMemory<byte> contents)
    {
        var entry = new WireReader(contents);
        string key = "",
            value = "";
        while (entry.Read())
        {
            if (entry.Field == 1)
            {
                key = entry.Text;
            }
            else if (entry.Field == 2)
            {
                value = entry.Text;
            }
        }

        _external[key] = value;
    }
}
