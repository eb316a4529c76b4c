using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Specializer;

/// <summary>
/// The tensors of a GGUF model under their Hugging Face names, with the changes of llama.cpp's converter undone. Quantized elements
/// are converted to floats while they are read.
/// </summary>
internal sealed class GgufCheckpoint : WeightsSource
{
    private readonly GgufParts _parts;
    private readonly Dictionary<string, TensorView> _views = new(StringComparer.Ordinal);
    private readonly TransposedMatrix _transposed = new();
    private readonly long _queryHeads;
    private readonly long _keyHeads;

    private GgufCheckpoint(GgufParts parts)
    {
        _parts = parts;
        GgufFields fields = new(parts);
        Names = [];
        GgufNames names = fields.Names;
        _queryHeads = fields.Integer("attention.head_count", 0);
        _keyHeads = fields.HasKey("attention.head_count_kv") ? fields.SameInEveryLayer("attention.head_count_kv") : _queryHeads;
        List<string> all = [];
        foreach (GgufFile file in parts.Files)
        {
            foreach (GgufTensor tensor in file.Tensors)
            {
                if (names.IsRotary(tensor.Name))
                {
                    continue;
                }

                (string name, GgufChange change) = names.Of(tensor.Name);
                all.Add(name);
                if (!_views.TryAdd(name, View(file, tensor, name, change)))
                {
                    throw GgufHeaderReader.Malformed(
                        file.Description,
                        tensor.Name,
                        $"another tensor has the same Hugging Face name, {MessageText.Quote(name)}, too. Convert the model again with a current converter."
                    );
                }
            }
        }

        Names = all;
    }

    /// <inheritdoc/>
    public override string Description => _parts.Files[0].Description;

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> Names { get; }

    /// <summary>Opens a model in one or more files.</summary>
    /// <param name="path">The file, or one of its parts.</param>
    /// <exception cref="WeightsException">A file is malformed, or its architecture is not supported.</exception>
    public static GgufCheckpoint Open(string path) => Open(GgufParts.Open(path));

    /// <summary>Reads a model in one file that is in memory.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "The checkpoint owns the file.")]
    public static GgufCheckpoint Parse(byte[] contents, string description) => Open(GgufParts.Of(GgufFile.Parse(contents, description)));

    /// <inheritdoc/>
    public override bool TryGetTensor(string name, out TensorView view)
    {
        ArgumentNullException.ThrowIfNull(name);
        ObjectDisposedException.ThrowIf(_parts.Files[0].Contents.Memory.IsClosed, this);
        return _views.TryGetValue(name, out view);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _parts.Dispose();
        }

        base.Dispose(disposing);
    }

    private static GgufCheckpoint Open(GgufParts parts)
    {
        try
        {
            return new GgufCheckpoint(parts);
        }
        catch
        {
            parts.Dispose();
            throw;
        }
    }

    private unsafe TensorView View(GgufFile file, GgufTensor tensor, string name, GgufChange change)
    {
        if (!tensor.Type.IsReadable)
        {
            throw new WeightsException(
                file.Description,
                new WeightsProblem(
                    WeightsProblemKind.UnsupportedElementType,
                    tensor.Name,
                    $"{file.Description}: tensor {MessageText.Quote(tensor.Name)} has elements of type {tensor.TypeName}; expected one of {GgufType.Readable}. Use a file that is quantized to one of these types."
                )
            );
        }

        long[] shape = tensor.ShapeArray;
        long rows = shape.Length == 0 ? 1 : shape[0],
            rowLength = rows == 0 ? 1 : Math.Max(1, tensor.ElementCount / rows);
        TensorContent content = new GgufContent(file, tensor);
        switch (change)
        {
            case GgufChange.PairedQueries or GgufChange.PairedKeys:
                content = new PairedRows(
                    content,
                    HeadRows(file, tensor, rows, change == GgufChange.PairedKeys ? _keyHeads : _queryHeads),
                    rowLength
                );
                break;
            case GgufChange.PlusOne:
                content = new LessOne(content);
                break;
            case GgufChange.Transposed when shape.Length == 2:
                content = new Transposed(_transposed, content, shape[0], shape[1]);
                shape = [shape[1], shape[0]];
                break;
        }

        return content is GgufContent && DirectType(tensor.Type) is { } type
            ? new TensorView(
                name,
                type,
                shape,
                new TensorExtent(tensor.ElementCount, tensor.ByteLength),
                file.Contents.Start + file.DataStart + tensor.Offset,
                file.Contents.Memory,
                file.Contents.IsMapped
            )
            : new TensorView(name, shape, content, file.Contents.Memory);
    }

    /// <summary>Returns the type of elements that are used in place.</summary>
    private static TensorElementType? DirectType(GgufType type) =>
        type.Id switch
        {
            GgufType.F32 => TensorElementType.Float32,
            GgufType.F16 => TensorElementType.Float16,
            GgufType.Bf16 => TensorElementType.BFloat16,
            _ => null,
        };

    private static long HeadRows(GgufFile file, GgufTensor tensor, long rows, long heads) =>
        heads > 0 && rows % heads == 0 && rows / heads % 2 == 0
            ? rows / heads
            : throw GgufHeaderReader.Malformed(
                file.Description,
                tensor.Name,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"it has {rows} rows, but the metadata has {heads} heads. Expected an even number of rows for each head; convert the model again."
                )
            );
}
