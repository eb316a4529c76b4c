using System;
using System.IO;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Specializer;

/// <summary>The bytes of a file, mapped for reading, or of an array.</summary>
internal sealed unsafe class MappedContents : IDisposable
{
    private readonly MemoryMappedViewAccessor? _view;
    private readonly SafeFileHandle? _file;

    private MappedContents(string description, byte* start, long length, SafeHandle memory)
    {
        Description = description;
        Start = start;
        Length = length;
        Memory = memory;
    }

    private MappedContents(string path, MemoryMappedViewAccessor view, long length, SafeFileHandle file)
        : this(
            path,
            (byte*)view.SafeMemoryMappedViewHandle.DangerousGetHandle() + view.PointerOffset,
            length,
            view.SafeMemoryMappedViewHandle
        )
    {
        _view = view;
        _file = file;
    }

    /// <summary>The path of the file, or the name of the array.</summary>
    public string Description { get; }

    /// <summary>The first byte.</summary>
    public byte* Start { get; }

    /// <summary>The number of bytes.</summary>
    public long Length { get; }

    /// <summary>The owner of the memory.</summary>
    public SafeHandle Memory { get; }

    /// <summary>Whether the memory is a mapped file, whose pages can be read again.</summary>
    public bool IsMapped => _view is not null;

    /// <summary>Maps a file.</summary>
    /// <param name="path">The path.</param>
    /// <param name="minimum">The number of bytes that a valid file has at least.</param>
    /// <param name="tooShort">Creates the exception for a shorter file from its length.</param>
    /// <exception cref="WeightsException">The file cannot be read, or is too short.</exception>
    public static MappedContents Open(string path, int minimum, Func<long, WeightsException> tooShort)
    {
        SafeFileHandle? file = null;
        MemoryMappedViewAccessor? view = null;
        try
        {
            // The handle stays open as long as the mapping: on Windows it prevents others from writing to the file.
            file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            long length = RandomAccess.GetLength(file);
            if (length < minimum)
            {
                throw tooShort(length);
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
            return new MappedContents(path, view, length, file);
        }
        catch (Exception exception)
        {
            view?.Dispose();
            file?.Dispose();
            if (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                throw SafetensorsFile.Unreadable(
                    path,
                    $"the file does not exist; check the path, which is relative to the working directory {Environment.CurrentDirectory}.",
                    exception
                );
            }

            if (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
            {
                throw SafetensorsFile.Unreadable(path, $"the file cannot be read: {exception.Message}", exception);
            }

            throw;
        }
    }

    /// <summary>Pins an array.</summary>
    /// <param name="contents">The array; it is not copied.</param>
    /// <param name="description">Its name in messages.</param>
    public static MappedContents Of(byte[] contents, string description)
    {
        PinnedBytes memory = new(contents);
        return new MappedContents(description, (byte*)memory.DangerousGetHandle(), contents.LongLength, memory);
    }

    public void Dispose()
    {
        Memory.Dispose();
        _view?.Dispose();
        _file?.Dispose();
    }

    /// <summary>A reference that keeps a concurrent <see cref="MappedContents.Dispose"/> from unmapping the memory.</summary>
    internal readonly ref struct Hold
    {
        private readonly SafeHandle _memory;

        /// <exception cref="ObjectDisposedException">The contents were disposed.</exception>
        public Hold(MappedContents contents)
        {
            bool held = false;
            _memory = contents.Memory;
            _memory.DangerousAddRef(ref held);
        }

        public void Dispose() => _memory.DangerousRelease();
    }
}
