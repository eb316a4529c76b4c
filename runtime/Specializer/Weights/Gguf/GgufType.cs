using System.Collections.Frozen;
using System.Collections.Generic;
using System.Globalization;

namespace Specializer;

/// <summary>An element type of GGUF tensors: a block of elements and its size.</summary>
/// <param name="Id">The number in the file.</param>
/// <param name="Name">The name in ggml.</param>
/// <param name="BlockElements">The number of elements of a block.</param>
/// <param name="BlockBytes">The size of a block in bytes.</param>
internal sealed record GgufType(int Id, string Name, int BlockElements, int BlockBytes)
{
    public const int F32 = 0,
        F16 = 1,
        Q40 = 2,
        Q41 = 3,
        Q50 = 6,
        Q51 = 7,
        Q80 = 8,
        Q2K = 10,
        Q3K = 11,
        Q4K = 12,
        Q5K = 13,
        Q6K = 14,
        Iq4Nl = 20,
        Iq4Xs = 23,
        Bf16 = 30,
        Mxfp4 = 39;

    /// <summary>The largest number of elements of a block that can be converted.</summary>
    public const int LargestBlock = 256;

    /// <summary>Types of ggml (d99724f, 2026-08), with the sizes of ggml-common.h. Unreadable ones have a size, too: it locates the next tensor.</summary>
    private static readonly FrozenDictionary<int, GgufType> s_types = new GgufType[]
    {
        new(F32, "F32", 1, 4),
        new(F16, "F16", 1, 2),
        new(Q40, "Q4_0", 32, 18),
        new(Q41, "Q4_1", 32, 20),
        new(Q50, "Q5_0", 32, 22),
        new(Q51, "Q5_1", 32, 24),
        new(Q80, "Q8_0", 32, 34),
        new(9, "Q8_1", 32, 36),
        new(Q2K, "Q2_K", 256, 84),
        new(Q3K, "Q3_K", 256, 110),
        new(Q4K, "Q4_K", 256, 144),
        new(Q5K, "Q5_K", 256, 176),
        new(Q6K, "Q6_K", 256, 210),
        new(15, "Q8_K", 256, 292),
        new(16, "IQ2_XXS", 256, 66),
        new(17, "IQ2_XS", 256, 74),
        new(18, "IQ3_XXS", 256, 98),
        new(19, "IQ1_S", 256, 50),
        new(Iq4Nl, "IQ4_NL", 32, 18),
        new(21, "IQ3_S", 256, 110),
        new(22, "IQ2_S", 256, 82),
        new(Iq4Xs, "IQ4_XS", 256, 136),
        new(24, "I8", 1, 1),
        new(25, "I16", 1, 2),
        new(26, "I32", 1, 4),
        new(27, "I64", 1, 8),
        new(28, "F64", 1, 8),
        new(29, "IQ1_M", 256, 56),
        new(Bf16, "BF16", 1, 2),
        new(34, "TQ1_0", 256, 54),
        new(35, "TQ2_0", 256, 66),
        new(Mxfp4, "MXFP4", 32, 17),
        new(40, "NVFP4", 64, 36),
        new(41, "Q1_0", 128, 18),
        new(42, "Q2_0", 64, 18),
    }.ToFrozenDictionary(static type => type.Id);

    private static readonly FrozenDictionary<int, string> s_removed = new Dictionary<int, string>
    {
        [4] = "Q4_2",
        [5] = "Q4_3",
        [31] = "Q4_0_4_4",
        [32] = "Q4_0_4_8",
        [33] = "Q4_0_8_8",
        [36] = "IQ4_NL_4_4",
        [37] = "IQ4_NL_4_8",
        [38] = "IQ4_NL_8_8",
    }.ToFrozenDictionary();

    /// <summary>The types that can be converted to floats, for messages.</summary>
    public const string Readable = "F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_NL, IQ4_XS, MXFP4";

    /// <summary>Whether the elements can be converted to floats.</summary>
    public bool IsReadable => Dequantization.Supports(Id);

    /// <summary>Finds a type by its number.</summary>
    public static bool TryFind(int id, out GgufType type) => s_types.TryGetValue(id, out type!);

    /// <summary>Describes a number that is no type.</summary>
    public static string DescribeUnknown(int id) =>
        s_removed.TryGetValue(id, out string? name)
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{id} ({name}), which ggml has removed; requantize the model with a current llama.cpp"
            )
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{id}, which is no type of ggml; use a file of a type that is supported: {Readable}"
            );
}
