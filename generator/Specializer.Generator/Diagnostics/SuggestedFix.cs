using System.Collections.Immutable;
using System.Globalization;
using System.Linq;

namespace Specializer.Generator.Diagnostics;

/// <summary>
/// The fix of a diagnostic that has exactly one obvious fix: another argument, or the removal of the argument or attribute. The
/// diagnostic's properties carry it; the code fixes apply it.
/// </summary>
internal sealed class SuggestedFix
{
    /// <summary>The property that lists the replacement arguments, one per line.</summary>
    public const string ArgumentsKey = "Arguments";

    /// <summary>The property that marks the argument or attribute for removal.</summary>
    public const string RemoveKey = "Remove";

    private SuggestedFix(string key, string? value) => Properties = ImmutableDictionary<string, string?>.Empty.Add(key, value);

    /// <summary>Removes the argument or attribute.</summary>
    public static SuggestedFix Remove { get; } = new(RemoveKey, null);

    /// <summary>The properties of the diagnostic.</summary>
    public ImmutableDictionary<string, string?> Properties { get; }

    /// <summary>Replaces the argument; types are written with their full names.</summary>
    public static SuggestedFix Argument(string argument) => new(ArgumentsKey, argument);

    /// <summary>Sets a named argument to one of several values.</summary>
    public static SuggestedFix Values(string name, params int[] values) =>
        Argument(string.Join("\n", values.Select(value => name + " = " + value.ToString(CultureInfo.InvariantCulture))));
}
