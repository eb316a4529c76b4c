using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;

namespace Specializer.TestKit;

/// <summary>A safetensors file with inputs and expected results, read by name as the arrays that tests compare with.</summary>
public sealed unsafe class GoldenFile : IDisposable
{
    private readonly SafetensorsFile _file;

    private GoldenFile(SafetensorsFile file) => _file = file;

    /// <summary>The metadata of the file, for example the attributes of an ONNX operator.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _file.Metadata;

    /// <summary>The names of all tensors.</summary>
    public IReadOnlyCollection<string> Names => _file.Names;

    /// <summary>Opens a file.</summary>
    /// <param name="path">Its full path, e.g. from <see cref="SharedData.Path"/>.</param>
    /// <exception cref="WeightsException">It is no valid safetensors file.</exception>
    public static GoldenFile Open(string path) => new(SafetensorsFile.Open(path));

    /// <summary>The extents of a tensor, outermost first.</summary>
    public int[] Shape(string name) => Array.ConvertAll(View(name).Shape.ToArray(), extent => checked((int)extent));

    /// <summary>The elements of a tensor of F32, BF16 or F16, row-major.</summary>
    /// <exception cref="NotSupportedException">The tensor is of another type.</exception>
    public float[] Floats(string name)
    {
        TensorView view = View(name);
        float[] values = new float[view.ElementCount];
        view.CopyTo(values);
        return values;
    }

    /// <summary>The elements of a tensor of F64, F32, BF16 or F16, row-major, widened without rounding.</summary>
    /// <exception cref="NotSupportedException">The tensor is of another type.</exception>
    public double[] Doubles(string name) =>
        View(name).ElementType == TensorElementType.Float64
            ? Elements<double>(name)
            : Array.ConvertAll(Floats(name), value => (double)value);

    /// <summary><see cref="Doubles"/> cut into rows of the last extent: of [1, 37, 96] it makes [37][96].</summary>
    public double[][] Rows(string name) => [.. Doubles(name).Chunk(Shape(name)[^1])];

    /// <summary>The elements of a tensor of I64, I32 or U8, row-major; token ids are I64.</summary>
    /// <exception cref="NotSupportedException">The tensor is of another type.</exception>
    /// <exception cref="OverflowException">An element does not fit.</exception>
    public int[] Integers(string name)
    {
        TensorElementType type = View(name).ElementType;
        return type switch
        {
            TensorElementType.Int64 => Array.ConvertAll(Elements<long>(name), value => checked((int)value)),
            TensorElementType.Int32 => Elements<int>(name),
            TensorElementType.UInt8 => Array.ConvertAll(Elements<byte>(name), value => (int)value),
            _ => throw new NotSupportedException($"{_file.Description}: '{name}' has elements of {type}, not integers."),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private TensorView View(string name) =>
        _file.TryGetTensor(name, out TensorView view)
            ? view
            : throw new KeyNotFoundException(
                $"{_file.Description}: no tensor '{name}'. There are {string.Join(", ", _file.Names.Order(StringComparer.Ordinal))}."
            );

    private T[] Elements<T>(string name)
        where T : unmanaged
    {
        TensorView view = View(name);
        T[] values = new T[view.ElementCount];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Unsafe.ReadUnaligned<T>(view.Data + ((long)i * sizeof(T)));
        }

        return values;
    }
}
