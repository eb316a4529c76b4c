using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;

namespace Specializer;

/// <summary>
/// The weights of a model with LoRA adapters merged into them: W + scale · B · A, computed in double precision. Merged tensors are
/// 32-bit floats and stay in memory until the source is disposed.
/// </summary>
internal sealed unsafe class AdaptedWeights : WeightsSource
{
    private readonly WeightsSource _source;
    private readonly bool _ownsSource;
    private readonly List<LoraAdapter> _adapters = [];
    private readonly Dictionary<string, List<LoraUpdate>> _updates = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorView> _saved = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorView> _merged = new(StringComparer.Ordinal);

    private AdaptedWeights(WeightsSource source, bool ownsSource)
    {
        _source = source;
        _ownsSource = ownsSource;
    }

    /// <inheritdoc/>
    public override string Description => _source.Description;

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> Names =>
        [.. _source.Names, .. _saved.Keys.Where(name => !_source.TryGetTensor(name, out _))];

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Metadata => _source.Metadata;

    /// <param name="source">The weights of the model.</param>
    /// <param name="folders">The folders of the adapters, which are merged in this order.</param>
    /// <param name="ownsSource">Whether the source is disposed with the result.</param>
    /// <exception cref="WeightsException">An adapter cannot be read, is not supported, or does not match the weights.</exception>
    public static AdaptedWeights Open(WeightsSource source, IReadOnlyList<string> folders, bool ownsSource)
    {
        var result = new AdaptedWeights(source, ownsSource);
        try
        {
            string[] names = [.. source.Names];
            foreach (string folder in folders)
            {
                LoraAdapter adapter = LoraAdapter.Open(folder);
                result._adapters.Add(adapter);
                result.Add(adapter, names);
            }

            return result;
        }
        catch
        {
            result._adapters.ForEach(static adapter => adapter.Dispose());
            throw;
        }
    }

