using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Specializer.TestKit;
using Specializer.Tests.Weights;

namespace Specializer.Tests.Families;

/// <summary>A checkpoint whose tensors are given other names, taken away and added to, in memory.</summary>
internal sealed class RewrittenCheckpoint
{
    private readonly List<(string Name, string Type, long[] Shape, byte[] Data)> _tensors = [];
    private (string Key, string Text)? _metadata;

    private RewrittenCheckpoint() { }

    /// <summary>The names of its tensors.</summary>
    public IEnumerable<string> Names => _tensors.Select(static tensor => tensor.Name);

    public static unsafe RewrittenCheckpoint Of(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        RewrittenCheckpoint checkpoint = new();
        foreach (string name in file.Names)
        {
            file.TryGetTensor(name, out TensorView view);
            checkpoint._tensors.Add(
                (
                    name,
                    TensorElementTypes.Name(view.ElementType),
                    view.Shape.ToArray(),
                    new ReadOnlySpan<byte>(view.Data, (int)view.ByteLength).ToArray()
                )
            );
        }

        return checkpoint;
    }

    public long[] Shape(string name) => _tensors.Single(tensor => tensor.Name == name).Shape;

    public RewrittenCheckpoint Rename(Func<string, string> rename) =>
        Change(tensors => tensors.Select(tensor => (rename(tensor.Name), tensor.Type, tensor.Shape, tensor.Data)));

    public RewrittenCheckpoint Without(string name) => Change(tensors => tensors.Where(tensor => tensor.Name != name));

    public RewrittenCheckpoint WithZeros(string name, params long[] shape) =>
        Change(tensors => tensors.Append((name, "F32", shape, new byte[shape.Aggregate(4L, static (product, size) => product * size)])));

    /// <summary>A tensor again under another name, with its last element changed or not.</summary>
    public RewrittenCheckpoint WithCopy(string name, string copy, bool changed = false)
    {
        (_, string type, long[] shape, byte[] data) = _tensors.Single(tensor => tensor.Name == name);
        byte[] own = [.. data];
        own[^1] ^= (byte)(changed ? 1 : 0);
        return Change(tensors => tensors.Append((copy, type, shape, own)));
    }

    /// <summary>Rows of several tensors, one after the other, as one in their place.</summary>
    public RewrittenCheckpoint Fuse(string whole, params string[] parts)
    {
        (string Name, string Type, long[] Shape, byte[] Data)[] found =
        [
            .. parts.Select(part => _tensors.Single(tensor => tensor.Name == part)),
        ];
        long[] shape = [found.Sum(static tensor => tensor.Shape[0]), .. found[0].Shape[1..]];
        return Change(tensors =>
            tensors
                .Where(tensor => !parts.Contains(tensor.Name))
                .Append((whole, found[0].Type, shape, found.SelectMany(static tensor => tensor.Data).ToArray()))
        );
    }

    /// <summary>The rows of a tensor as several in its place.</summary>
    /// <param name="whole">The tensor.</param>
    /// <param name="groups">The groups that follow one another in it, each with its share of the rows of every part.</param>
    /// <param name="columns">Whether columns count as rows.</param>
    /// <param name="parts">The names of the parts and the rows of each.</param>
    public RewrittenCheckpoint Split(string whole, int groups, bool columns, params (string Name, int Rows)[] parts)
    {
        (_, string type, long[] shape, byte[] data) = _tensors.Single(tensor => tensor.Name == whole);
        int total = (int)shape[columns ? 1 : 0],
            outer = columns ? (int)shape[0] : 1,
            rowBytes = data.Length / total / outer;
        if (parts.Sum(static part => part.Rows) != total)
        {
            throw new ArgumentException("The parts have other rows than the whole.", nameof(parts));
        }

        RewrittenCheckpoint result = Without(whole);
        int before = 0;
        foreach ((string name, int rows) in parts)
        {
            List<byte> own = [];
            for (int i = 0; i < outer; i++)
            {
                for (int group = 0; group < groups; group++)
                {
                    int first = (((i * groups) + group) * (total / groups)) + (before / groups);
                    own.AddRange(data.AsSpan(first * rowBytes, rows / groups * rowBytes));
                }
            }

            result._tensors.Add((name, type, columns ? [outer, rows] : [rows, .. shape[1..]], own.ToArray()));
            before += rows;
        }

        return result;
    }

    public RewrittenCheckpoint WithAlias(string name, string kept)
    {
        RewrittenCheckpoint result = Change(static tensors => tensors);
        result._metadata = (name, kept);
        return result;
    }

    public SafetensorsFile Open()
    {
        SafetensorsBytes bytes = new();
        foreach ((string name, string type, long[] shape, byte[] data) in _tensors)
        {
            bytes.Tensor(name, type, shape, data);
        }

        if (_metadata is { } alias)
        {
            bytes.Metadata(alias.Key, alias.Text);
        }

        return SafetensorsFile.Parse(bytes.ToArray(), "rewritten");
    }

    /// <summary>The packed weights of a model that is loaded from it: everything that it computes with.</summary>
    public unsafe byte[] Pack(Func<WeightsSource, ModelOptions, TransformerModel> load)
    {
        using SafetensorsFile file = Open();
        using TransformerModel model = load(file, new ModelOptions { InstructionSet = InstructionSets.Best });
        return MemoryMarshal
            .AsBytes(new ReadOnlySpan<float>(model.Weights.Address, (int)(model.Weights.ByteLength / sizeof(float))))
            .ToArray();
    }

    private RewrittenCheckpoint Change(
        Func<
            IEnumerable<(string Name, string Type, long[] Shape, byte[] Data)>,
            IEnumerable<(string Name, string Type, long[] Shape, byte[] Data)>
        > change
    )
    {
        RewrittenCheckpoint result = new() { _metadata = _metadata };
        result._tensors.AddRange(change(_tensors));
        return result;
    }
}
