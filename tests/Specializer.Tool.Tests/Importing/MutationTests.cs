using System;
using Specializer.TestKit;
using Specializer.Tool.Importing;
using Xunit;

namespace Specializer.Tool.Tests.Importing;

/// <summary>Damaged ONNX files.</summary>
[Feature("tool-import")]
public sealed class MutationTests
{
    /// <summary>A damaged file is read, or reported as an error of the user; it never crashes the reader or makes it allocate much.</summary>
    [Fact]
    public void A_damaged_file_is_read_or_reported()
    {
        byte[] original = new SmallBert(hasPaths: true).ToArray();
        var random = new Random(17);
        int read = 0,
            reported = 0;
        for (int i = 0; i < 10_000; i++)
        {
            byte[] file = Damaged(original, random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                OnnxGraph graph = OnnxReader.Read(file, "file", new ExternalData(null));
                BertConfiguration.Of(graph, ParameterNames.Of(graph, "file"), "file");
                read++;
            }
            catch (ToolException)
            {
                reported++;
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < 4_000_000, $"File {i} of {file.Length} bytes allocated {allocated} bytes.");
        }

        Assert.True(read > 250 && reported > 2_500, $"{read} files were read, {reported} reported.");
    }

    private static byte[] Damaged(byte[] original, Random random)
    {
        byte[] file = (byte[])original.Clone();
        for (int change = random.Next(1, 4); change > 0; change--)
        {
            int at = random.Next(file.Length);
            switch (random.Next(4))
            {
                case 0:
                    file[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    file[at] = (byte)random.Next(256);
                    break;
                case 2:
                    file = file[..at];
                    if (file.Length == 0)
                    {
                        return file;
                    }

                    break;
                default:
                    int length = Math.Min(random.Next(1, 40), file.Length - at);
                    file = [.. file[..at], .. file.AsSpan(random.Next(file.Length - length), length), .. file[at..]];
                    break;
            }
        }

        return file;
    }
}
