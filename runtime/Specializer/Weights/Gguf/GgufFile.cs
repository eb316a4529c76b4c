using System;
using System.Collections.Generic;
using System.IO;

namespace Specializer;

/// <summary>A GGUF file (versions 2 and 3) that is mapped into memory: its metadata and the table of its tensors.</summary>
/// <remarks>
/// <para>
/// Files can come from untrusted sources. Opening reads only the header, and succeeds only if it obeys every rule of the format and
/// all tensors are inside the file. To load a model, open the file with <see cref="Checkpoint.Open(string)"/>, which returns its
/// tensors under their Hugging Face names.
/// </para>
/// <para>Instances are thread-safe. An open file must not be truncated or changed in place.</para>
/// </remarks>
public sealed class GgufFile : IDisposable
{
    private readonly GgufTensor[] _tensors;

    private GgufFile(MappedContents contents)
    {
        Contents = contents;
        GgufHeaderReader header = new(contents);
        header.Read();
        Version = header.Version;
        Metadata = header.Metadata;
        DataStart = header.DataStart;
        _tensors = [.. header.Tensors];
    }

    /// <summary>The path of the file, or the name of the array.</summary>
    public string Description => Contents.Description;

    /// <summary>The version of the format: 2 or 3.</summary>
    public int Version { get; }

    /// <summary>The metadata by key.</summary>
    public IReadOnlyDictionary<string, GgufValue> Metadata { get; }

    /// <summary>The tensors in file order.</summary>
    public IReadOnlyList<GgufTensor> Tensors => _tensors;

    /// <summary>The bytes of the file.</summary>
    internal MappedContents Contents { get; }

    /// <summary>The offset of the data section.</summary>
    internal long DataStart { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>The open file. Dispose it when it is no longer used.</returns>
    /// <exception cref="WeightsException">The file cannot be read or is not a valid GGUF file.</exception>
    public static GgufFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
        {
            throw SafetensorsFile.Unreadable(path, "the path is a folder; pass the .gguf file in it.", null);
        }

        return Read(MappedContents.Open(path, GgufHeaderReader.MinimumLength, length => GgufHeaderReader.TooShort(path, length)));
    }

    /// <summary>Reads a file that is already in memory.</summary>
    /// <param name="contents">The whole file. It is used in place and not copied: do not change it while the result is in use.</param>
    /// <param name="description">The name of the source in error messages.</param>
    /// <returns>The open file; disposing it unpins <paramref name="contents"/>.</returns>
    /// <exception cref="WeightsException">It is not a valid GGUF file.</exception>
    public static GgufFile Parse(byte[] contents, string description)
    {
        ArgumentNullException.ThrowIfNull(contents);
        ArgumentNullException.ThrowIfNull(description);
        return Read(MappedContents.Of(contents, description));
    }

    /// <inheritdoc/>
    public void Dispose() => Contents.Dispose();

    private static GgufFile Read(MappedContents contents)
    {
        try
        {
            return BitConverter.IsLittleEndian
                ? new GgufFile(contents)
                : throw new PlatformNotSupportedException(
                    "GGUF files are read in place; this processor is big-endian, which is not supported."
                );
        }
        catch
        {
            contents.Dispose();
            throw;
        }
    }
}
