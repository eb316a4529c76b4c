using System;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Specializer;

/// <summary>A tensor of a <see cref="WeightsSource"/>: its name, type, shape and the location of its elements.</summary>
/// <remarks>
/// Elements are little-endian and in row-major (C) order. A view does not copy them. A reachable view keeps their memory alive;
/// after the source is disposed, the view throws instead of reading freed memory.
/// </remarks>
public readonly unsafe struct TensorView
{
    private readonly long[]? _shape;
    private readonly byte* _data;
    private readonly SafeHandle? _memory;
    private readonly bool _mapped;
    private readonly TensorContent? _content;
    private readonly long _contentStart;

    private TensorView(string name, in TensorView other)
    {
        this = other;
        Name = name;
    }

    /// <summary>Describes a tensor in memory.</summary>
    /// <param name="name">The name of the tensor.</param>
    /// <param name="elementType">The type of its elements.</param>
    /// <param name="shape">The shape; empty for a scalar. The array is not copied: do not change it afterwards.</param>
    /// <param name="data">
    /// The first byte. The number of bytes that follows from type and shape must be readable; any alignment is allowed.
    /// </param>
    /// <param name="memory">
    /// The owner of the memory. The view reads only while it is open and holds a reference to it while copying.
    /// <see langword="null"/> if the memory outlives every use of the view.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A dimension is negative, or the size exceeds 63 bits or does not fill whole bytes.
    /// </exception>
    [CLSCompliant(false)]
    public TensorView(string name, TensorElementType elementType, long[] shape, byte* data, SafeHandle? memory)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(shape);
        if (!TensorExtent.TryCompute(elementType, shape, out TensorExtent extent))
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Tensor \"{name}\": no {elementType} tensor can have the shape {TensorExtent.Format(shape)}; a dimension is negative, or the size is not representable."
                ),
                nameof(shape)
            );
        }

        Name = name;
        ElementType = elementType;
        ElementCount = extent.ElementCount;
        ByteLength = extent.ByteLength;
        _shape = shape;
        _data = data;
        _memory = memory;
    }

    /// <summary>Describes a tensor of a file.</summary>
    /// <param name="name">The name of the tensor.</param>
    /// <param name="elementType">The type of its elements.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="extent">The size that follows from type and shape.</param>
    /// <param name="data">Its first byte.</param>
    /// <param name="memory">The owner of the memory.</param>
    /// <param name="mapped">Whether the memory is a file mapped for reading, whose pages can be read again.</param>
    internal TensorView(
        string name,
        TensorElementType elementType,
        long[] shape,
        TensorExtent extent,
        byte* data,
        SafeHandle memory,
        bool mapped
    )
    {
        Name = name;
        ElementType = elementType;
        ElementCount = extent.ElementCount;
        ByteLength = extent.ByteLength;
        _shape = shape;
        _data = data;
        _memory = memory;
        _mapped = mapped;
    }

    private TensorView(string name, long[] shape, TensorContent content, long contentStart, SafeHandle memory)
        : this(name, shape, content, memory)
    {
        _contentStart = contentStart;
    }

    /// <summary>Describes a tensor whose elements are converted while they are read.</summary>
    /// <param name="name">The name of the tensor.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="content">Its elements, as 32-bit floats.</param>
    /// <param name="memory">The owner of the memory that the content reads.</param>
    internal TensorView(string name, long[] shape, TensorContent content, SafeHandle memory)
        : this(name, TensorElementType.Float32, shape, data: null, memory)
    {
        _content = content;
    }

    /// <summary>The name of the tensor.</summary>
    public string Name { get; }

    /// <summary>Returns the same tensor under another name.</summary>
    internal TensorView Named(string name) => new(name, this);

    /// <summary>The type of its elements.</summary>
    public TensorElementType ElementType { get; }

    /// <summary>The number of elements: the product of the shape; 1 for a scalar.</summary>
    public long ElementCount { get; }

    /// <summary>The number of bytes that start at <see cref="Data"/>.</summary>
    public long ByteLength { get; }

    /// <summary>The shape, outermost dimension first; empty for a scalar.</summary>
    public ReadOnlySpan<long> Shape => _shape;

    /// <summary>The first byte of the elements, with any alignment.</summary>
    /// <remarks>
    /// For code that packs weights. The pointer does not keep the source alive. Use it only while the source is certain to stay
    /// open, and only for <see cref="ByteLength"/> bytes.
    /// </remarks>
    /// <exception cref="ObjectDisposedException">The source of the tensor was disposed.</exception>
    /// <exception cref="NotSupportedException">
    /// The tensor belongs to a GGUF file, whose elements are converted while they are copied; use <see cref="CopyTo"/>.
    /// </exception>
    [CLSCompliant(false)]
    public byte* Data
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory is { IsClosed: true }, typeof(WeightsSource));
            return _content is null
                ? _data
                : throw new NotSupportedException(
                    $"Tensor \"{Name}\" is converted while it is read and has no address; use CopyTo, CopyRowTo or CopyRangeTo."
                );
        }
    }

    /// <summary>
    /// The length of a row of <see cref="CopyRowTo"/>: the number of elements per index of the first dimension; 1 for a scalar.
    /// </summary>
    public long RowLength
    {
        get
        {
            // Not ElementCount / Shape[0], because a tensor without rows has a row length, too.
            long length = 1;
            for (int i = 1; i < Shape.Length; i++)
            {
                length *= Shape[i];
            }

            return length;
        }
    }

    /// <summary>Converts all elements to <see cref="float"/>.</summary>
    /// <param name="destination">At least <see cref="ElementCount"/> elements; further elements are not changed.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    /// <exception cref="NotSupportedException">The elements are not F32, BF16 or F16.</exception>
    /// <exception cref="ObjectDisposedException">The source of the tensor was disposed.</exception>
    public void CopyTo(Span<float> destination)
    {
        ThrowIfShorter(destination, ElementCount);
        CopyRangeTo(0, destination[..(int)ElementCount]);
    }

    /// <summary>Converts one row, the elements with the given index in the first dimension, to <see cref="float"/>.</summary>
    /// <param name="row">The index in the first dimension.</param>
    /// <param name="destination">At least <see cref="RowLength"/> elements; further elements are not changed.</param>
    /// <exception cref="ArgumentOutOfRangeException">The row does not exist.</exception>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    /// <exception cref="NotSupportedException">The elements are not F32, BF16 or F16.</exception>
    /// <exception cref="ObjectDisposedException">The source of the tensor was disposed.</exception>
    public void CopyRowTo(long row, Span<float> destination)
    {
        long rows = Shape.IsEmpty ? 1 : Shape[0];
        if ((ulong)row >= (ulong)rows)
        {
            throw new ArgumentOutOfRangeException(
                nameof(row),
                row,
                string.Create(CultureInfo.InvariantCulture, $"Tensor \"{Name}\" of shape {TensorExtent.Format(Shape)} has {rows} rows.")
            );
        }

        long length = RowLength;
        ThrowIfShorter(destination, length);
        CopyRangeTo(row * length, destination[..(int)length]);
    }

    /// <summary>Converts consecutive elements, counted in row-major order, to <see cref="float"/>.</summary>
    /// <param name="start">The first element.</param>
    /// <param name="destination">Receives the elements; its length is their number.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range extends beyond the tensor.</exception>
    /// <exception cref="NotSupportedException">The elements are not F32, BF16 or F16.</exception>
    /// <exception cref="ObjectDisposedException">The source of the tensor was disposed.</exception>
    public void CopyRangeTo(long start, Span<float> destination)
    {
        if (start < 0 || start > ElementCount - destination.Length)
        {
            throw new ArgumentOutOfRangeException(
                nameof(start),
                start,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Tensor \"{Name}\" has {ElementCount} elements; the {destination.Length} elements from there on are not all inside it."
                )
            );
        }

        if (!TensorElementTypes.IsReadable(ElementType))
        {
            throw new NotSupportedException(
                $"Tensor \"{Name}\" has elements of type {TensorElementTypes.Name(ElementType)}; only F32, BF16 and F16 can be converted to float. Convert the tensor before saving it."
            );
        }

        // The reference keeps a concurrent Dispose from unmapping the memory during the copy.
        bool held = false;
        try
        {
            _memory?.DangerousAddRef(ref held);
            if (_content is not null)
            {
                _content.Read(_contentStart + start, destination);
                return;
            }

            switch (ElementType)
            {
                case TensorElementType.Float32:
                    FloatConversion.FromSingle(_data + (start * sizeof(float)), destination);
                    break;
                case TensorElementType.BFloat16:
                    FloatConversion.FromBFloat16(_data + (start * sizeof(ushort)), destination);
                    break;
                default:
                    FloatConversion.FromHalf(_data + (start * sizeof(ushort)), destination);
                    break;
            }
        }
        finally
        {
            if (held)
            {
                _memory!.DangerousRelease();
            }
        }
    }

    /// <summary>Copies 32 consecutive elements as the integers of a storage type, if the file contains just these.</summary>
    internal bool TryCopyBlock(long start, WeightStorage storage, Span<sbyte> integers, out Half scale)
    {
        scale = default;
        if (_content is null || start > ElementCount - integers.Length)
        {
            return false;
        }

        bool held = false;
        try
        {
            _memory?.DangerousAddRef(ref held);
            return _content.TryReadBlock(_contentStart + start, storage, integers, out scale);
        }
        finally
        {
            if (held)
            {
                _memory!.DangerousRelease();
            }
        }
    }

    /// <summary>Returns adjacent rows as a tensor in the same memory.</summary>
    /// <param name="name">The name of the rows.</param>
    /// <param name="first">The first row.</param>
    /// <param name="rows">The number of rows; all of them are inside the tensor.</param>
    internal TensorView Rows(string name, long first, long rows)
    {
        long[] shape = Shape.ToArray();
        shape[0] = rows;
        if (!TensorExtent.TryCompute(ElementType, shape, out TensorExtent extent))
        {
            throw new ArgumentOutOfRangeException(
                nameof(rows),
                rows,
                $"Tensor \"{Name}\" of shape {TensorExtent.Format(Shape)} does not have these rows."
            );
        }

        if (_content is not null)
        {
            return new TensorView(name, shape, _content, _contentStart + (first * RowLength), _memory!);
        }

        long elementBytes = ElementCount == 0 ? 0 : ByteLength / ElementCount;
        return new TensorView(name, ElementType, shape, extent, _data + (first * RowLength * elementBytes), _memory!, _mapped);
    }

    /// <summary>
    /// Releases consecutive elements that are not read again: those of a mapped file then no longer count as memory of the
    /// process. Reading them again is possible, but fetches them from the file.
    /// </summary>
    internal void LetGo(long start, long count)
    {
        if (_content is not null)
        {
            LetGoOfContent(start, count);
            return;
        }

        if (!_mapped)
        {
            return;
        }

        long elementBytes = ElementCount == 0 ? 0 : ByteLength / ElementCount;
        bool held = false;
        try
        {
            // The reference ensures that the pages belong to the file and not to memory that replaced it after a concurrent
            // Dispose.
            _memory!.DangerousAddRef(ref held);
            MappedPages.LetGo(_data + (start * elementBytes), count * elementBytes);
        }
        finally
        {
            if (held)
            {
                _memory!.DangerousRelease();
            }
        }
    }

    private void LetGoOfContent(long start, long count)
    {
        bool held = false;
        try
        {
            _memory!.DangerousAddRef(ref held);
            _content!.LetGo(_contentStart + start, count);
        }
        finally
        {
            if (held)
            {
                _memory!.DangerousRelease();
            }
        }
    }

    private void ThrowIfShorter(Span<float> destination, long length)
    {
        if (destination.Length < length)
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Tensor \"{Name}\" of shape {TensorExtent.Format(Shape)}: the copy has {length} elements, but the destination has a length of {destination.Length}."
                ),
                nameof(destination)
            );
        }
    }
}
