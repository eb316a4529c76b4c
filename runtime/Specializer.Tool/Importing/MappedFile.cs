using System;
using System.Buffers;
using System.IO;
using System.IO.MemoryMappedFiles;

namespace Specializer.Tool.Importing;

/// <summary>A file that is mapped into memory; its parts are memory without a copy.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile? _mapping;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte* _start;

    private MappedFile(string path)
    {
        Length = new FileInfo(path).Length;
        if (Length > 0)
        {
            _mapping = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
            _view = _mapping.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
            _start = (byte*)_view.SafeMemoryMappedViewHandle.DangerousGetHandle() + _view.PointerOffset;
        }
    }

    /// <summary>The length in bytes.</summary>
    public long Length { get; }

    /// <exception cref="IOException">The file cannot be read.</exception>
    public static MappedFile Open(string path) => new(path);

    /// <summary>Returns a part of the file, which is valid until this object is disposed.</summary>
    /// <param name="offset">Its first byte.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <exception cref="FormatException">The part has 2 GB or more.</exception>
    public ReadOnlyMemory<byte> Slice(long offset, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
        return length <= int.MaxValue
            ? new Part(_start + offset, (int)length).Memory
            : throw new FormatException($"a part of {length} bytes is larger than 2 GB, the limit of a tensor and of an ONNX file");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view?.Dispose();
        _mapping?.Dispose();
    }

    private sealed class Part(byte* start, int length) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => new(start, length);

        public override MemoryHandle Pin(int elementIndex = 0) => new(start + elementIndex);

        public override void Unpin() { }

        protected override void Dispose(bool disposing) { }
    }
}
