using System;
using Specializer.Text.Patterns;

namespace Specializer.Text.Reading;

/// <summary>Common code of the readers of components.</summary>
internal static class ComponentReader
{
    /// <summary>The maximum number of steps in a sequence of components.</summary>
    public const int MaximumSteps = 1000;

    /// <summary>The type of a component.</summary>
    public static string TypeOf(JsonPlace place) => place["type"].Text();

    /// <summary>Creates the exception for an unknown component.</summary>
    public static TokenizerException Unknown(JsonPlace place, string kind, string type) =>
        place["type"].Error($"the {kind} '{type}' is not supported");

    /// <summary>Reads a pattern: {"String": ...} or {"Regex": ...}.</summary>
    /// <param name="place">Its location.</param>
    /// <param name="literal">The text, or null for a regular expression.</param>
    public static TextPattern ReadPattern(JsonPlace place, out string? literal)
    {
        literal = null;
        try
        {
            if (place.Has("String"))
            {
                literal = place["String"].Text();
                return PatternFactory.FromLiteral(literal);
            }

            return PatternFactory.FromRegex(place["Regex"].Text());
        }
        catch (RegexSyntaxException exception)
        {
            throw new TokenizerException(place.Path + ".Regex", exception.Message, exception);
        }
    }
}
