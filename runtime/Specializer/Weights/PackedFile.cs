using System;
using System.IO;
using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Specializer;

/// <summary>Writes packed weights to a file and maps such a file for reading.</summary>
/// <remarks>While a file is mapped it must not be shortened or changed in place; replacing it by another is harmless.</remarks>
internal static unsafe class PackedFile
{
    private const int BytesAtOnce = 1 << 24;

    public static void Write(string path, PackedHeader header, AlignedBuffer weights)
    {
        // Other processes see either the complete file or the previous one: it is renamed when it is complete.
        string written = path + "." + Guid.NewGuid().ToString("N")[..8];
        try
        {
            using (
                SafeFileHandle file = File.OpenHandle(
                    written,
                    FileMode.CreateNew,
                    FileAccess.Write,
                    FileShare.None,
                    preallocationSize: PackedHeader.Length + header.WeightBytes
                )
            )
            {
                RandomAccess.Write(file, header.ToBytes(), 0);
                for (long start = 0; start < header.WeightBytes; start += BytesAtOnce)
                {
                    int length = (int)Math.Min(BytesAtOnce, header.WeightBytes - start);
                    RandomAccess.Write(file, new ReadOnlySpan<byte>((byte*)weights.Address + start, length), PackedHeader.Length + start);
                }
            }

            File.Move(written, path, overwrite: true);
        }
        catch
        {
            File.Delete(written);
            throw;
        }
    }

    /// <exception cref="WeightsException">The file cannot be read, or was not written for this model.</exception>
    public static AlignedBuffer Open(string path, PackedHeader expected)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        MemoryMappedViewAccessor? view = null;
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            long length = RandomAccess.GetLength(file);
            byte[] bytes = new byte[PackedHeader.Length];
            if (length < bytes.Length || RandomAccess.Read(file, bytes, 0) < bytes.Length || PackedHeader.Read(bytes) is not { } found)
            {
                throw Malformed(
                    path,
                    $"this is not a packed-weights file. Expected a file that SavePacked has written; load a checkpoint with Load."
                );
            }

            if (expected.Difference(found) is { } difference)
            {
                throw new WeightsException(path, difference with { Message = $"{path}: {difference.Message}" });
            }

            long whole = PackedHeader.Length + expected.WeightBytes;
            if (length != whole)
            {
                throw Malformed(
                    path,
                    FormattableString.Invariant(
                        $"the file has {length} bytes, but must have {whole}: it is truncated, or data was appended. Copy it again, or write it again with SavePacked."
                    )
                );
            }

            using MemoryMappedFile mapping = MemoryMappedFile.CreateFromFile(
                file,
                null,
                0,
                MemoryMappedFileAccess.Read,
                HandleInheritability.None,
                leaveOpen: true
            );
            view = mapping.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            SafeMemoryMappedViewHandle memory = view.SafeMemoryMappedViewHandle;
            byte* contents = (byte*)memory.DangerousGetHandle() + view.PointerOffset;
            return AlignedBuffer.Mapped(memory, contents + PackedHeader.Length, expected.WeightBytes);
        }
        catch (Exception exception) when (exception is not WeightsException)
        {
            view?.Dispose();
            if (exception is IOException or UnauthorizedAccessException or NotSupportedException)
            {
                string what = exception is FileNotFoundException or DirectoryNotFoundException
                    ? $"the file does not exist. Expected a file that SavePacked has written; the path is relative to the working directory {Environment.CurrentDirectory}."
                    : $"the file cannot be read: {exception.Message}";
                throw new WeightsException(path, new WeightsProblem(WeightsProblemKind.Unreadable, null, $"{path}: {what}"), exception);
            }

            throw;
        }
    }

    private static WeightsException Malformed(string path, string what) =>
        new(path, new WeightsProblem(WeightsProblemKind.Malformed, null, $"{path}: {what}"));
}
