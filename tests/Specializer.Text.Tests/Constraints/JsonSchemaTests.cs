using System;
using System.Diagnostics;
using System.Linq;
using System.Text;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Text.Tests.Constraints;

/// <summary>What schemas allow and refuse, keyword by keyword.</summary>
[Feature("structured-output")]
public sealed class JsonSchemaTests
{
    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"},"b":{}},"required":["a"]}""", """{"a":1}""", true)]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"integer"},"b":{}},"required":["a"]}""",
        """{"a": 1, "b": [{"c": null}]}""",
        true
    )]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"},"b":{}},"required":["a"]}""", """{"b":1}""", false)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}""", """{"a":1,"c":2}""", false)]
    [InlineData("""{"type":"object","properties":{"a":{}},"additionalProperties":{"type":"null"}}""", """{"b":null,"ab":null}""", true)]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":{"type":"null"}}""",
        """{"a":null}""",
        false
    )]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":{"type":"null"}}""",
        """{"\u0061":null}""",
        false
    )]
    [InlineData("""{"type":"object","required":["a"]}""", """{"a":{},"b":1}""", true)]
    [InlineData("""{"properties":{"a":{"type":"integer"}}}""", "{}", true)]
    [InlineData("""{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":3}""", "[1, 2]", true)]
    [InlineData("""{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":3}""", "[1]", false)]
    [InlineData("""{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":3}""", "[1,2,3,4]", false)]
    [InlineData("""{"type":"array","prefixItems":[{"type":"integer"},{"type":"null"}],"items":false}""", "[1,null]", true)]
    [InlineData("""{"type":"array","prefixItems":[{"type":"integer"},{"type":"null"}],"items":false}""", "[1,null,1]", false)]
    [InlineData("""{"type":"array","items":[{"type":"integer"}],"additionalItems":{"type":"null"}}""", "[1,null,null]", true)]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"é😀\"", true)]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"\\ud83d\\ude00\\n\"", true)]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"a\"", false)]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"abcd\"", false)]
    [InlineData("""{"type":"string"}""", "\"\\ud83d\"", false)]
    [InlineData("""{"type":"string"}""", "\"a\nb\"", false)]
    [InlineData("""{"type":"string","pattern":"b+"}""", "\"abbc\"", true)]
    [InlineData("""{"type":"string","pattern":"^b+$"}""", "\"abbc\"", false)]
    [InlineData("""{"type":"string","pattern":"^\"$"}""", "\"\\\"\"", true)]
    [InlineData("""{"const":{"a":[1,"é"]}}""", """{"a":[1,"é"]}""", true)]
    [InlineData("""{"enum":["a",1,null]}""", "null", true)]
    [InlineData("""{"type":"string","enum":["a",1,null]}""", "null", false)]
    [InlineData("""{"anyOf":[{"type":"integer"},{"type":"array"}],"maximum":5}""", "4", true)]
    [InlineData("""{"anyOf":[{"type":"integer"},{"type":"array"}],"maximum":5}""", "6", false)]
    [InlineData("""{"$ref":"#/$defs/n","$defs":{"n":{"type":"array","items":{"$ref":"#/$defs/n"}}}}""", "[[],[[]]]", true)]
    [InlineData("""{"$ref":"#/$defs/n","maxItems":1,"$defs":{"n":{"type":"array"}}}""", "[1,2]", false)]
    [InlineData("""{"$ref":"#x","$defs":{"n":{"$anchor":"x","type":"null"}}}""", "null", true)]
    [InlineData("""{"type":"integer"}""", "-12", true)]
    [InlineData("""{"type":"integer"}""", "1.0", false)]
    [InlineData("""{"type":"number"}""", "-1.5e+3", true)]
    [InlineData("""{"type":"number"}""", "01", false)]
    [InlineData("true", """{"a":[1,"b",{}]}""", true)]
    public void A_text_is_allowed_or_not(string schema, string text, bool allowed) =>
        Assert.Equal(allowed, ConstraintWalk.Allows(OutputConstraint.JsonSchema(schema), text));

    [Theory]
    [InlineData("""{"type":"array","uniqueItems":true}""", "#/uniqueItems", "uniqueItems")]
    [InlineData("""{"properties":{"a":{"not":{}}}}""", "#/properties/a/not", "'not'")]
    [InlineData("""{"type":"object","patternProperties":{"x":{}}}""", "#/patternProperties", "'patternProperties'")]
    [InlineData("""{"type":"number","multipleOf":0.1}""", "#/multipleOf", "multipleOf")]
    [InlineData("""{"type":"string","format":"phone"}""", "#/format", "'phone'")]
    [InlineData("""{"type":"string","pattern":"(?=a)"}""", "#/pattern", "look-around")]
    [InlineData("""{"type":"string","pattern":"(a)\\1"}""", "#/pattern", "back reference")]
    [InlineData("""{"type":"string","pattern":"a\\b"}""", "#/pattern", "word boundary")]
    [InlineData("""{"type":"strange"}""", "#/type", "'strange'")]
    [InlineData("""{"type":"string","minLength":-1}""", "#/minLength", "-1")]
    [InlineData("""{"$ref":"http://example.org/schema"}""", "#/$ref", "leads out")]
    [InlineData("""{"$ref":"#/$defs/a"}""", "#/$ref", "leads to nothing")]
    [InlineData("""{"oneOf":[{"type":"integer"},{"type":"number"}]}""", "#/oneOf", "may both allow")]
    [InlineData("""{"allOf":[{"pattern":"a"},{"pattern":"b"}]}""", "#/allOf/1/pattern", "cannot be combined")]
    [InlineData("""{"enum":["a","ab"],"minLength":2}""", "#/minLength", "beside fixed values")]
    [InlineData("""{"type":"object","minProperties":1}""", "#/minProperties", "minProperties")]
    [InlineData("17", "#", "expected an object")]
    public void What_is_not_supported_is_refused_at_its_place(string schema, string place, string problem)
    {
        var exception = Assert.Throws<ConstraintException>(() => OutputConstraint.JsonSchema(schema));
        Assert.Equal(place, exception.Place);
        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"integer","minimum":3,"maximum":2}""", "no text")]
    [InlineData("""{"type":"object","properties":{"a":false},"required":["a"]}""", "no text")]
    [InlineData("""{"$ref":"#"}""", "no text")]
    [InlineData("""{"anyOf":[{"type":"null"},{"$ref":"#"}]}""", "refers to itself")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}""", "no text")]
    [InlineData("""{"a":1,"a":2}""", "JSON")]
    [InlineData("{", "JSON")]
    public void A_schema_without_texts_is_refused(string schema, string problem) =>
        Assert.Contains(
            problem,
            Assert.Throws<ConstraintException>(() => OutputConstraint.JsonSchema(schema)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Numbers_are_those_within_the_bounds()
    {
        string[] texts =
        [
            .. Enumerable.Range(-1200, 2401).SelectMany(static value => Spellings(value / 10m)),
            .. Enumerable.Range(-250, 501).SelectMany(static value => Spellings(value / 100m)),
        ];
        var random = new Random(5);
        for (int i = 0; i < 60; i++)
        {
            decimal low = random.Next(-1500, 1000) / (random.Next(2) == 0 ? 100m : 10m),
                high = low + (random.Next(0, 1500) / (random.Next(2) == 0 ? 100m : 10m));
            bool exclusive = random.Next(2) == 0;
            string suffix = exclusive ? "exclusiveM" : "m";
            string schema = FormattableString.Invariant($$"""{"type":"number","{{suffix}}inimum":{{low}},"{{suffix}}aximum":{{high}}}""");
            if (low == high && exclusive)
            {
                continue;
            }

            OutputConstraint constraint = OutputConstraint.JsonSchema(schema);
            foreach (string text in texts.Where(_ => random.Next(8) == 0))
            {
                decimal value = decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
                bool within = exclusive ? low < value && value < high : low <= value && value <= high;
                Assert.True(ConstraintWalk.Allows(constraint, text) == within, $"{text} under {schema}");
            }
        }

        // Zero has no sign.
        static string[] Spellings(decimal value)
        {
            string text = value.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture);
            return text.Contains('.', StringComparison.Ordinal) ? [text, text + "0"] : [text, text + ".0"];
        }
    }

    [Fact]
    public void Integers_are_those_within_the_bounds()
    {
        var random = new Random(6);
        for (int i = 0; i < 60; i++)
        {
            int low = random.Next(-300, 300),
                high = low + random.Next(0, 400);
            OutputConstraint constraint = OutputConstraint.JsonSchema($$"""{"type":"integer","minimum":{{low}},"maximum":{{high}}}""");
            for (int value = -400; value < 800; value++)
            {
                Assert.True(
                    ConstraintWalk.Allows(constraint, $"{value}") == (low <= value && value <= high),
                    $"{value} in {low} to {high}"
                );
            }
        }
    }

    [Fact]
    public void Without_white_space_texts_are_compact()
    {
        OutputConstraint compact = OutputConstraint.JsonObject(new JsonConstraintOptions { WhiteSpace = JsonWhiteSpace.None });
        Assert.True(ConstraintWalk.Allows(compact, """{"a":[1,2]}"""));
        Assert.False(ConstraintWalk.Allows(compact, """{"a": [1,2]}"""));
        Assert.True(ConstraintWalk.Allows(OutputConstraint.JsonObject(), "{\n  \"a\": [1, 2]\n}"));
    }

    [Fact]
    public void Any_value_is_nested_as_deep_as_the_options_say()
    {
        OutputConstraint flat = OutputConstraint.JsonSchema("true", new JsonConstraintOptions { MaximumDepth = 2 });
        Assert.True(ConstraintWalk.Allows(flat, "[[1]]"));
        Assert.False(ConstraintWalk.Allows(flat, "[[[1]]]"));
    }

    [Theory]
    [InlineData("""{"type":"string","pattern":"^(a|b)*a(a|b){18}$"}""")]
    [InlineData("""{"type":"string","minLength":1000,"maxLength":1000000}""")]
    [InlineData("""{"type":"array","maxItems":20000}""")]
    [InlineData("""{"anyOf":[{"type":"array"},{"type":"array","items":{"type":"array"}},{"type":"array","items":{"type":"string"}}]}""")]
    public void A_large_constraint_is_followed_in_bounded_time(string schema)
    {
        var time = Stopwatch.StartNew();
        TokenFilter filter = OutputConstraint.JsonSchema(schema).CreateFilter(ConstraintWalk.Pieces);
        var random = new Random(1);
        var mask = new ulong[filter.MaskLength];
        for (int step = 0; step < 300 && !filter.MustEnd; step++)
        {
            filter.WriteMask(mask);
            Assert.True(filter.TryAccept(ConstraintWalk.TokensOf(mask).OrderBy(_ => random.Next()).First()));
        }

        Assert.True(time.Elapsed < TimeSpan.FromSeconds(20), $"{time.Elapsed}");
    }

    [Theory]
    [InlineData("""{"type":"array","minItems":1000000}""", "states")]
    [InlineData("""{"maximum":5,"anyOf":[{"$ref":"#"},{"$ref":"#"}]}""", "combin")]
    [InlineData(
        """{"$ref":"#/$defs/a","minimum":1,"$defs":{"a":{"allOf":[{"$ref":"#/$defs/a"},{"$ref":"#/$defs/b"}]},"b":{"allOf":[{"$ref":"#/$defs/b"},{"$ref":"#/$defs/a"},{"maximum":9}]}}}""",
        "combin"
    )]
    [InlineData("""{"type":"string","pattern":"^(((a{1,10000}){1,10000}){1,10000})$"}""", "states")]
    public void A_constraint_that_is_too_large_is_refused(string schema, string problem)
    {
        var time = Stopwatch.StartNew();
        var exception = Assert.Throws<ConstraintException>(() => OutputConstraint.JsonSchema(schema));
        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
        Assert.True(time.Elapsed < TimeSpan.FromSeconds(10), $"{time.Elapsed}");
    }

    [Fact]
    public void Deep_schemas_and_long_chains_of_references_are_read()
    {
        string nested = string.Concat(Enumerable.Repeat("""{"items":""", 60)) + "{}" + new string('}', 60);
        Assert.True(ConstraintWalk.Allows(OutputConstraint.JsonSchema(nested), "[[[]]]"));

        var chain = new StringBuilder("""{"$ref":"#/$defs/0","$defs":{""");
        for (int i = 0; i < 2000; i++)
        {
            chain.Append($$"""{{(i > 0 ? "," : "")}}"{{i}}":{"$ref":"#/$defs/{{i + 1}}"}""");
        }

        chain.Append(",\"2000\":{\"type\":\"null\"}}}");
        Assert.True(ConstraintWalk.Allows(OutputConstraint.JsonSchema(chain.ToString()), "null"));
    }
}
