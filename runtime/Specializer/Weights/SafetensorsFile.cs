using System;
using System.Collections.Generic;
using System.IO;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Specializer;

/// <summary>A safetensors file that is mapped into memory and fully validated before the first tensor can be read.</summary>
/// <remarks>
/// <para>
/// Files can come from untrusted sources. Opening succeeds only if header, types, shapes and offsets are valid and the tensors
/// cover the data exactly: without gaps, overlaps or trailing bytes. Opening reads only the header, so a large file has no cost
/// until its tensors are read.
/// </para>
/// <para>
/// The instance is thread-safe. <see cref="WeightsSource.Dispose()"/> does not wait: a copy that is in progress on another thread
/// completes, and later calls throw. An open file must not be truncated or changed in place. Windows prevents that; on Unix,
/// reading a page that no longer exists ends the process. Replacing the file (writing another file and renaming it) is safe.
/// </para>
/// </remarks>
public sealed unsafe class SafetensorsFile : WeightsSource
{
    private readonly SafetensorsHeader _header;
    private readonly SafeHandle _memory;
    private readonly byte* _contents;
    private readonly IDisposable? _view;
    private readonly SafeFileHandle? _file;

    private SafetensorsFile(
        string description,
        SafetensorsHeader header,
        byte* contents,
        SafeHandle memory,
        IDisposable? view,
        SafeFileHandle? file
    )
    {
        Description = description;
        _header = header;
        _contents = contents;
        _memory = memory;
        _view = view;
        _file = file;
    }

    /// <inheritdoc/>
    public override string Description { get; }

    /// <summary>The names of all tensors, in file order.</summary>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public override IReadOnlyCollection<string> Names
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory.IsClosed, this);
            return _header.Names;
        }
    }

    /// <summary>The texts in <c>__metadata__</c>; empty if the file has none.</summary>
    public override IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Opens a file.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>The open file. Dispose it when the model is loaded.</returns>
    /// <exception cref="WeightsException">The file cannot be read or is not a valid safetensors file.</exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ThrowIfBigEndian();
        if (Directory.Exists(path))
        {
            throw Unreadable(
                path,
                "the path is a folder. Expected a file: pass the .safetensors file in it, or open the folder with Checkpoint.Open.",
                null
            );
        }

        SafeFileHandle? file = null;
        MemoryMappedViewAccessor? view = null;
        try
        {
            // The handle stays open as long as the mapping: on Windows it prevents others from writing to the file.
            file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            long length = RandomAccess.GetLength(file);
            if (length < SafetensorsHeader.PrefixLength)
            {
                // An empty file cannot be mapped; Read rejects it because of its length.
                SafetensorsHeader.Read(null, length, path);
            }

            using MemoryMappedFile mapping = MemoryMappedFile.CreateFromFile(
                file,
                null,
                length,
                MemoryMappedFileAccess.Read,
                HandleInheritability.None,
                leaveOpen: true
            );
            view = mapping.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            SafeMemoryMappedViewHandle memory = view.SafeMemoryMappedViewHandle;
            byte* contents = (byte*)memory.DangerousGetHandle() + view.PointerOffset;
            return new SafetensorsFile(path, SafetensorsHeader.Read(contents, length, path), contents, memory, view, file);
        }
        catch (Exception exception)
        {
            view?.Dispose();
            file?.Dispose();
            if (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                throw NotThere(path, exception);
            }

            if (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
            {
                throw Unreadable(path, $"the file cannot be read: {exception.Message}", exception);
            }

            throw;
        }
    }

    /// <summary>Reads a file that is already in memory.</summary>
    /// <param name="contents">The whole file. It is used in place and not copied: do not change it while the result is in use.</param>
    /// <param name="description">The name of the source in error messages, such as the name of a resource.</param>
    /// <returns>The open file; disposing it unpins <paramref name="contents"/>.</returns>
    /// <exception cref="WeightsException">It is not a valid safetensors file.</exception>
    public static SafetensorsFile Parse(byte[] contents, string description)
    {
        ArgumentNullException.ThrowIfNull(contents);
        ArgumentNullException.ThrowIfNull(description);
        ThrowIfBigEndian();
        PinnedBytes memory = new(contents);
        try
        {
            byte* start = (byte*)memory.DangerousGetHandle();
            return new SafetensorsFile(
                description,
                SafetensorsHeader.Read(start, contents.LongLength, description),
                start,
                memory,
                null,
                null
            );
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override bool TryGetTensor(string name, out TensorView view)
    {
        ArgumentNullException.ThrowIfNull(name);
        ObjectDisposedException.ThrowIf(_memory.IsClosed, this);
        if (!_header.Entries.TryGetValue(name, out SafetensorsEntry? entry))
        {
            view = default;
            return false;
        }

        view = new TensorView(
            entry.Name,
            entry.ElementType,
            entry.Shape,
            entry.Extent,
            _contents + _header.DataStart + entry.Begin,
            _memory,
            mapped: _view is not null
        );
        return true;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _memory.Dispose();
            _view?.Dispose();
            _file?.Dispose();
        }

        base.Dispose(disposing);
    }

    internal static WeightsException Unreadable(string path, string what, Exception? innerException) =>
        new(path, new WeightsProblem(WeightsProblemKind.Unreadable, null, $"{path}: {what}"), innerException);

    internal static WeightsException NotThere(string path, Exception? innerException) =>
        Unreadable(
            path,
            $"the file does not exist. Expected a safetensors file; check the path, which is relative to the working directory {Environment.CurrentDirectory}.",
            innerException
        );

    private static void ThrowIfBigEndian()
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException(
                "Safetensors files are little-endian and are used in place; this processor is big-endian, which Specializer does not support."
            );
        }
    }
}
