namespace Specializer.Text.Unicode;

/// <summary>GPT-2's alphabet: a visible character for every byte.</summary>
internal static class ByteAlphabet
{
    private static readonly int[] s_scalars = new int[256];
    private static readonly short[] s_bytes = Build();

    /// <summary>The character of the space.</summary>
    public const int Space = 0x120;

    public static int ToScalar(byte value) => s_scalars[value];

    /// <summary>Returns the byte that a character represents, or -1.</summary>
    public static int ToByte(int scalar) => (uint)scalar < (uint)s_bytes.Length ? s_bytes[scalar] : -1;

    private static short[] Build()
    {
        var bytes = new short[256 + 68];
        System.Array.Fill(bytes, (short)-1);
        int next = 256;
        for (int value = 0; value < 256; value++)
        {
            bool visible = value is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE;
            s_scalars[value] = visible ? value : next++;
            bytes[s_scalars[value]] = (short)value;
        }

        return bytes;
    }
}
