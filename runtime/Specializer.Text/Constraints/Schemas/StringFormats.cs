using System.Collections.Generic;

namespace Specializer.Text.Constraints;

/// <summary>The formats of strings as regular expressions. They allow a part of what their standards allow, never more.</summary>
internal static class StringFormats
{
    private const string Year = "(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})";
    private const string LeapYear = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)";
    private const string Day = "(?:0[1-9]|[12][0-9]|3[01])";

    // RFC 3339, 5.6.
    private const string Date =
        "(?:"
        + Year
        + "-(?:(?:0[13578]|1[02])-"
        + Day
        + "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|"
        + LeapYear
        + "-02-29)";

    private const string Time = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,7})?(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9])";

    private const string Label = "[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?";
    private const string Host = Label + "(?:\\." + Label + "){0,5}";
    private const string Octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

    private static readonly Dictionary<string, string> s_patterns = new()
    {
        ["date"] = Date,
        ["time"] = Time,
        ["date-time"] = Date + "T" + Time,
        // ISO 8601 in the grammar of RFC 3339, appendix A.
        ["duration"] =
            "P(?:[0-9]{1,4}W|(?:[0-9]{1,4}Y(?:[0-9]{1,2}M(?:[0-9]{1,2}D)?)?|[0-9]{1,2}M(?:[0-9]{1,2}D)?|[0-9]{1,4}D)(?:T[0-9]{1,4}H(?:[0-9]{1,2}M(?:[0-9]{1,2}S)?)?)?"
            + "|T(?:[0-9]{1,4}H(?:[0-9]{1,2}M(?:[0-9]{1,2}S)?)?|[0-9]{1,4}M(?:[0-9]{1,2}S)?|[0-9]{1,4}S))",
        ["email"] = "[A-Za-z0-9_+-]{1,30}(?:\\.[A-Za-z0-9_+-]{1,30}){0,2}@" + Label + "(?:\\." + Label + "){0,3}\\.[a-z]{2,10}",
        ["hostname"] = Host,
        ["ipv4"] = Octet + "(?:\\." + Octet + "){3}",
        ["uuid"] = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
        ["uri"] =
            "https?://"
            + Host
            + "(?::[1-9][0-9]{0,3})?(?:/[A-Za-z0-9._~-]{1,64}){0,16}/?(?:\\?[A-Za-z0-9._~=&-]{1,200})?(?:#[A-Za-z0-9._~-]{1,64})?",
    };

    /// <summary>The supported formats.</summary>
    public static IReadOnlyCollection<string> Names => s_patterns.Keys;

    /// <summary>Returns the expression of a format, or null.</summary>
    public static string? PatternOf(string format) => s_patterns.GetValueOrDefault(format);
}
