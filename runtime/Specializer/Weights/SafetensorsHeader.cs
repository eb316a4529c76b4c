using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Unicode;

namespace Specializer;

/// <summary>
/// The validated header of a safetensors file: every tensor is inside the file, and every byte of the file is accounted for.
/// </summary>
/// <remarks>
/// A file consists of 8 bytes of header length (little-endian), the header (a JSON object), and the tensors without gaps. The
/// rules are those of the reference implementation, but stricter where it is lenient (unknown keys, the number of dimensions).
/// Allocations are proportional to the bytes that were read, never to a number in the file.
/// </remarks>
internal sealed class SafetensorsHeader
{
    /// <summary>The longest header that the format allows, in bytes.</summary>
    public const int MaximumLength = 100_000_000;

    /// <summary>The size of the header length in bytes; also the shortest part of a file that can be read at all.</summary>
    public const int PrefixLength = sizeof(ulong);

    private SafetensorsHeader(
        IReadOnlyDictionary<string, string> metadata,
        IReadOnlyDictionary<string, SafetensorsEntry> entries,
        string[] names,
        long dataStart
    )
    {
        Metadata = metadata;
        Entries = entries;
        Names = names;
        DataStart = dataStart;
    }

    /// <summary>The texts in <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries { get; }

    /// <summary>The names of the tensors in file order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The offset of the data from the start of the file, in bytes.</summary>
    public long DataStart { get; }

    /// <summary>Reads and validates the header.</summary>
    /// <param name="contents">The first byte of the file.</param>
    /// <param name="length">The length of the file in bytes.</param>
    /// <param name="description">The name of the file in messages.</param>
    /// <exception cref="WeightsException">The file violates a rule of the format.</exception>
    public static unsafe SafetensorsHeader Read(byte* contents, long length, string description)
    {
        if (length < PrefixLength)
        {
            throw Malformed(
                description,
                null,
                length == 0
                    ? "the file is empty. Expected a safetensors file; it was probably never written or downloaded completely."
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"the file has {length} bytes. Expected a safetensors file, which has at least {PrefixLength} bytes of header length and a header; download or save it again."
                    )
            );
        }

        ReadOnlySpan<byte> prefix = new(contents, PrefixLength);
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > MaximumLength)
        {
            throw Malformed(
                description,
                null,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the first 8 bytes give a header of {headerLength} bytes; the format allows {MaximumLength}. {WhatElse(prefix)}"
                )
            );
        }

        if (headerLength > (ulong)(length - PrefixLength))
        {
            throw Malformed(
                description,
                null,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the first 8 bytes give a header of {headerLength} bytes, but only {length - PrefixLength} bytes follow. The file is truncated or not a safetensors file; download or save it again."
                )
            );
        }

        ReadOnlySpan<byte> json = new(contents + PrefixLength, (int)headerLength);
        if (json.IsEmpty || json[0] != (byte)'{')
        {
            throw Malformed(
                description,
                null,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the header must begin with '{{' (0x7B); found {(json.IsEmpty ? "no header at all" : $"0x{json[0]:X2}")}. {WhatElse(prefix)}"
                )
            );
        }

        if (!Utf8.IsValid(json))
        {
            throw Malformed(description, null, "the header is not valid UTF-8. The file is damaged; download or save it again.");
        }

        SafetensorsHeaderReader reader = new(json, description);
        reader.Read();

        long dataStart = PrefixLength + json.Length;
        string[] names = CheckLayout(reader.Entries, length - dataStart, description);
        return new SafetensorsHeader(reader.Metadata, reader.Entries, names, dataStart);
    }

    /// <summary>Creates an exception about the contents of a file.</summary>
    /// <param name="description">The name of the file in messages.</param>
    /// <param name="tensor">The tensor with the problem, or null.</param>
    /// <param name="what">The expected and the found value, and how to fix the problem.</param>
    /// <param name="innerException">The exception of the JSON reader, or null.</param>
    public static WeightsException Malformed(string description, string? tensor, string what, Exception? innerException = null)
    {
        string message = tensor is null ? $"{description}: {what}" : $"{description}: tensor {MessageText.Quote(tensor)}: {what}";
        return new WeightsException(description, new WeightsProblem(WeightsProblemKind.Malformed, tensor, message), innerException);
    }

    /// <summary>Checks that the tensors cover the data from the first byte to the last, each byte once.</summary>
    /// <returns>The names of the tensors in file order.</returns>
    private static string[] CheckLayout(Dictionary<string, SafetensorsEntry> entries, long dataLength, string description)
    {
        List<SafetensorsEntry> sorted = [.. entries.Values];
        sorted.Sort((left, right) => left.Begin != right.Begin ? left.Begin.CompareTo(right.Begin) : left.End.CompareTo(right.End));

        long end = 0;
        SafetensorsEntry? previous = null;
        string[] names = new string[sorted.Count];
        for (int i = 0; i < sorted.Count; i++)
        {
            SafetensorsEntry entry = sorted[i];
            if (entry.Begin != end)
            {
                string before = previous is null ? "the data begins" : $"tensor {MessageText.Quote(previous.Name)} ends";
                string fault = entry.Begin < end ? "the two overlap" : "bytes between them belong to no tensor";
                throw Malformed(
                    description,
                    entry.Name,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"it begins at byte {entry.Begin} of the data, but {before} at byte {end}: {fault}. Tensors must follow one another without gaps; save the file again with a conforming safetensors writer."
                    )
                );
            }

            if (entry.End > dataLength)
            {
                throw Malformed(
                    description,
                    entry.Name,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"it ends at byte {entry.End} of the data, but the file contains only {dataLength} bytes of data. The file is truncated; download it again."
                    )
                );
            }

            end = entry.End;
            previous = entry;
            names[i] = entry.Name;
        }

        return end == dataLength
            ? names
            : throw Malformed(
                description,
                null,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the tensors end at byte {end} of the data, but {dataLength} bytes of data follow the header: {dataLength - end} bytes belong to no tensor. Something was appended to the file, or the header is damaged; download or save it again."
                )
            );
    }

    /// <summary>Guesses from its first bytes what a file is that is not a safetensors file.</summary>
    private static string WhatElse(ReadOnlySpan<byte> prefix)
    {
        if (prefix.SequenceEqual("version "u8))
        {
            return "This is probably a Git LFS pointer instead of the weights; run 'git lfs pull' to fetch them.";
        }

        if (prefix.StartsWith("GGUF"u8))
        {
            return "This is a GGUF file; its name must end in .gguf, and Checkpoint.Open opens it.";
        }

        if (prefix.StartsWith("PK\u0003\u0004"u8) || (prefix[0] == 0x80 && prefix[1] == 0x02))
        {
            return "This is a PyTorch (pickle) file; save the tensors with safetensors.torch.save_file and pass that file instead.";
        }

        return prefix[0] is (byte)'{' or (byte)'<'
            ? "This is a text file (JSON or HTML), not the weights; pass the .safetensors file itself."
            : "This is not a safetensors file, or it is damaged; download or save it again.";
    }
}
