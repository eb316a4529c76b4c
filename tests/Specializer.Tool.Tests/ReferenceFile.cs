using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;

namespace Specializer.Tool.Tests;

/// <summary>Writes safetensors of a golden file's tensors under other names, as a program with transformers would.</summary>
internal sealed class ReferenceFile
{
    private readonly List<(string Name, string Type, long[] Shape, byte[] Bytes)> _tensors = [];

    public unsafe ReferenceFile Add(string name, WeightsSource golden, string from, Func<float, float>? change = null)
    {
        if (!golden.TryGetTensor(from, out TensorView view))
        {
            throw new InvalidOperationException($"{golden.Description} has no {from}.");
        }

        byte[] bytes = new ReadOnlySpan<byte>(view.Data, (int)view.ByteLength).ToArray();
        if (change is not null)
        {
            float[] values = new float[view.ElementCount];
            view.CopyTo(values);
            values[^1] = change(values[^1]);
            Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
        }

        _tensors.Add((name, view.ElementType == TensorElementType.Int64 ? "I64" : "F32", view.Shape.ToArray(), bytes));
        return this;
    }

    /// <summary>The first of several sequences.</summary>
    public ReferenceFile AddFirst(string name, WeightsSource golden, string from)
    {
        Add(name, golden, from);
        (_, string type, long[] shape, byte[] bytes) = _tensors[^1];
        _tensors[^1] = (name, type, [1, .. shape.Skip(1)], bytes[..(bytes.Length / (int)shape[0])]);
        return this;
    }

    public void Write(string path)
    {
        long offset = 0;
        var header = new Dictionary<string, object> { ["__metadata__"] = new Dictionary<string, string> { ["transformers"] = "4.51.3" } };
        foreach ((string name, string type, long[] shape, byte[] bytes) in _tensors)
        {
            header[name] = new
            {
                dtype = type,
                shape,
                data_offsets = new[] { offset, offset + bytes.Length },
            };
            offset += bytes.Length;
        }

        byte[] json = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(header));
        using FileStream file = File.Create(path);
        file.Write(BitConverter.GetBytes((long)json.Length));
        file.Write(json);
        foreach (byte[] bytes in _tensors.Select(static tensor => tensor.Bytes))
        {
            file.Write(bytes);
        }
    }
}
