using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Specializer.Tool.Importing;

/// <summary>Writes the safetensors file that Hugging Face's library writes of the same tensors, byte by byte.</summary>
/// <remarks>
/// The library sorts tensors by descending element type, then by name, and pads the header with spaces to a multiple of 8 bytes.
/// </remarks>
internal static class SafetensorsWriter
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a file.</summary>
    /// <returns>Its length in bytes.</returns>
    public static long Write(string path, IEnumerable<Parameter> parameters)
    {
        Parameter[] sorted =
        [
            .. parameters
                .OrderByDescending(static parameter => parameter.Tensor.Type.InSafetensors().Rank)
                .ThenBy(static parameter => parameter.Name, StringComparer.Ordinal),
        ];
        using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        byte[] header = Header(sorted);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        file.Write(length);
        file.Write(header);
        foreach (Parameter parameter in sorted)
        {
            if (parameter.IsTransposed)
            {
                WriteTransposed(file, parameter.Tensor);
            }
            else
            {
                file.Write(parameter.Tensor.Data.Span);
            }
        }

        file.Flush();
        return file.Length;
    }

    private static byte[] Header(Parameter[] sorted)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, s_options))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString("format", "pt");
            json.WriteEndObject();
            long offset = 0;
            foreach (Parameter parameter in sorted)
            {
                json.WriteStartObject(parameter.Name);
                json.WriteString("dtype", parameter.Tensor.Type.InSafetensors().Name);
                json.WriteStartArray("shape");
                foreach (long extent in parameter.Shape)
                {
                    json.WriteNumberValue(extent);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                offset += parameter.Tensor.Data.Length;
                json.WriteNumberValue(offset);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        text.Write(Encoding.ASCII.GetBytes(new string(' ', (int)(-text.Length & 7))));
        return text.ToArray();
    }

    /// <summary>Writes a matrix [inputs, outputs] as [outputs, inputs], some rows at a time.</summary>
    private static void WriteTransposed(FileStream file, OnnxTensor tensor)
    {
        switch (tensor.Type.Size())
        {
            case 2:
                WriteTransposed<ushort>(file, tensor);
                break;
            case 4:
                WriteTransposed<uint>(file, tensor);
                break;
            default:
                WriteTransposed<ulong>(file, tensor);
                break;
        }
    }

    private static void WriteTransposed<T>(FileStream file, OnnxTensor tensor)
        where T : unmanaged
    {
        const int Rows = 16;
        ReadOnlySpan<T> source = MemoryMarshal.Cast<byte, T>(tensor.Data.Span);
        int inputs = (int)tensor.Shape[0],
            outputs = (int)tensor.Shape[1];
        if (source.IsEmpty)
        {
            return;
        }

        T[] rows = new T[Rows * inputs];
        for (int first = 0; first < outputs; first += Rows)
        {
            int count = Math.Min(Rows, outputs - first);
            for (int input = 0; input < inputs; input++)
            {
                ReadOnlySpan<T> from = source.Slice((input * outputs) + first, count);
                for (int row = 0; row < count; row++)
                {
                    rows[(row * inputs) + input] = from[row];
                }
            }

            file.Write(MemoryMarshal.AsBytes(rows.AsSpan(0, count * inputs)));
        }
    }
}
