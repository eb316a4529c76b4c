using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using Specializer.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace Specializer.Text.Tests.Templates;

/// <summary>The templates of published models, on every conversation, beside Python's Jinja.</summary>
[Feature("chat-templates")]
public sealed class PublishedTemplateTests(ITestOutputHelper output)
{
    [PublishedFact]
    public void Published_templates_render_as_Jinja_renders_them()
    {
        string[] files = Directory.GetFiles(SharedData.Path("fixtures", "templates"), "*.jinja");
        Assert.True(files.Length >= 48, $"There are {files.Length} templates.");
        List<(string Name, JsonObject Variables)> conversations = [.. Conversations.All()];
        List<string> differences = [];
        int rendered = 0;
        using JinjaOracle jinja = new();
        foreach (string file in files)
        {
            string template = File.ReadAllText(file);
            IReadOnlyList<JinjaResult> expected = jinja.Render([
                .. conversations.Select(conversation => (template, conversation.Variables)),
            ]);
            for (int i = 0; i < expected.Count; i++)
            {
                (string name, JsonObject variables) = conversations[i];
                string? difference = Comparison.Difference(template, variables, expected[i], out bool isUnsupported);
                if (difference is not null || (isUnsupported && expected[i].Error is null))
                {
                    differences.Add($"{Path.GetFileName(file)}, {name}: {difference ?? "not supported"}");
                }

                rendered += expected[i].Error is null ? 1 : 0;
            }
        }

        output.WriteLine(
            $"{files.Length} templates, {conversations.Count} conversations each: {rendered} renderings equal, {differences.Count} differ."
        );
        Assert.True(differences.Count == 0, string.Join("\n\n", differences.Take(5)));
        Assert.True(rendered > files.Length * conversations.Count / 2);
    }

    /// <summary>A fact that needs Python's Jinja and the published templates; without one of them it reports itself skipped with the reason.</summary>
    private sealed class PublishedFactAttribute : FactAttribute
    {
        public PublishedFactAttribute() => Skip = JinjaOracle.SkipReason ?? SharedData.SkipReason;
    }
}
