using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using Specializer.TestKit;

namespace Specializer.Tool.Tests;

/// <summary>The pronunciation model with its checkpoint cut into two files and an index.</summary>
internal static class Shards
{
    public static void Write(TemporaryFolder folder)
    {
        File.Copy(Path.Combine(InspectTests.Pronounce, "config.json"), folder["config.json"]);
        using SafetensorsFile whole = SafetensorsFile.Open(Path.Combine(InspectTests.Pronounce, "model.safetensors"));
        string[] names = [.. whole.Names];
        var map = new Dictionary<string, string>();
        for (int shard = 0; shard < 2; shard++)
        {
            string file = $"model-0000{shard + 1}-of-00002.safetensors";
            string[] part = [.. names.Where((_, number) => number % 2 == shard)];
            File.WriteAllBytes(folder[file], Bytes(whole, part));
            Array.ForEach(part, name => map.Add(name, file));
        }

        folder.Write(
            "model.safetensors.index.json",
            JsonSerializer.Serialize(new { metadata = new { total_size = 6388224 }, weight_map = map })
        );
    }

    private static byte[] Bytes(SafetensorsFile whole, string[] names)
    {
        var header = new Dictionary<string, object>();
        using var data = new MemoryStream();
        foreach (string name in names)
        {
            whole.TryGetTensor(name, out TensorView view);
            long begin = data.Length;
            float[] values = new float[view.ElementCount];
            view.CopyTo(values);
            data.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values));
            header.Add(
                name,
                new
                {
                    dtype = "F32",
                    shape = view.Shape.ToArray(),
                    data_offsets = new[] { begin, data.Length },
                }
            );
        }

        byte[] json = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(header));
        return [.. BitConverter.GetBytes((ulong)json.Length), .. json, .. data.ToArray()];
    }
}
