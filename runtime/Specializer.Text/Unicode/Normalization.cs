using System;
using System.Collections.Generic;

namespace Specializer.Text.Unicode;

/// <summary>Decompositions, combining classes and compositions of the crate unicode-normalization-alignments.</summary>
internal static class Normalization
{
    private const int HangulBase = 0xAC00,
        LeadBase = 0x1100,
        VowelBase = 0x1161,
        TrailBase = 0x11A7;
    private const int Leads = 19,
        Vowels = 21,
        Trails = 28,
        Syllables = Leads * Vowels * Trails;

    private static readonly ScalarMap s_canonical = new(UnicodeTables.CanonicalData);
    private static readonly ScalarMap s_compatibility = new(UnicodeTables.CompatibilityData);
    private static readonly TwoStageTable s_classes = new(UnicodeTables.ClassData);
    private static readonly Dictionary<long, int> s_compositions = ReadCompositions();

    /// <summary>Returns the canonical combining class.</summary>
    public static int Class(int scalar) => s_classes[scalar];

    /// <summary>Writes the full decomposition of a scalar and returns its length, at most 18.</summary>
    public static int Decompose(int scalar, bool compatibility, Span<int> target)
    {
        int syllable = scalar - HangulBase;
        if ((uint)syllable < Syllables)
        {
            target[0] = LeadBase + syllable / (Vowels * Trails);
            target[1] = VowelBase + syllable % (Vowels * Trails) / Trails;
            target[2] = TrailBase + syllable % Trails;
            return syllable % Trails == 0 ? 2 : 3;
        }

        ReadOnlySpan<int> mapping = compatibility ? s_compatibility.Get(scalar) : default;
        if (mapping.IsEmpty)
        {
            mapping = s_canonical.Get(scalar);
        }

        if (mapping.IsEmpty)
        {
            target[0] = scalar;
            return 1;
        }

        mapping.CopyTo(target);
        return mapping.Length;
    }

    /// <summary>Returns the primary composite of two scalars, or -1.</summary>
    public static int Compose(int first, int second)
    {
        if ((uint)(first - LeadBase) < Leads && (uint)(second - VowelBase) < Vowels)
        {
            return HangulBase + ((first - LeadBase) * Vowels + second - VowelBase) * Trails;
        }

        if ((uint)(first - HangulBase) < Syllables && (first - HangulBase) % Trails == 0 && (uint)(second - TrailBase - 1) < Trails - 1)
        {
            return first + second - TrailBase;
        }

        return s_compositions.TryGetValue((long)first << 32 | (uint)second, out int composite) ? composite : -1;
    }

    private static Dictionary<long, int> ReadCompositions()
    {
        ReadOnlySpan<byte> data = UnicodeTables.CompositionData;
        var result = new Dictionary<long, int>();
        int composite = 0;
        for (int position = 0; position < data.Length; )
        {
            composite += UnicodeTables.ReadNumber(data, ref position);
            long first = UnicodeTables.ReadNumber(data, ref position);
            int second = UnicodeTables.ReadNumber(data, ref position);
            result.Add(first << 32 | (uint)second, composite);
        }

        return result;
    }
}
