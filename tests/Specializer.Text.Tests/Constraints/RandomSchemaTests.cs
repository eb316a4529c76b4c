using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;
using Json.Schema;
using Specializer.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace Specializer.Text.Tests.Constraints;

/// <summary>
/// Random texts under random schemas, judged by the library JsonSchema.Net. <c>SPECIALIZER_SCHEMAS</c> and
/// <c>SPECIALIZER_SCHEMA_SEED</c> set their number and the first seed.
/// </summary>
[Feature("structured-output")]
public sealed class RandomSchemaTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_text_is_valid_and_every_mask_is_what_single_tokens_say()
    {
        int first = Number("SPECIALIZER_SCHEMA_SEED", 1),
            count = Number("SPECIALIZER_SCHEMAS", 400),
            texts = 0,
            empty = 0,
            unfinished = 0;
        var problems = new List<string>();
        for (int seed = first; seed < first + count && problems.Count < 5; seed++)
        {
            string schema = RandomSchema.Draw(seed);
            OutputConstraint constraint;
            try
            {
                constraint = OutputConstraint.JsonSchema(schema);
            }
            catch (ConstraintException exception) when (exception.Message == "the constraint allows no text")
            {
                empty++;
                continue;
            }

            JsonSchema judge = JsonSchema.FromText(schema);
            var random = new Random(seed);
            for (int i = 0; i < 3; i++)
            {
                if (ConstraintWalk.Walk(constraint.CreateFilter(ConstraintWalk.Pieces), random, CheckMask) is not { } text)
                {
                    unfinished++;
                    continue;
                }

                texts++;
                if (Judge(judge, text) is { } problem)
                {
                    problems.Add($"seed {seed}: {problem}\n{text}\n{schema}");
                }
            }
        }

        output.WriteLine(
            $"Seeds {first} to {first + count - 1}: {texts} texts, {empty} schemas without any, {unfinished} texts without an end."
        );
        Assert.True(problems.Count == 0, string.Join("\n\n", problems));
        Assert.True(texts > 2 * count, "Most schemas have no texts: the generator is of little use.");
        Assert.True(unfinished < count / 20, $"{unfinished} texts did not end.");
    }

    private static string? Judge(JsonSchema judge, string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return judge.Evaluate(document.RootElement, new EvaluationOptions { RequireFormatValidation = true }).IsValid
                ? null
                : "is not valid";
        }
        catch (JsonException exception)
        {
            return exception.Message;
        }
        catch (FormatException) when (text.Contains('e', StringComparison.OrdinalIgnoreCase))
        {
            // The library compares numbers as decimals, which end at 8e28.
            return null;
        }
    }

    private static void CheckMask(TokenFilter filter, IReadOnlyList<int> allowed)
    {
        var set = new HashSet<int>(allowed);
        for (int token = 0; token < ConstraintWalk.Pieces.VocabularySize; token++)
        {
            // Most steps try a few tokens, so that the test stays short.
            if ((token * 31 + allowed.Count) % 11 == 0 && filter.Clone().TryAccept(token) != set.Contains(token))
            {
                throw new InvalidOperationException(
                    $"The mask {(set.Contains(token) ? "allows" : "forbids")} token {token}, and a step alone does not."
                );
            }
        }
    }

    private static int Number(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
