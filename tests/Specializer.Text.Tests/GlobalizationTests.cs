using System;
using System.Globalization;
using System.Text;
using Specializer.TestKit;
using Specializer.Text.Tests.Fuzzing;
using Xunit;

namespace Specializer.Text.Tests;

/// <summary>
/// Results depend neither on cultures nor on the libraries of the system. CI runs all tests of this project twice, with
/// InvariantGlobalization and, by DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=0, without.
/// </summary>
[Feature("globalization")]
public sealed class GlobalizationTests
{
    private const string Setting = "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT";

    [Fact]
    public void The_mode_is_the_one_that_was_asked_for()
    {
        bool isInvariant = Environment.GetEnvironmentVariable(Setting) is not { Length: > 0 } value || value is "1" or "true";
        Assert.Equal(isInvariant ? "e\u0301" : "\u00E9", "e\u0301".Normalize(NormalizationForm.FormC));
    }

    [Fact]
    public void Turkish_changes_nothing()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            for (int seed = 0; seed < 200; seed++)
            {
                byte[] file = Encoding.UTF8.GetBytes(new RandomTokenizer(seed).Root.ToJsonString());
                var texts = new RandomTokenizer(seed);
                CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
                string[] inputs = [texts.Text(), texts.Text(), "I\u0130i\u0131 TITLE", "1.234,5"];
                string expected = Encoded(file, inputs);
                CultureInfo.CurrentCulture = Turkish();
                Assert.Equal(expected, Encoded(file, inputs));
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static string Encoded(byte[] file, string[] texts)
    {
        var result = new StringBuilder();
        try
        {
            Tokenizer tokenizer = Tokenizer.FromJson(file);
            foreach (string text in texts)
            {
                int[] ids = tokenizer.EncodeToIds(text);
                result.AppendJoin(' ', ids).Append('|').Append(tokenizer.Decode(ids)).Append('\n');
            }
        }
        catch (TokenizerException exception)
        {
            result.Append(exception.Message);
        }

        return result.ToString();
    }

    // With InvariantGlobalization there are no cultures but the invariant one, so that its numbers are changed at least.
    private static CultureInfo Turkish()
    {
        try
        {
            return new CultureInfo("tr-TR");
        }
        catch (CultureNotFoundException)
        {
            var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            culture.NumberFormat.NumberDecimalSeparator = ",";
            culture.NumberFormat.NegativeSign = "~";
            return culture;
        }
    }
}
