using System.Collections.Generic;

namespace Specializer.Generator.Kernels.Output;

/// <summary>The format of a call, with {0}, {1}, ... in the places of its operands, taken apart once.</summary>
internal sealed class CallFormat
{
    public CallFormat(string format)
    {
        var parts = new List<(string, int)>();
        int start = 0;
        for (int open = format.IndexOf('{'); open >= 0; open = format.IndexOf('{', start))
        {
            parts.Add((format.Substring(start, open - start), format[open + 1] - '0'));
            start = open + 3;
        }

        Parts = [.. parts];
        End = format.Substring(start);
    }

    /// <summary>Gets the operands in order, each with the text before it.</summary>
    public (string Before, int Operand)[] Parts { get; }

    /// <summary>Gets the text after the last operand.</summary>
    public string End { get; }
}
