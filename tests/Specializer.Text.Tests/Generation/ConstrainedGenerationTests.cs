using System;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Text.Tests.Generation;

/// <summary>Text of a constraint from models with random weights, which try everything.</summary>
[Feature("structured-output")]
public sealed class ConstrainedGenerationTests
{
    private const string Schema = """
        {
          "type": "object",
          "properties": {
            "name": { "type": "string", "maxLength": 4 },
            "kind": { "enum": ["fox", "dog"] },
            "age": { "type": "integer", "minimum": 0, "maximum": 30 }
          },
          "required": ["name", "kind", "age"]
        }
        """;

    private static readonly JsonConstraintOptions s_compact = new() { WhiteSpace = JsonWhiteSpace.None };
    private static readonly GenerationSettings s_settings = new() { EndTokens = [SmallParts.EndToken] };

    [Theory]
    [InlineData(0f)]
    [InlineData(1.5f)]
    public async Task A_random_model_answers_by_the_schema(float temperature)
    {
        for (int seed = 1; seed <= 4; seed++)
        {
            using SmallDecoder model = SmallParts.RandomDecoder(seed);
            using var generator = new TextGenerator(model, SmallParts.Tokenizer, s_settings);
            GeneratedText text = await generator.GenerateAsync(
                "the fox",
                new GenerationOptions
                {
                    Constraint = OutputConstraint.JsonSchema(Schema, s_compact),
                    Sampling = new SamplingOptions { Temperature = temperature },
                    Seed = (ulong)seed,
                }
            );
            using JsonDocument answer = JsonDocument.Parse(text.Text);
            Assert.Equal(FinishReason.ConstraintComplete, text.Finish);
            Assert.Equal(["name", "kind", "age"], answer.RootElement.EnumerateObject().Select(static member => member.Name));
            Assert.InRange(answer.RootElement.GetProperty("age").GetInt32(), 0, 30);
        }
    }

    [Fact]
    public async Task A_text_that_can_end_ends_with_the_models_end_token()
    {
        // The chain continues with 'b' and then its end token, which the expression allows from there on.
        using SmallDecoder model = SmallParts.Chain("ab");
        using var generator = new TextGenerator(model, SmallParts.Tokenizer, s_settings);
        GeneratedText text = await generator.GenerateAsync(
            "a",
            new GenerationOptions { Constraint = OutputConstraint.Regex("b[a-z]*"), MaximumNewTokens = 20 }
        );
        Assert.Equal(("b", FinishReason.EndToken), (text.Text, text.Finish));
    }

    [Fact]
    public async Task A_constraint_is_shared_by_generations_and_reports_limits()
    {
        OutputConstraint constraint = OutputConstraint.Regex("(ab)*");
        using SmallDecoder model = SmallParts.RandomDecoder(2);
        using var generator = new TextGenerator(model, SmallParts.Tokenizer, s_settings with { MinimumNewTokens = 6 });
        var options = new GenerationOptions { Constraint = constraint, MaximumNewTokens = 7 };
        GeneratedText first = await generator.GenerateAsync("the", options),
            second = await generator.GenerateAsync("the", options);
        Assert.Equal(first.Text, second.Text);
        Assert.StartsWith("ababab", first.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_that_exclude_what_a_constraint_needs_are_reported()
    {
        using SmallDecoder model = SmallParts.RandomDecoder(2);
        int[] letter = SmallParts.Tokenizer.EncodeToIds("b");
        using var generator = new TextGenerator(model, SmallParts.Tokenizer, s_settings with { SuppressedTokens = letter });
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            generator.GenerateAsync("the", new GenerationOptions { Constraint = OutputConstraint.Regex("ab"), MaximumNewTokens = 5 })
        );
        Assert.Contains("the 1 generated", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beams_and_constraints_exclude_each_other()
    {
        using SmallDecoder model = SmallParts.RandomDecoder(2);
        using var generator = new TextGenerator(model, SmallParts.Tokenizer, s_settings);
        var options = new GenerationOptions { Constraint = OutputConstraint.Regex("ab"), Beams = 2 };
        var exception = await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync("the", options));
        Assert.Contains("a constraint", exception.Message, StringComparison.Ordinal);
    }
}
