using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Specializer.Tool.Importing;

/// <summary>A resource of an assembly. The assembly is read as data; none of its code is loaded.</summary>
/// <param name="Name">The name of the resource.</param>
/// <param name="Contents">Its contents.</param>
internal sealed record EmbeddedFile(string Name, ReadOnlyMemory<byte> Contents)
{
    /// <summary>Reads the resources of an assembly.</summary>
    /// <exception cref="ToolException">The file is not a valid assembly.</exception>
    public static unsafe IReadOnlyList<EmbeddedFile> In(string path, MappedFile file)
    {
        try
        {
            ReadOnlyMemory<byte> image = file.Slice(0, file.Length);
            using System.Buffers.MemoryHandle pinned = image.Pin();
            using var reader = new PEReader((byte*)pinned.Pointer, image.Length);
            if (
                !reader.HasMetadata
                || reader.PEHeaders.CorHeader is not { } header
                || !reader.PEHeaders.TryGetDirectoryOffset(header.ResourcesDirectory, out int start)
            )
            {
                throw new ToolException($"'{path}' is not a .NET assembly with embedded resources.");
            }

            MetadataReader metadata = reader.GetMetadataReader();
            List<EmbeddedFile> files = [];
            foreach (ManifestResourceHandle handle in metadata.ManifestResources)
            {
                ManifestResource resource = metadata.GetManifestResource(handle);
                if (resource.Implementation.IsNil)
                {
                    // The directory contains the length of each resource, followed by its bytes.
                    ReadOnlyMemory<byte> rest = image[checked(start + (int)resource.Offset)..];
                    int length = BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
                    files.Add(new EmbeddedFile(metadata.GetString(resource.Name), rest.Slice(sizeof(int), length)));
                }
            }

            return files;
        }
        catch (Exception exception)
            when (exception is BadImageFormatException or ArgumentOutOfRangeException or OverflowException or FormatException)
        {
            throw new ToolException($"'{path}' is not a valid .NET assembly: {exception.Message}");
        }
    }
}
