using System;
using System.Buffers.Binary;
using System.Text;

namespace Specializer;

/// <summary>The header of a packed-weights file: the model, layout and instruction set that it was written for.</summary>
/// <remarks>
/// The header starts with a signature of 8 bytes. Little-endian numbers follow: the version of the format (4 bytes), the
/// instruction set (4), the layout (8), and the size of the weights in bytes (8). The model's name follows as its size in bytes
/// (4) and its UTF-8 text. The rest is zero up to <see cref="Length"/>.
/// </remarks>
internal sealed class PackedHeader
{
    /// <summary>The number of bytes before the weights: one page, so that a mapping of the file is aligned.</summary>
    public const int Length = 4096;

    private const uint Version = 1;
    private const int NameAt = 36;
    private const int LongestName = 1024;

    private readonly string _name;
    private readonly uint _version;
    private readonly InstructionSet _instructionSet;
    private readonly ulong _layout;

    public PackedHeader(ModelDescription description, InstructionSet instructionSet)
        : this(description.Name, Version, instructionSet, description.PackedLayout, description.PackedWeightBytes) { }

    private PackedHeader(string name, uint version, InstructionSet instructionSet, ulong layout, long weightBytes)
    {
        _name = name;
        _version = version;
        _instructionSet = instructionSet;
        _layout = layout;
        WeightBytes = weightBytes;
    }

    public long WeightBytes { get; }

    private static ReadOnlySpan<byte> Signature => "SPZ\u0001pack"u8;

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[Length];
        Signature.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), _version);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), (uint)_instructionSet);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), _layout);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), WeightBytes);
        byte[] name = Encoding.UTF8.GetBytes(_name);
        int length = Math.Min(name.Length, LongestName);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(32), length);
        name.AsSpan(0, length).CopyTo(bytes.AsSpan(NameAt));
        return bytes;
    }

    /// <summary>Reads a header. Only its length is known to be valid.</summary>
    /// <returns>The header; null if it is not valid.</returns>
    public static PackedHeader? Read(ReadOnlySpan<byte> bytes)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes[32..]);
        return !bytes.StartsWith(Signature) || length is < 0 or > LongestName
            ? null
            : new PackedHeader(
                Encoding.UTF8.GetString(bytes.Slice(NameAt, length)),
                BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
                (InstructionSet)BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[24..])
            );
    }

    /// <summary>
    /// Returns why a file with the <paramref name="found"/> header cannot be used instead of this one; null if it can.
    /// </summary>
    public WeightsProblem? Difference(PackedHeader found)
    {
        const string Again = "Load the model from its checkpoint and save it again with SavePacked.";
        if (found._version != _version)
        {
            return Problem(
                $"it has format version {found._version}; this runtime reads version {_version}. {Again}",
                _version.ToString(null, null),
                found._version.ToString(null, null)
            );
        }

        if (found._instructionSet != _instructionSet)
        {
            return Problem(
                $"its weights are packed for {Name(found._instructionSet)}; this process uses {_instructionSet}. Set ModelOptions.InstructionSet if the machine supports it. Otherwise: {Again}",
                _instructionSet.ToString(),
                Name(found._instructionSet)
            );
        }

        if (found._layout != _layout || found.WeightBytes != WeightBytes)
        {
            string what =
                found._name == _name
                    ? $"{_name} has changed since, or another version of the generator created it"
                    : $"it was written for {MessageText.Quote(found._name)}, which is not the architecture of {_name}";
            return Problem($"its weights are packed in another layout: {what}. {Again}", Layout(this), Layout(found));
        }

        return null;
    }

    private static string Layout(PackedHeader header) =>
        FormattableString.Invariant($"layout {header._layout:x16}, {header.WeightBytes} bytes");

    private static string Name(InstructionSet instructionSet) =>
        Enum.IsDefined(instructionSet) ? instructionSet.ToString() : "an unknown instruction set";

    private static WeightsProblem Problem(string what, string expected, string found) =>
        new(WeightsProblemKind.PackedForAnother, null, what) { Expected = expected, Found = found };
}
