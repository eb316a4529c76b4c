using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Unicode;

namespace Specializer;

/// <summary>Reads the header of a GGUF file (versions 2 and 3) and accepts exactly what the format allows.</summary>
/// <remarks>
/// The rules are those of docs/gguf.md and of ggml's reader (gguf.cpp), and stricter where both are lenient: keys are UTF-8, booleans
/// are 0 or 1. Every length and count is compared with the rest of the file before memory is allocated. Arrays are skipped, not copied.
/// </remarks>
internal unsafe ref struct GgufHeaderReader
{
    /// <summary>The size of magic, version and counts in bytes: the shortest file.</summary>
    public const int MinimumLength = 4 + sizeof(uint) + sizeof(long) + sizeof(long);

    private const string AlignmentKey = "general.alignment";
    private const int LongestKey = 65_535,
        LongestName = 63,
        MaximumRank = 4;
    private const long LongestText = 1L << 30,
        LongestArray = 1L << 30;

    // A pair has a length, a key, a type and a value; a tensor a length, a name, a rank, a type and an offset.
    private const int ShortestPair = sizeof(long) + 1 + sizeof(int) + 1,
        ShortestTensor = sizeof(long) + 1 + sizeof(int) + sizeof(int) + sizeof(long);
    private const string Suggestion = "The file is damaged or was not written by a conforming GGUF writer; download or convert it again.";

    private readonly MappedContents _contents;
    private long _position;

    public GgufHeaderReader(MappedContents contents)
    {
        _contents = contents;
        _position = 0;
        Metadata = [];
        Tensors = [];
    }

    /// <summary>The version of the format.</summary>
    public int Version { get; private set; }

    /// <summary>The metadata by key.</summary>
    public Dictionary<string, GgufValue> Metadata { get; }

    /// <summary>The tensors in file order.</summary>
    public List<GgufTensor> Tensors { get; }

    /// <summary>The alignment of the tensors in bytes.</summary>
    public long Alignment { get; private set; } = 32;

    /// <summary>The offset of the data section from the start of the file.</summary>
    public long DataStart { get; private set; }

    /// <summary>Creates the exception for a file that is too short to have a header.</summary>
    public static WeightsException TooShort(string description, long length) =>
        Malformed(
            description,
            null,
            string.Create(
                CultureInfo.InvariantCulture,
                $"the file has {length} bytes. Expected a GGUF file, whose header has at least {MinimumLength}; it was probably never written or downloaded completely."
            )
        );

    /// <summary>Creates the exception for malformed contents.</summary>
    public static WeightsException Malformed(string description, string? tensor, string what) =>
        new(
            description,
            new WeightsProblem(
                WeightsProblemKind.Malformed,
                tensor,
                tensor is null ? $"{description}: {what}" : $"{description}: tensor {MessageText.Quote(tensor)}: {what}"
            )
        );

    /// <summary>Reads the whole header.</summary>
    /// <exception cref="WeightsException">The file violates a rule of the format.</exception>
    public void Read()
    {
        if (_contents.Length < MinimumLength)
        {
            throw TooShort(_contents.Description, _contents.Length);
        }

        ReadVersion();
        long tensors = ReadCount("tensors", ShortestTensor),
            pairs = ReadCount("metadata pairs", ShortestPair);
        for (long i = 0; i < pairs; i++)
        {
            ReadPair(i);
        }

        ReadAlignment();
        ReadTensors(tensors);
    }

    private void ReadVersion()
    {
        ReadOnlySpan<byte> magic = Take(4, "the magic number");
        if (!magic.SequenceEqual("GGUF"u8))
        {
            throw Wrong(
                $"the file begins with {Convert.ToHexString(magic)}; expected 47475546 (\"GGUF\"). This is not a GGUF file, or it is damaged."
            );
        }

        uint version = UInt32("the version");
        if (version != 0 && (version & 0xFFFF) == 0)
        {
            throw Wrong(
                "the version at byte 4 has reversed bytes: the file is big-endian. Only little-endian files are supported; convert the model on a little-endian machine."
            );
        }

        if (version is not (2 or 3))
        {
            throw Wrong(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the version at byte 4 is {version}; supported are 2 and 3. Convert the model with a current converter."
                )
            );
        }

        Version = (int)version;
    }

    private long ReadCount(string what, int shortest)
    {
        long at = _position,
            count = (long)UInt64($"the number of {what}");
        return count >= 0 && count <= (_contents.Length - _position) / shortest
            ? count
            : throw Wrong(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the number of {what} at byte {at} is {count}, but {_contents.Length - _position} bytes follow, enough for at most {(_contents.Length - _position) / shortest}."
                )
            );
    }

    private void ReadPair(long index)
    {
        long at = _position;
        string key = Key("the metadata key " + index.ToString(CultureInfo.InvariantCulture), LongestKey);
        string what = $"the metadata key {MessageText.Quote(key)}";
        GgufValueType type = ReadType(what);
        GgufValueType? itemType = null;
        long count = 1,
            start = _position;
        if (type == GgufValueType.Array)
        {
            itemType = ReadType($"the array of {what}");
            if (itemType == GgufValueType.Array)
            {
                throw Wrong($"{what} has nested arrays, which no reader of ggml supports.");
            }

            count = (long)UInt64($"the array length of {what}");
            start = _position;
            SkipItems(what, itemType.Value, count);
        }
        else
        {
            SkipItems(what, type, 1);
        }

        if (!Metadata.TryAdd(key, new GgufValue(_contents, key, type, itemType, count, start)))
        {
            throw Wrong(string.Create(CultureInfo.InvariantCulture, $"{what} occurs twice, the second time at byte {at}."));
        }
    }

    private GgufValueType ReadType(string what)
    {
        long at = _position;
        uint type = UInt32($"the type of {what}");
        return type <= (uint)GgufValueType.Float64
            ? (GgufValueType)type
            : throw Wrong(
                string.Create(CultureInfo.InvariantCulture, $"{what} has the type {type} at byte {at}; expected a number from 0 to 12.")
            );
    }

    private void SkipItems(string what, GgufValueType type, long count)
    {
        long left = _contents.Length - _position;
        int size = type == GgufValueType.String ? sizeof(ulong) : GgufValue.SizeOf(type);
        if (count < 0 || count > LongestArray || count > left / size)
        {
            throw Wrong(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what} has {count} values of type {type}, but {left} bytes follow byte {_position}, and an array has at most {LongestArray} values."
                )
            );
        }

        if (type == GgufValueType.String)
        {
            for (long i = 0; i < count; i++)
            {
                TakeText(what, LongestText);
            }

            return;
        }

        if (type == GgufValueType.Boolean)
        {
            int odd = new ReadOnlySpan<byte>(_contents.Start + _position, (int)count).IndexOfAnyExceptInRange((byte)0, (byte)1);
            if (odd >= 0)
            {
                throw Wrong(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{what} has the byte {_contents.Start[_position + odd]} at byte {_position + odd}; expected 0 or 1, because its type is boolean."
                    )
                );
            }
        }

        _position += count * size;
    }

    private void ReadAlignment()
    {
        if (Metadata.TryGetValue(AlignmentKey, out GgufValue? value))
        {
            long alignment = value.Type == GgufValueType.UInt32 ? value.ToInteger() : 0;
            if (alignment <= 0 || !BitOperations.IsPow2(alignment))
            {
                throw Wrong(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{AlignmentKey} is {(value.Type == GgufValueType.UInt32 ? alignment : $"a value of type {value.Type}")}; expected a power of two of type UInt32."
                    )
                );
            }

            Alignment = alignment;
        }
    }

    private void ReadTensors(long count)
    {
        HashSet<string> names = [];
        long end = 0;
        for (long i = 0; i < count; i++)
        {
            GgufTensor tensor = ReadTensor(i, end);
            if (!names.Add(tensor.Name))
            {
                throw Malformed(_contents.Description, tensor.Name, $"the name occurs twice. {Suggestion}");
            }

            Tensors.Add(tensor);
            Int128 next = Padded((Int128)tensor.Offset + tensor.ByteLength);
            end =
                next <= long.MaxValue
                    ? (long)next
                    : throw Malformed(
                        _contents.Description,
                        tensor.Name,
                        $"the sizes of the tensors up to it exceed 63 bits. {Suggestion}"
                    );
        }

        DataStart = (long)Int128.Min(Padded(_position), long.MaxValue);
        foreach (GgufTensor tensor in Tensors)
        {
            if ((Int128)DataStart + tensor.Offset + tensor.ByteLength > _contents.Length)
            {
                throw Malformed(
                    _contents.Description,
                    tensor.Name,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"it ends at byte {(Int128)DataStart + tensor.Offset + tensor.ByteLength}, but the file has {_contents.Length} bytes. The file is truncated; download it again."
                    )
                );
            }
        }
    }

    private GgufTensor ReadTensor(long index, long expectedOffset)
    {
        string name = Key("the name of tensor " + index.ToString(CultureInfo.InvariantCulture), LongestName);
        uint rank = UInt32("the number of dimensions of a tensor");
        if (rank > MaximumRank)
        {
            throw OfTensor(name, $"it has {rank} dimensions; the format allows {MaximumRank}.");
        }

        long[] shape = new long[rank];
        for (int i = 0; i < rank; i++)
        {
            // The first dimension in the file is the contiguous one.
            shape[^(i + 1)] = (long)UInt64("a dimension of a tensor");
        }

        int id = (int)UInt32("the type of a tensor");
        long offset = (long)UInt64("the offset of a tensor");
        if (!GgufType.TryFind(id, out GgufType type))
        {
            throw OfTensor(name, $"its type is {GgufType.DescribeUnknown(id)}.");
        }

        long inputs = rank == 0 ? 1 : shape[^1];
        if (!TryCount(shape, out long elements))
        {
            throw OfTensor(name, $"its shape {TensorExtent.Format(shape)} has a negative dimension or more than 2^63 - 1 elements.");
        }

        if (inputs % type.BlockElements != 0)
        {
            throw OfTensor(
                name,
                $"its shape is {TensorExtent.Format(shape)}, but {type.Name} has blocks of {type.BlockElements} elements, of which the last dimension must be a multiple."
            );
        }

        Int128 bytes = (Int128)(elements / type.BlockElements) * type.BlockBytes;
        if (bytes > long.MaxValue)
        {
            throw OfTensor(name, $"{type.Name} of shape {TensorExtent.Format(shape)} takes more than 2^63 - 1 bytes.");
        }

        return offset == expectedOffset
            ? new GgufTensor(name, type, shape, elements, (long)bytes, offset)
            : throw OfTensor(
                name,
                $"it begins at byte {(ulong)offset} of the data; expected {expectedOffset}, the end of the previous tensor rounded up to the alignment of {Alignment}."
            );
    }

    /// <summary>Multiplies dimensions; the product of those that are not 0 must fit, too, as in TensorExtent.</summary>
    private static bool TryCount(ReadOnlySpan<long> shape, out long count)
    {
        Int128 product = 1;
        count = 1;
        foreach (long dimension in shape)
        {
            product *= Math.Max(dimension, 1);
            if (dimension < 0 || product > long.MaxValue)
            {
                return false;
            }

            count *= dimension;
        }

        return true;
    }

    private readonly Int128 Padded(Int128 length) => (length + Alignment - 1) & ~((Int128)Alignment - 1);

    private string Key(string what, int longest)
    {
        long at = _position;
        ReadOnlySpan<byte> text = TakeText(what, longest);
        return !text.IsEmpty && Utf8.IsValid(text) && !text.Contains((byte)0)
            ? Encoding.UTF8.GetString(text)
            : throw Wrong(
                string.Create(CultureInfo.InvariantCulture, $"{what} at byte {at} is empty, has a NUL character or is not valid UTF-8.")
            );
    }

    private ReadOnlySpan<byte> TakeText(string what, long longest)
    {
        long at = _position;
        ulong length = UInt64($"the length of {what}");
        long left = _contents.Length - _position;
        return length <= (ulong)longest && length <= (ulong)left
            ? Take((int)length, what)
            : throw Wrong(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what} has a length of {length} bytes at byte {at}; {left} bytes follow, and at most {longest} are allowed."
                )
            );
    }

    private uint UInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint), what));

    private ulong UInt64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong), what));

    private ReadOnlySpan<byte> Take(int count, string what)
    {
        if (count > _contents.Length - _position)
        {
            throw Wrong(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the file ends at byte {_contents.Length}, inside {what}, which begins at byte {_position} and has {count} bytes."
                )
            );
        }

        ReadOnlySpan<byte> taken = new(_contents.Start + _position, count);
        _position += count;
        return taken;
    }

    private readonly WeightsException Wrong(string what) => Malformed(_contents.Description, null, $"{what} {Suggestion}");

    private readonly WeightsException OfTensor(string name, FormattableString what) =>
        Malformed(_contents.Description, name, $"{what.ToString(CultureInfo.InvariantCulture)} {Suggestion}");
}
