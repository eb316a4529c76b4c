using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Specializer.Tool.Merging;

/// <summary>Writes a safetensors file. A changed tensor keeps the type of its elements in the original.</summary>
/// <remarks>Source: huggingface/safetensors, README.md, "Format".</remarks>
internal static class MergedFile
{
    /// <summary>Writes all tensors.</summary>
    /// <param name="path">The file; an existing one is replaced once everything is written.</param>
    /// <param name="original">The tensors before a change.</param>
    /// <param name="changed">The tensors to write.</param>
    /// <returns>The number of tensors that are not those of the original.</returns>
    public static int Write(string path, WeightsSource original, WeightsSource changed)
    {
        string[] names = [.. changed.Names.Order(StringComparer.Ordinal)];
        int changes = 0;
        byte[] header = Header(names, original, changed);
        string temporary = path + ".writing";
        try
        {
            using (FileStream file = File.Create(temporary))
            {
                file.Write(BitConverter.GetBytes((ulong)header.Length));
                file.Write(header);
                foreach (string name in names)
                {
                    changes += WriteTensor(file, name, original, changed) ? 1 : 0;
                }
            }

            File.Move(temporary, path, overwrite: true);
            return changes;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static byte[] Header(string[] names, WeightsSource original, WeightsSource changed)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (changed.Metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach ((string key, string value) in changed.Metadata)
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            long offset = 0;
            foreach (string name in names)
            {
                TensorView view = Stored(name, original, changed);
                json.WriteStartObject(name);
                json.WriteString("dtype", Name(view.ElementType));
                json.WriteStartArray("shape");
                foreach (long extent in view.Shape)
                {
                    json.WriteNumberValue(extent);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += view.ByteLength);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // Spaces align the data to eight bytes.
        while (buffer.Length % 8 != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        return buffer.ToArray();
    }

    /// <summary>Returns the tensor whose type and shape are written: the original, or a new one.</summary>
    private static TensorView Stored(string name, WeightsSource original, WeightsSource changed) =>
        original.TryGetTensor(name, out TensorView view) ? view
        : changed.TryGetTensor(name, out view) ? view
        : throw new ToolException($"the tensor '{name}' cannot be read.");

    private static unsafe bool WriteTensor(FileStream file, string name, WeightsSource original, WeightsSource changed)
    {
        changed.TryGetTensor(name, out TensorView view);
        bool isOriginal = original.TryGetTensor(name, out TensorView before) && before.Data == view.Data;
        TensorElementType type = Stored(name, original, changed).ElementType;
        if (isOriginal || type == view.ElementType)
        {
            const int Piece = 1 << 26;
            for (long start = 0; start < view.ByteLength; start += Piece)
            {
                file.Write(new ReadOnlySpan<byte>(view.Data + start, (int)Math.Min(Piece, view.ByteLength - start)));
            }

            return !isOriginal;
        }

        var values = new float[view.ElementCount];
        view.CopyTo(values);
        ushort[] bits = type switch
        {
            TensorElementType.BFloat16 => Array.ConvertAll(values, ToBFloat16),
            TensorElementType.Float16 => Array.ConvertAll(values, static value => BitConverter.HalfToUInt16Bits((Half)value)),
            _ => throw new ToolException($"the tensor '{name}' has elements of type {type}; expected F32, BF16 or F16."),
        };
        file.Write(MemoryMarshal.AsBytes<ushort>(bits));
        return true;
    }

    private static string Name(TensorElementType type) =>
        type switch
        {
            TensorElementType.Float32 => "F32",
            TensorElementType.BFloat16 => "BF16",
            TensorElementType.Float16 => "F16",
            TensorElementType.Float64 => "F64",
            TensorElementType.Int64 => "I64",
            TensorElementType.Int32 => "I32",
            TensorElementType.Int16 => "I16",
            TensorElementType.Int8 => "I8",
            TensorElementType.UInt64 => "U64",
            TensorElementType.UInt32 => "U32",
            TensorElementType.UInt16 => "U16",
            TensorElementType.UInt8 => "U8",
            TensorElementType.Boolean => "BOOL",
            TensorElementType.Float8E4M3 => "F8_E4M3",
            TensorElementType.Float8E5M2 => "F8_E5M2",
            _ => throw new ToolException($"elements of type {type} cannot be written; expected floats or integers of 8 to 64 bits."),
        };

    // The nearest one, ties to even; a NaN stays a NaN.
    private static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)(float.IsNaN(value) ? (bits >> 16) | 0x40 : (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
