using System.Text;

namespace Specializer.Text.Patterns;

/// <summary>Selects the matcher of a pattern by its exact text.</summary>
internal static class PatternFactory
{
    /// <summary>Creates a pattern from an Oniguruma regular expression.</summary>
    /// <exception cref="RegexSyntaxException">The expression is malformed or uses an unsupported feature.</exception>
    public static TextPattern FromRegex(string pattern) =>
        pattern switch
        {
            Gpt2Scanner.Pattern => new Gpt2Scanner(),
            Cl100kScanner.Pattern => new Cl100kScanner(digits: 3),
            Cl100kScanner.QwenPattern => new Cl100kScanner(digits: 1),
            O200kScanner.Pattern => new O200kScanner(),
            DeepSeekScanner.Pattern => new DeepSeekScanner(),
            _ => General(pattern),
        };

    /// <summary>Creates a pattern that always uses the general engine, for tests.</summary>
    internal static TextPattern General(string pattern) => new RegexPattern(RegexCompiler.Compile(RegexParser.Parse(pattern)));

    /// <summary>Creates a pattern from a literal text.</summary>
    public static TextPattern FromLiteral(string text) => text.Length == 0 ? General("") : new LiteralPattern(Encoding.UTF8.GetBytes(text));
}
