using System.Collections.Generic;
using System.Text.RegularExpressions;

namespace Specializer.Generator.Emission.InstructionSets;

/// <summary>
/// The types of the class library that kernels name by their last name only, thousands of times. Where the user's project
/// has something else of such a name in sight, all are named in full instead.
/// </summary>
internal static class KernelTypes
{
    private const string Intrinsics = "System.Runtime.Intrinsics";

    private static readonly Dictionary<string, string> s_namespaces = new()
    {
        ["Vector128"] = Intrinsics,
        ["Vector256"] = Intrinsics,
        ["Vector512"] = Intrinsics,
        ["Sse"] = Intrinsics + ".X86",
        ["Fma"] = Intrinsics + ".X86",
        ["Avx512F"] = Intrinsics + ".X86",
        ["AdvSimd"] = Intrinsics + ".Arm",
    };

    /// <summary>Their last names.</summary>
    public static IReadOnlyCollection<string> Names => s_namespaces.Keys;

    /// <summary>A text of C# in which every one of them is named in full.</summary>
    public static string Qualify(string text) =>
        // Made here: hardly any project needs it, and the library of regular expressions takes its time to load.
        new Regex(@"(?<![\w.:])(" + string.Join("|", s_namespaces.Keys) + @")(?=[.<])", RegexOptions.CultureInvariant).Replace(
            text,
            static match => "global::" + s_namespaces[match.Value] + "." + match.Value
        );
}
