using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

namespace Specializer;

/// <summary>
/// A checkpoint in several safetensors files, opened through its index: every tensor is in exactly the file that the index lists.
/// </summary>
internal sealed class SafetensorsShards : WeightsSource
{
    private const int MaximumLines = 20;

    private readonly SafetensorsFile[] _shards;
    private readonly Dictionary<string, SafetensorsFile> _tensors;
    private readonly string[] _names;
    private readonly Dictionary<string, string> _metadata = [];

    private SafetensorsShards(string description, SafetensorsFile[] shards)
    {
        Description = description;
        _shards = shards;
        _names = [.. shards.SelectMany(static shard => shard.Names)];
        _tensors = [];
        foreach (SafetensorsFile shard in shards)
        {
            foreach (string name in shard.Names)
            {
                _tensors.Add(name, shard);
            }

            foreach ((string key, string text) in shard.Metadata)
            {
                _metadata.TryAdd(key, text);
            }
        }
    }

    /// <inheritdoc/>
    public override string Description { get; }

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> Names
    {
        get
        {
            // A shard throws if it is disposed.
            _ = _shards.Length > 0 ? _shards[0].Names : [];
            return _names;
        }
    }

    /// <summary>The texts of all shards; for a key that several shards have, the text of the first one.</summary>
    public override IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Opens the shards of an index and checks that they belong together.</summary>
    /// <param name="path">The index.</param>
    /// <exception cref="WeightsException">
    /// The index is malformed; or a shard is missing, malformed, or does not contain exactly the tensors that the index lists.
    /// </exception>
    /// <exception cref="IOException">The index cannot be read.</exception>
    public static SafetensorsShards OpenIndex(string path)
    {
        IReadOnlyList<KeyValuePair<string, string>> map = SafetensorsIndex.Read(path);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Dictionary<string, SafetensorsFile> shards = [];
        try
        {
            List<WeightsProblem> problems = [];
            foreach (
                IGrouping<string, KeyValuePair<string, string>> shard in map.GroupBy(static entry => entry.Value)
                    .OrderBy(static group => group.Key, StringComparer.Ordinal)
            )
            {
                Open(Path.Combine(folder, shard.Key), shard.Count(), shards, shard.Key, problems);
            }

            Check(map, shards, problems);
            return problems.Count == 0 ? new SafetensorsShards(path, [.. shards.Values]) : throw Unfit(path, problems);
        }
        catch
        {
            foreach (SafetensorsFile shard in shards.Values)
            {
                shard.Dispose();
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public override bool TryGetTensor(string name, out TensorView view)
    {
        ArgumentNullException.ThrowIfNull(name);
        _ = Names;
        if (_tensors.TryGetValue(name, out SafetensorsFile? shard))
        {
            return shard.TryGetTensor(name, out view);
        }

        view = default;
        return false;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (SafetensorsFile shard in _shards)
            {
                shard.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private static void Open(
        string path,
        int tensors,
        Dictionary<string, SafetensorsFile> shards,
        string name,
        List<WeightsProblem> problems
    )
    {
        if (!File.Exists(path))
        {
            problems.Add(
                new WeightsProblem(
                    WeightsProblemKind.Unreadable,
                    null,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"missing: the file {MessageText.Quote(name)}, which should contain {tensors} {(tensors == 1 ? "tensor" : "tensors")}, is not beside the index."
                    )
                )
            );
            return;
        }

        try
        {
            shards.Add(name, SafetensorsFile.Open(path));
        }
        catch (WeightsException exception)
        {
            problems.AddRange(exception.Problems);
        }
    }

    /// <summary>Compares the index with the contents of the shards that could be opened.</summary>
    private static void Check(
        IReadOnlyList<KeyValuePair<string, string>> map,
        Dictionary<string, SafetensorsFile> shards,
        List<WeightsProblem> problems
    )
    {
        Dictionary<string, List<string>> holders = [];
        foreach ((string shard, SafetensorsFile file) in shards)
        {
            foreach (string tensor in file.Names)
            {
                if (!holders.TryGetValue(tensor, out List<string>? found))
                {
                    holders.Add(tensor, found = []);
                }

                found.Add(shard);
            }
        }

        foreach ((string tensor, string shard) in map)
        {
            holders.Remove(tensor, out List<string>? found);
            if (found is { Count: > 1 })
            {
                Add(
                    tensor,
                    $"it is in {MessageText.Quote(found[0])} and in {MessageText.Quote(found[1])}; expected only in {MessageText.Quote(shard)}."
                );
            }
            else if (found is not null && found[0] != shard)
            {
                Add(tensor, $"expected in {MessageText.Quote(shard)}, according to the index; found in {MessageText.Quote(found[0])}.");
            }
            else if (found is null && shards.ContainsKey(shard))
            {
                Add(tensor, $"expected in {MessageText.Quote(shard)}, according to the index; no file contains it.");
            }
        }

        foreach ((string tensor, List<string> found) in holders)
        {
            Add(tensor, $"it is in {MessageText.Quote(found[0])}, but the index does not list it.");
        }

        void Add(string tensor, string what) =>
            problems.Add(new WeightsProblem(WeightsProblemKind.Malformed, tensor, $"tensor {MessageText.Quote(tensor)}: {what}"));
    }

    private static WeightsException Unfit(string path, List<WeightsProblem> problems)
    {
        StringBuilder text = new();
        text.Append(
            CultureInfo.InvariantCulture,
            $"{path}: the index does not match its files; {problems.Count} {(problems.Count == 1 ? "problem" : "problems")}:"
        );
        foreach (WeightsProblem problem in problems.Take(MaximumLines))
        {
            text.Append("\n  ").Append(problem.Message);
        }

        if (problems.Count > MaximumLines)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  and {problems.Count - MaximumLines} more.");
        }

        text.Append("\nTo fix it: download the index and all of its files again from the same source.");
        return new WeightsException(path, text.ToString(), problems, problems.Count);
    }
}
