using System;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Json.Nodes;
using Specializer.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace Specializer.Text.Tests.Templates;

/// <summary>
/// Templates with random changes parse and render, or fail with the documented exception, never another.
/// <c>SPECIALIZER_TEMPLATE_MUTANTS</c> sets their number; the default of CI is a few thousand.
/// </summary>
[Feature("chat-templates")]
public sealed class MutatedTemplateTests(ITestOutputHelper output)
{
    private static readonly string[] s_pieces =
    [
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "-",
        "+",
        "'",
        "\"",
        "\\",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "|",
        ".",
        ",",
        ":",
        "~",
        "**",
        "//",
        " is ",
        " not ",
        " in ",
        " if ",
        " else ",
        "{% endif %}",
        "{% else %}",
        "{% endfor %}",
        "{% set x %}",
        "{% endset %}",
        "{% break %}",
        "loop",
        "caller()",
        "|tojson",
        "|list",
        "|map('upper')",
        "|sort",
        "|join",
        "[::-1]",
        "[0]",
        ".x",
        "namespace()",
        "none",
        "1e999",
        "0x",
        "1_",
        "\\x4",
        "\\u12",
        "messages",
        "range(9)",
        "'%s' % ",
        "\0",
        "\ud800",
        "\udc00",
        "😀",
        "\r\n",
        "{%- raw -%}",
        "{% endraw %}",
        "{% generation %}",
        "*",
        "**kwargs",
    ];

    [Fact]
    public void Mutated_templates_fail_with_the_documented_exception_only()
    {
        int mutants = int.TryParse(
            Environment.GetEnvironmentVariable("SPECIALIZER_TEMPLATE_MUTANTS"),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out int given
        )
            ? given
            : 3_000;
        string[] files = SharedData.Root is null ? [] : Directory.GetFiles(SharedData.Path("fixtures", "templates"), "*.jinja");
        (int rendered, int failed, int refused) = (0, 0, 0);
        for (int seed = 1; seed <= mutants; seed++)
        {
            Random random = new(seed);
            (string template, JsonObject variables) = TemplateGenerator.Draw(seed);
            if (files.Length > 0 && random.Next(2) == 0)
            {
                template = File.ReadAllText(files[random.Next(files.Length)]);
            }

            string mutant = Mutate(template, random);
            try
            {
                ChatTemplate parsed = ChatTemplate.Parse(mutant);
                try
                {
                    parsed.RenderVariables(Comparison.Options(variables));
                    rendered++;
                }
                catch (ChatTemplateException)
                {
                    failed++;
                }
            }
            catch (ChatTemplateException exception)
            {
                Assert.True(exception.Line >= 1 && exception.Column >= 1, $"seed {seed}: {exception.Message} has no place.");
                refused++;
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"seed {seed}: {exception}\n{mutant}");
            }
        }

        output.WriteLine($"{mutants} mutants: {rendered} rendered, {failed} failed while rendering, {refused} refused by the parser.");
        Assert.True(rendered > 0 && failed > 0 && refused > 0);
    }

    private static string Mutate(string template, Random random)
    {
        StringBuilder text = new(template);
        for (int changes = 1 + random.Next(2); changes > 0 && text.Length > 0; changes--)
        {
            int at = random.Next(text.Length);
            switch (random.Next(4))
            {
                case 0:
                    text.Remove(at, Math.Min(1 + random.Next(8), text.Length - at));
                    break;
                case 1:
                    text.Insert(at, s_pieces[random.Next(s_pieces.Length)]);
                    break;
                case 2:
                    int from = random.Next(text.Length);
                    text.Insert(at, text.ToString(from, Math.Min(random.Next(60), text.Length - from)));
                    break;
                default:
                    text[at] = (char)random.Next(32, 127);
                    break;
            }
        }

        return text.ToString();
    }
}
