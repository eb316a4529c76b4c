using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>
/// Fields that published files contain and the class in transformers does not read. They are accepted with the value that the class
/// implies, and refused with all others.
/// </summary>
internal static class FixedFields
{
    private const string Ignored = "transformers ignores it, so that only this value is supported: ";

    /// <summary>Accepts a flag with one value only.</summary>
    public static void Fix(this ModelConfiguration configuration, string field, bool value)
    {
        configuration.WithoutEffect(field);
        configuration.Refuse(
            configuration.Has(field) && configuration.Flag(field, value) != value,
            field,
            Ignored + (value ? "true" : "false")
        );
    }

    /// <summary>Accepts a number with one value only.</summary>
    public static void Fix(this ModelConfiguration configuration, string field, int value)
    {
        configuration.WithoutEffect(field);
        configuration.Refuse(configuration.Has(field) && configuration.Number(field) != value, field, Ignored + value);
    }

    /// <summary>Accepts a text with one value only.</summary>
    public static void Fix(this ModelConfiguration configuration, string field, string value)
    {
        configuration.WithoutEffect(field);
        configuration.Refuse(configuration.Has(field) && configuration.Text(field, value) != value, field, Ignored + $"\"{value}\"");
    }
}
