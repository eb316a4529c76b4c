using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json.Nodes;
using Specializer.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace Specializer.Text.Tests.Templates;

/// <summary>
/// Random templates compared with Python's Jinja. <c>SPECIALIZER_TEMPLATE_CASES</c> and <c>SPECIALIZER_TEMPLATE_SEED</c> set
/// their number and the first seed; the default of CI is a few hundred.
/// </summary>
[Feature("chat-templates")]
public sealed class RandomTemplateTests(ITestOutputHelper output)
{
    private const int Chunk = 500;

    [JinjaFact]
    public void Random_templates_render_as_Jinja_renders_them()
    {
        int seed = Number("SPECIALIZER_TEMPLATE_SEED", 1);
        int cases = Number("SPECIALIZER_TEMPLATE_CASES", 400);
        List<string> differences = [];
        (int rendered, int refused, int unsupported) = (0, 0, 0);
        using JinjaOracle jinja = new();
        for (int first = seed; first < seed + cases; first += Chunk)
        {
            List<(string Template, JsonObject Variables)> drawn = [];
            for (int i = first; i < Math.Min(first + Chunk, seed + cases); i++)
            {
                drawn.Add(TemplateGenerator.Draw(i));
            }

            IReadOnlyList<JinjaResult> expected = jinja.Render(drawn);
            for (int i = 0; i < drawn.Count; i++)
            {
                (string template, JsonObject variables) = drawn[i];
                string? difference = Comparison.Difference(template, variables, expected[i], out bool isUnsupported);
                if (difference is not null)
                {
                    differences.Add(Comparison.Describe($"seed {first + i}", template, variables, difference));
                }

                rendered += expected[i].Error is null ? 1 : 0;
                refused += expected[i].Error is not null ? 1 : 0;
                unsupported += isUnsupported && expected[i].Error is null ? 1 : 0;
            }
        }

        output.WriteLine(
            $"Seeds {seed} to {seed + cases - 1}: {rendered} rendered by Jinja, {refused} refused by it, {unsupported} not supported, {differences.Count} differ."
        );
        Assert.True(differences.Count == 0, string.Join("\n\n", differences.GetRange(0, Math.Min(5, differences.Count))));
        Assert.True(rendered >= cases / 3, "Most random templates fail: the generator is of little use.");
        Assert.True(unsupported <= cases / 50, $"{unsupported} of {cases} templates are not supported.");
    }

    private static int Number(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : otherwise;
}
