using System;
using System.Collections.Generic;

namespace Specializer.Text.Unicode;

/// <summary>
/// The Unicode properties of every code point according to the crates of the library; generate-tables.mjs writes the data.
/// </summary>
internal static partial class UnicodeTables
{
    private static readonly TwoStageTable s_records = new(RecordRuns);
    private static readonly int[] s_flags = Records.ToArray();

    /// <summary>The category and flags of a scalar value.</summary>
    public static UnicodeFlags Flags(int scalar) => (UnicodeFlags)s_flags[s_records[scalar]];

    /// <summary>Whether any of the flags is set.</summary>
    public static bool Is(int scalar, UnicodeFlags flags) => (Flags(scalar) & flags) != 0;

    /// <summary>Returns the general category in Oniguruma's Unicode version.</summary>
    public static UnicodeCategoryCode Category(int scalar) => (UnicodeCategoryCode)(Flags(scalar) & UnicodeFlags.CategoryMask);

    /// <summary>Whether the general category is one of those whose bits are set.</summary>
    public static bool IsIn(int scalar, uint categories) => (categories >> (int)Category(scalar) & 1) != 0;

    /// <summary>The script of the UnicodeScripts pre-tokenizer; 0 joins any.</summary>
    public static int Script(int scalar) => Scripts.Table[scalar];

    /// <summary>The script as patterns name it, an index into <see cref="PatternScriptNames"/> from 1, or 0.</summary>
    public static int PatternScript(int scalar) => PatternScripts.Table[scalar];

    /// <summary>The lower-case mapping of a scalar, or an empty span where it is its own.</summary>
    public static ReadOnlySpan<int> ToLower(int scalar) => Lower.Map.Get(scalar);

    internal static ReadOnlySpan<byte> CanonicalData => Canonical;

    internal static ReadOnlySpan<byte> CompatibilityData => Compatibility;

    internal static ReadOnlySpan<byte> ClassData => ClassRuns;

    internal static ReadOnlySpan<byte> CompositionData => Compositions;

    internal static int ReadNumber(ReadOnlySpan<byte> data, ref int position)
    {
        int value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte part = data[position++];
            value |= (part & 127) << shift;
            if (part < 128)
            {
                return value;
            }
        }
    }

    // Tables that few pipelines need are read when they are first used.
    private static class Scripts
    {
        public static readonly TwoStageTable Table = new(ScriptRuns);
    }

    private static class PatternScripts
    {
        public static readonly TwoStageTable Table = new(PatternScriptRuns);
    }

    private static class Lower
    {
        public static readonly ScalarMap Map = new(Lowercase);
    }
}

/// <summary>A byte for every code point: an index of blocks, of which equal ones are stored once.</summary>
internal sealed class TwoStageTable
{
    private const int BlockBits = 7;
    private const int BlockLength = 1 << BlockBits;
    private readonly ushort[] _blocks = new ushort[0x110000 >> BlockBits];
    private readonly byte[] _values;

    public TwoStageTable(ReadOnlySpan<byte> runs)
    {
        var values = new List<byte>();
        var uniform = new Dictionary<byte, ushort>();
        Span<byte> block = stackalloc byte[BlockLength];
        int position = 0,
            left = 0;
        byte value = 0;
        for (int index = 0; index < _blocks.Length; index++)
        {
            bool isUniform = left >= BlockLength;
            for (int filled = 0; filled < BlockLength; )
            {
                if (left == 0)
                {
                    left = UnicodeTables.ReadNumber(runs, ref position);
                    value = (byte)UnicodeTables.ReadNumber(runs, ref position);
                }

                int count = Math.Min(left, BlockLength - filled);
                block.Slice(filled, count).Fill(value);
                filled += count;
                left -= count;
            }

            if (isUniform && uniform.TryGetValue(value, out ushort known))
            {
                _blocks[index] = known;
                continue;
            }

            _blocks[index] = (ushort)(values.Count >> BlockBits);
            if (isUniform)
            {
                uniform[value] = _blocks[index];
            }

            foreach (byte item in block)
            {
                values.Add(item);
            }
        }

        _values = [.. values];
    }

    public byte this[int scalar] => _values[_blocks[scalar >> BlockBits] << BlockBits | scalar & (BlockLength - 1)];
}

/// <summary>From a scalar to one or more scalars.</summary>
internal sealed class ScalarMap
{
    private readonly Dictionary<int, (int Start, int Count)> _places = [];
    private readonly int[] _targets;

    public ScalarMap(ReadOnlySpan<byte> data)
    {
        var targets = new List<int>();
        int scalar = 0;
        for (int position = 0; position < data.Length; )
        {
            scalar += UnicodeTables.ReadNumber(data, ref position);
            int count = data[position++];
            _places.Add(scalar, (targets.Count, count));
            for (int i = 0; i < count; i++)
            {
                int zigzag = UnicodeTables.ReadNumber(data, ref position);
                targets.Add(scalar + ((zigzag & 1) == 0 ? zigzag >> 1 : -(zigzag + 1 >> 1)));
            }
        }

        _targets = [.. targets];
    }

    public ReadOnlySpan<int> Get(int scalar) =>
        _places.TryGetValue(scalar, out var place) ? _targets.AsSpan(place.Start, place.Count) : default;
}
