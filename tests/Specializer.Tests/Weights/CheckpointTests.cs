using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Weights;

/// <summary>Checkpoints in one file and in several, whole and broken, and files that were made to mislead.</summary>
[Feature("checkpoints")]
public sealed class CheckpointTests : IDisposable
{
    private const string First = "model-00001-of-00002.safetensors";
    private const string Second = "model-00002-of-00002.safetensors";

    private readonly string _folder = Directory.CreateTempSubdirectory("specializer-checkpoint-").FullName;

    private string Index => Path.Combine(_folder, "model.safetensors.index.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("model.safetensors.index.json")]
    public void Shards_are_one_source(string path)
    {
        WriteShards();
        using WeightsSource source = Checkpoint.Open(Path.Combine(_folder, path));
        Assert.Equal(Index, source.Description);
        Assert.Equal(["a", "b", "c"], source.Names);
        Assert.Equal([1f, 2], Values(source, "a"));
        Assert.Equal([3f], Values(source, "b"));
        Assert.Equal([4f, 5, 6], Values(source, "c"));
        Assert.False(source.TryGetTensor("d", out _));
    }

    [Fact]
    public void A_disposed_set_gives_nothing_more()
    {
        WriteShards();
        WeightsSource source = Checkpoint.Open(_folder);
        source.TryGetTensor("c", out TensorView view);
        source.Dispose();
        Assert.Throws<ObjectDisposedException>(() => source.Names);
        Assert.Throws<ObjectDisposedException>(() => source.TryGetTensor("a", out _));
        Assert.Throws<ObjectDisposedException>(() => source.TryGetTensor("none", out _));
        Assert.Throws<ObjectDisposedException>(() => view.CopyTo(new float[3]));
    }

    [Fact]
    public void One_file_by_itself_or_by_its_folder()
    {
        Write("weights.safetensors", new SafetensorsBytes().Floats("a", [1], 7));
        foreach (string path in new[] { _folder, Path.Combine(_folder, "weights.safetensors") })
        {
            using WeightsSource source = Checkpoint.Open(path);
            Assert.Equal([7f], Values(source, "a"));
        }
    }

    [Fact]
    public void The_usual_names_win()
    {
        WriteShards();
        Write("model.safetensors", new SafetensorsBytes().Floats("whole", [1], 7));
        Write("other.safetensors", new SafetensorsBytes().Floats("other", [1], 8));
        using (WeightsSource source = Checkpoint.Open(_folder))
        {
            Assert.Equal(["whole"], source.Names);
        }

        File.Delete(Path.Combine(_folder, "model.safetensors"));
        using WeightsSource shards = Checkpoint.Open(_folder);
        Assert.Equal(["a", "b", "c"], shards.Names);
    }

    [Fact]
    public void A_folder_in_which_it_is_not_clear_what_is_meant()
    {
        Assert.Contains(
            "the folder contains no safetensors file. Expected model.safetensors, or model.safetensors.index.json",
            Refused(_folder).Message,
            StringComparison.Ordinal
        );
        Write("one.safetensors", new SafetensorsBytes().Floats("a", [1], 7));
        Write("two.safetensors", new SafetensorsBytes().Floats("a", [1], 7));
        Assert.Contains(
            "the folder contains 2 safetensors files and 0 indices, but neither",
            Refused(_folder).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_index_that_is_not_there() =>
        Assert.StartsWith($"{Index}: the file does not exist.", Refused(Index).Message, StringComparison.Ordinal);

    [Fact]
    public void Everything_that_does_not_belong_together_is_told_at_once()
    {
        WriteIndex(
            ("a", First),
            ("b", First),
            ("c", Second),
            ("d", Second),
            ("e", "missing.safetensors"),
            ("f", "missing.safetensors"),
            ("g", "broken.safetensors")
        );
        Write(First, new SafetensorsBytes().Floats("a", [1], 1).Floats("c", [1], 1).Floats("unlisted", [1], 1));
        Write(Second, new SafetensorsBytes().Floats("a", [1], 1));
        File.WriteAllText(Path.Combine(_folder, "broken.safetensors"), "version https://git-lfs.github.com/spec/v1\n");
        WeightsException exception = Refused(_folder);
        Assert.Equal(
            [
                $"{Path.Combine(_folder, "broken.safetensors")}: the first 8 bytes give a header of 2336927755350992246 bytes; the format allows 100000000. This is probably a Git LFS pointer instead of the weights; run 'git lfs pull' to fetch them.",
                "missing: the file \"missing.safetensors\", which should contain 2 tensors, is not beside the index.",
                $"tensor \"a\": it is in \"{First}\" and in \"{Second}\"; expected only in \"{First}\".",
                $"tensor \"b\": expected in \"{First}\", according to the index; no file contains it.",
                $"tensor \"c\": expected in \"{Second}\", according to the index; found in \"{First}\".",
                $"tensor \"d\": expected in \"{Second}\", according to the index; no file contains it.",
                $"tensor \"unlisted\": it is in \"{First}\", but the index does not list it.",
            ],
            exception.Problems.Select(static problem => problem.Message)
        );
        Assert.Equal(7, exception.ProblemCount);
        Assert.Equal(Index, exception.Description);
        Assert.StartsWith($"{Index}: the index does not match its files; 7 problems:\n  ", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "To fix it: download the index and all of its files again from the same source.",
            exception.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("../outside.safetensors")]
    [InlineData("..\\outside.safetensors")]
    [InlineData("/etc/outside.safetensors")]
    [InlineData("C:\\outside.safetensors")]
    [InlineData("C:outside.safetensors")]
    [InlineData("folder/inside.safetensors")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData(".safetensors")]
    [InlineData("..safetensors")]
    [InlineData("model.bin")]
    [InlineData("model.safetensors.index.json")]
    [InlineData("a\0.safetensors")]
    [InlineData("a\n.safetensors")]
    public void An_index_reaches_no_other_place(string shard)
    {
        // Such a file can exist at the target of the name.
        WriteIndex(("a", shard));
        WeightsException exception = Refused(Index);
        Assert.Contains(
            "as the file of tensor \"a\". Expected the plain name of a .safetensors file beside the index",
            exception.Message,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(exception.Message, static character => char.IsControl(character));
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("{", "not valid JSON")]
    [InlineData("[]", "the index must be an object; found an array")]
    [InlineData("{}", "the key weight_map, with the file of every tensor, is missing")]
    [InlineData("{\"weight_map\":[]}", "weight_map must be an object; found an array")]
    [InlineData("{\"weight_map\":{\"a\":1}}", "weight_map must map names to files; found the number \"1\" for tensor \"a\"")]
    [InlineData("{\"weight_map\":{\"a\":null}}", "weight_map must map names to files; found null for tensor \"a\"")]
    [InlineData("{\"weight_map\":{},\"weight_map\":{}}", "the key weight_map occurs twice")]
    [InlineData("{\"weight_map\":{\"a\":\"x.safetensors\",\"a\":\"x.safetensors\"}}", "the tensor \"a\" occurs twice")]
    [InlineData("{\"weight_map\":{\"\\ud800\":\"x.safetensors\"}}", "an unpaired escaped surrogate")]
    [InlineData("{\"metadata\":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]],\"weight_map\":{}}", "not valid JSON")]
    [InlineData("{\"weight_map\":{}} {}", "not valid JSON")]
    [InlineData("version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer instead of the index; run 'git lfs pull'")]
    public void An_index_that_is_none(string text, string message)
    {
        File.WriteAllText(Index, text);
        WeightsException exception = Refused(Index);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Equal(WeightsProblemKind.Malformed, Assert.Single(exception.Problems).Kind);
    }

    [Fact]
    public void An_index_that_is_not_text()
    {
        File.WriteAllBytes(Index, [(byte)'{', 0xFF, (byte)'}']);
        Assert.Contains("not valid UTF-8", Refused(Index).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_index_may_begin_with_a_byte_order_mark_and_say_more_than_is_read()
    {
        WriteShards();
        File.WriteAllText(
            Index,
            File.ReadAllText(Index)
                .Replace("{\"weight_map\"", "{\"metadata\":{\"total_size\":1e3,\"deep\":[{}]},\"weight_map\"", StringComparison.Ordinal),
            new UTF8Encoding(true)
        );
        using WeightsSource source = Checkpoint.Open(_folder);
        Assert.Equal(3, source.Names.Count);
    }

    [Fact]
    public void Whatever_is_changed_in_an_index_is_told_and_nothing_else_happens()
    {
        WriteShards();
        byte[] good = File.ReadAllBytes(Index);
        var random = new Random(1);
        int refused = 0;
        for (int i = 0; i < 2000; i++)
        {
            byte[] bad = [.. good];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(Index, random.Next(4) == 0 ? bad[..random.Next(bad.Length)] : bad);
            try
            {
                Checkpoint.Open(_folder).Dispose();
            }
            catch (WeightsException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1500, 2000);
    }

    [Fact]
    public void One_file_of_several_says_what_is_meant()
    {
        WriteShards();
        using WeightsSource shard = Checkpoint.Open(Path.Combine(_folder, First));
        var table = new TensorTable([new TensorRequirement("a", 0, [2]), new TensorRequirement("c", 0, [3])], []);
        Assert.EndsWith(
            "To fix it: the file is one shard of a checkpoint: pass the folder, or the index (model.safetensors.index.json) beside it.",
            Assert.Throws<WeightsException>(() => table.Check(shard)).Message,
            StringComparison.Ordinal
        );
    }

    private static float[] Values(WeightsSource source, string name)
    {
        Assert.True(source.TryGetTensor(name, out TensorView view));
        float[] values = new float[view.ElementCount];
        view.CopyTo(values);
        return values;
    }

    private static WeightsException Refused(string path) => Assert.Throws<WeightsException>(() => Checkpoint.Open(path));

    private void WriteShards()
    {
        Write(First, new SafetensorsBytes().Floats("a", [2], 1, 2).Floats("b", [1], 3));
        Write(Second, new SafetensorsBytes().Floats("c", [3], 4, 5, 6));
        WriteIndex(("a", First), ("b", First), ("c", Second));
    }

    private void Write(string name, SafetensorsBytes contents) => File.WriteAllBytes(Path.Combine(_folder, name), contents.ToArray());

    private void WriteIndex(params (string Tensor, string Shard)[] tensors) =>
        File.WriteAllText(
            Index,
            JsonSerializer.Serialize(new { weight_map = tensors.ToDictionary(static entry => entry.Tensor, static entry => entry.Shard) })
        );
}
