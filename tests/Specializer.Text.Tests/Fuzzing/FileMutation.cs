using System;
using System.Collections.Generic;
using System.Text;

namespace Specializer.Text.Tests.Fuzzing;

/// <summary>Mutates a file: bytes changed, removed and repeated, numbers made extreme, the rest cut off.</summary>
internal static class FileMutation
{
    public static byte[] Apply(byte[] file, Random random)
    {
        var result = new List<byte>(file);
        for (int i = random.Next(1, 4); i > 0 && result.Count > 0; i--)
        {
            int place = random.Next(result.Count);
            switch (random.Next(7))
            {
                case 0:
                    result[place] = (byte)random.Next(256);
                    break;
                case 1:
                    result[place] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    result.RemoveRange(place, Math.Min(random.Next(1, 20), result.Count - place));
                    break;
                case 3:
                    result.InsertRange(place, result.GetRange(place, Math.Min(random.Next(1, 40), result.Count - place)));
                    break;
                case 4:
                    ReplaceNumber(result, place, random);
                    break;
                case 5:
                    // A variable-length number of a protobuf file, or a byte that is no UTF-8.
                    result.InsertRange(
                        place,
                        new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x0F }
                            .AsSpan(random.Next(5))
                            .ToArray()
                    );
                    break;
                default:
                    result.RemoveRange(place, result.Count - place);
                    break;
            }
        }

        return [.. result];
    }

    private static void ReplaceNumber(List<byte> file, int place, Random random)
    {
        int digit = file.FindIndex(place, b => b is >= (byte)'0' and <= (byte)'9');
        if (digit < 0)
        {
            return;
        }

        string[] numbers = ["2147483647", "2147483646", "-1", "99999999999", "1e999", "0"];
        file.RemoveAt(digit);
        file.InsertRange(digit, Encoding.ASCII.GetBytes(numbers[random.Next(numbers.Length)]));
    }
}