    /// <inheritdoc/>
    public override bool TryGetTensor(string name, out TensorView view)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_merged.TryGetValue(name, out view))
        {
            return true;
        }

        if (_saved.TryGetValue(name, out view))
        {
            view = view.Named(name);
        }
        else if (!_source.TryGetTensor(name, out view))
        {
            return false;
        }

        if (_updates.TryGetValue(name, out List<LoraUpdate>? updates))
        {
            _merged[name] = view = Merge(view, updates);
        }

        return true;
    }

    /// <summary>Returns whether an adapter changes or adds a tensor.</summary>
    internal bool Changes(string name) => _updates.ContainsKey(name) || _saved.ContainsKey(name);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _merged.Clear();
            _adapters.ForEach(static adapter => adapter.Dispose());
            if (_ownsSource)
            {
                _source.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private void Add(LoraAdapter adapter, string[] names)
    {
        foreach ((string own, TensorView view) in adapter.Saved)
        {
            string name = Resolve(adapter, own, names) ?? own;
            if (_source.TryGetTensor(name, out TensorView replaced) && !replaced.Shape.SequenceEqual(view.Shape))
            {
                throw adapter.Error(
                    $"the tensor {MessageText.Quote(own)} has the shape {TensorExtent.Format(view.Shape)}; that of the model is {TensorExtent.Format(replaced.Shape)}."
                );
            }

            _saved[name] = view;
        }

        foreach (LoraUpdate update in adapter.Updates)
        {
            string name =
                Resolve(adapter, update.Module + ".weight", names)
                ?? throw adapter.Error(
                    $"the adapter changes {MessageText.Quote(update.Module + ".weight")}, which the checkpoint '{_source.Description}' does not contain. Use the adapter with the model for which it was trained."
                );
            _source.TryGetTensor(name, out TensorView weights);
            long outputs = update.Up.Shape[0],
                inputs = update.Down.Shape[1];
            long[] expected = update.IsTransposed ? [inputs, outputs] : [outputs, inputs];
            if (!weights.Shape.SequenceEqual(expected))
            {
                throw adapter.Error(
                    $"the adapter changes {MessageText.Quote(name)} as a tensor of shape {TensorExtent.Format(expected)}; that of the model is {TensorExtent.Format(weights.Shape)}."
                );
            }

            if (!TensorElementTypes.IsReadable(weights.ElementType))
            {
                throw adapter.Error(
                    $"the adapter changes {MessageText.Quote(name)}, whose elements have the type {TensorElementTypes.Name(weights.ElementType)}; expected F32, BF16 or F16."
                );
            }

            if (!_updates.TryGetValue(name, out List<LoraUpdate>? updates))
            {
                _updates[name] = updates = [];
            }

            updates.Add(update);
        }
    }

    /// <summary>Returns the name in the checkpoint, which can have more or fewer leading parts than the adapter's.</summary>
    private static string? Resolve(LoraAdapter adapter, string wanted, string[] names)
    {
        for (string shorter = wanted; ; shorter = shorter[(shorter.IndexOf('.', StringComparison.Ordinal) + 1)..])
        {
            if (Array.IndexOf(names, shorter) >= 0)
            {
                return shorter;
            }

            // The last two parts name a layer's tensor; less would be ambiguous.
            if (shorter.Split('.').Length <= 2)
            {
                break;
            }
        }

        string[] longer = Array.FindAll(names, name => name.EndsWith("." + wanted, StringComparison.Ordinal));
        return longer.Length switch
        {
            0 => null,
            1 => longer[0],
            _ => throw adapter.Error(
                $"the adapter changes {MessageText.Quote(wanted)}, which can be {MessageText.Quote(longer[0])} or {MessageText.Quote(longer[1])} of the checkpoint."
            ),
        };
    }

    private static TensorView Merge(in TensorView weights, List<LoraUpdate> updates)
    {
        long[] shape = weights.Shape.ToArray();
        int rows = checked((int)shape[0]),
            columns = checked((int)shape[1]);
        var contents = new float[weights.ElementCount];
        var row = new double[columns];
        var products = new List<(double[] Rows, double[] Columns, int Rank, double Scale)>();
        foreach (LoraUpdate update in updates)
        {
            // The factor of a row: B for [outputs, inputs], the transposed A for [inputs, outputs].
            double[] down = Values(update.Down),
                up = Values(update.Up);
            int rank = (int)update.Down.Shape[0];
            products.Add(
                update.IsTransposed
                    ? (Transposed(down, rank, rows), Transposed(up, columns, rank), rank, update.Scale)
                    : (up, down, rank, update.Scale)
            );
        }

        for (int i = 0; i < rows; i++)
        {
            Span<float> target = contents.AsSpan(i * columns, columns);
            weights.CopyRowTo(i, target);
            for (int j = 0; j < columns; j++)
            {
                row[j] = target[j];
            }

            foreach ((double[] left, double[] right, int rank, double scale) in products)
            {
                for (int k = 0; k < rank; k++)
                {
                    AddScaled(row, right.AsSpan(k * columns, columns), scale * left[(i * rank) + k]);
                }
            }

            for (int j = 0; j < columns; j++)
            {
                target[j] = (float)row[j];
            }
        }

        PinnedBytes memory = new(contents);
        return new TensorView(weights.Name, TensorElementType.Float32, shape, (byte*)memory.DangerousGetHandle(), memory);
    }

    private static void AddScaled(Span<double> row, ReadOnlySpan<double> addend, double factor)
    {
        int j = 0;
        var factors = new Vector<double>(factor);
        for (; j <= row.Length - Vector<double>.Count; j += Vector<double>.Count)
        {
            (new Vector<double>(row[j..]) + (factors * new Vector<double>(addend[j..]))).CopyTo(row[j..]);
        }

        for (; j < row.Length; j++)
        {
            row[j] += factor * addend[j];
        }
    }

    private static double[] Values(in TensorView view)
    {
        var values = new float[view.ElementCount];
        view.CopyTo(values);
        return Array.ConvertAll(values, static value => (double)value);
    }

    private static double[] Transposed(double[] values, int rows, int columns)
    {
        var result = new double[values.Length];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                result[(j * rows) + i] = values[(i * columns) + j];
            }
        }

        return result;
    }
}
