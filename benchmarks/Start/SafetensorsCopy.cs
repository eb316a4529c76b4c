using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Specializer.Benchmarks;

/// <summary>Writes tensors to a safetensors file, all in float32.</summary>
internal static class SafetensorsCopy
{
    public static void Write(string path, WeightsSource weights)
    {
        string[] names = [.. weights.Names.Order(StringComparer.Ordinal)];
        var header = new SortedDictionary<string, object>(StringComparer.Ordinal);
        long offset = 0;
        foreach (string name in names)
        {
            TensorView tensor = Find(name);
            long end = offset + (tensor.ElementCount * sizeof(float));
            header.Add(
                name,
                new
                {
                    dtype = "F32",
                    shape = tensor.Shape.ToArray(),
                    data_offsets = new[] { offset, end },
                }
            );
            offset = end;
        }

        byte[] text = JsonSerializer.SerializeToUtf8Bytes(header);
        using var file = new BinaryWriter(File.Create(path));
        file.Write((long)text.Length);
        file.Write(text);
        foreach (string name in names)
        {
            file.Write(MemoryMarshal.AsBytes<float>(RandomWeights.Copy(Find(name))));
        }

        TensorView Find(string name) =>
            weights.TryGetTensor(name, out TensorView view) ? view : throw new InvalidDataException($"The weights do not contain {name}.");
    }
}
