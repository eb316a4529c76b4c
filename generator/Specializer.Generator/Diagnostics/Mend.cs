using System.Collections.Immutable;
using System.Globalization;
using System.Linq;

namespace Specializer.Generator.Diagnostics;

/// <summary>
/// How what a diagnostic points at, an argument or an attribute, is mended, where there is one obvious way. It travels in
/// the diagnostic's properties; the code fixes carry it out.
/// </summary>
internal sealed class Mend
{
    /// <summary>The property with the arguments that may be written instead, one a line.</summary>
    public const string ArgumentsKey = "Arguments";

    /// <summary>The property that says that what is pointed at is to be removed.</summary>
    public const string RemoveKey = "Remove";

    private Mend(string key, string? value) => Properties = ImmutableDictionary<string, string?>.Empty.Add(key, value);

    /// <summary>Remove what is pointed at.</summary>
    public static Mend Remove { get; } = new(RemoveKey, null);

    /// <summary>The properties of the diagnostic.</summary>
    public ImmutableDictionary<string, string?> Properties { get; }

    /// <summary>Write an argument instead; types are given by their full names.</summary>
    public static Mend Argument(string argument) => new(ArgumentsKey, argument);

    /// <summary>Give a named argument one of several values.</summary>
    public static Mend Values(string name, params int[] values) =>
        Argument(string.Join("\n", values.Select(value => name + " = " + value.ToString(CultureInfo.InvariantCulture))));
}
