using System;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Configurations;

using RotaryPairing = Specializer.Generator.Architecture.RotaryPairing;

/// <summary>One reader of rotary positions for all families and all spellings.</summary>
[Feature("configurations")]
[Feature("rotary")]
public sealed class RotaryReadingTests
{
    private const string Sizes =
        "\"hidden_size\": 96, \"num_hidden_layers\": 2, \"num_attention_heads\": 6, \"intermediate_size\": 64, \"vocab_size\": 50";

    private static string Llama(string fields) =>
        $$"""{ "model_type": "llama", {{Sizes}}, "max_position_embeddings": 512{{(fields.Length > 0 ? ", " + fields : "")}} }""";

    [Theory]
    [InlineData("", 10_000)]
    [InlineData("\"rope_theta\": 500000.0", 500_000)]
    [InlineData("\"rope_parameters\": { \"rope_theta\": 500000.0, \"rope_type\": \"default\" }", 500_000)]
    [InlineData("\"rope_parameters\": { \"rope_theta\": 500000.0 }, \"rope_theta\": 500000", 500_000)]
    [InlineData("\"rope_scaling\": { \"rope_type\": \"default\", \"rope_theta\": 300000 }", 300_000)]
    [InlineData("\"rope_parameters\": null, \"rope_scaling\": null", 10_000)]
    public void The_base_stands_where_the_version_puts_it(string fields, double theta) =>
        Assert.Equal(
            new RotaryPositions(theta, 16, RotaryPairing.HalfSplit, new NoScaling()),
            Reading.Rotary(Reading.Architecture(Llama(fields)))
        );

    [Theory]
    [InlineData("linear", "\"factor\": 4.0")]
    [InlineData("llama3", "\"factor\": 8.0, \"low_freq_factor\": 1.0, \"high_freq_factor\": 4.0, \"original_max_position_embeddings\": 64")]
    [InlineData("yarn", "\"factor\": 4.0, \"original_max_position_embeddings\": 128, \"beta_fast\": 16")]
    [InlineData("dynamic", "\"factor\": 2.0")]
    public void A_scaling_is_the_same_in_both_spellings(string type, string fields)
    {
        RotaryPositions old = Reading.Rotary(
            Reading.Architecture(Llama($"\"rope_theta\": 5000, \"rope_scaling\": {{ \"type\": \"{type}\", {fields} }}"))
        );
        RotaryPositions current = Reading.Rotary(
            Reading.Architecture(Llama($"\"rope_parameters\": {{ \"rope_theta\": 5000, \"rope_type\": \"{type}\", {fields} }}"))
        );
        RotaryPositions both = Reading.Rotary(
            Reading.Architecture(
                Llama(
                    $"\"rope_scaling\": {{ \"type\": \"{type}\", {fields} }}, \"rope_parameters\": {{ \"rope_theta\": 5000, \"rope_type\": \"{type}\", {fields} }}"
                )
            )
        );
        Assert.Equal(old, current);
        Assert.Equal(old, both);
        Assert.IsNotType<NoScaling>(old.Scaling);
    }

    /// <summary>The attention factor of YaRN as modeling_rope_utils.py of transformers 5 computes it.</summary>
    [Theory]
    [InlineData("", 1.1386294361119891)]
    [InlineData(", \"attention_factor\": 0.7", 0.7)]
    [InlineData(", \"mscale\": 1.0, \"mscale_all_dim\": 1.0", 1)]
    [InlineData(", \"mscale\": 0.5, \"mscale_all_dim\": 1.0", 0.93912442814347097)]
    [InlineData(", \"mscale\": 0.5", 1.1386294361119891)]
    public void The_attention_factor_of_YaRN(string fields, double expected)
    {
        var yarn = (YarnScaling)
            Reading
                .Rotary(
                    Reading.Architecture(
                        Llama(
                            $"\"rope_scaling\": {{ \"rope_type\": \"yarn\", \"factor\": 4.0, \"original_max_position_embeddings\": 128{fields} }}"
                        )
                    )
                )
                .Scaling;
        Assert.Equal(expected, yarn.AttentionFactor, 1e-7);
        Assert.Equal((128, 32.0, 1.0, true), (yarn.OriginalContextLength, yarn.BetaFast, yarn.BetaSlow, yarn.Truncate));
    }

    [Fact]
    public void YaRN_without_truncation_and_with_zero_betas()
    {
        var yarn = (YarnScaling)
            Reading
                .Rotary(
                    Reading.Architecture(
                        Llama(
                            "\"rope_scaling\": { \"rope_type\": \"yarn\", \"factor\": 4.0, \"truncate\": false, \"beta_fast\": 0, \"beta_slow\": null }"
                        )
                    )
                )
                .Scaling;
        Assert.Equal((512, 32.0, 1.0, false), (yarn.OriginalContextLength, yarn.BetaFast, yarn.BetaSlow, yarn.Truncate));
    }

    [Theory]
    [InlineData(
        "\"rope_theta\": 10000, \"rope_parameters\": { \"rope_theta\": 20000 }",
        "\"rope_theta\" is 10000, but \"rope_parameters.rope_theta\", another name of it, is 20000"
    )]
    [InlineData(
        "\"rope_scaling\": { \"rope_type\": \"linear\", \"type\": \"yarn\", \"factor\": 2 }",
        "\"rope_scaling.type\" is \"yarn\", but \"rope_scaling.rope_type\""
    )]
    [InlineData(
        "\"rope_scaling\": { \"type\": \"linear\", \"factor\": 2 }, \"rope_parameters\": { \"rope_type\": \"linear\", \"factor\": 3 }",
        "\"rope_scaling.factor\" is 2, but \"rope_parameters.factor\""
    )]
    [InlineData(
        "\"original_max_position_embeddings\": 64, \"rope_scaling\": { \"type\": \"yarn\", \"factor\": 2, \"original_max_position_embeddings\": 32 }",
        "\"original_max_position_embeddings\" is 64, but"
    )]
    public void Spellings_that_disagree_are_errors(string fields, string message) =>
        Assert.StartsWith(message, Reading.Problem(Llama(fields)), StringComparison.Ordinal);

    [Theory]
    [InlineData("\"rope_theta\": -10000", "\"rope_theta\" is -10000, but must be a number from 1 to")]
    [InlineData("\"rope_theta\": 0", "\"rope_theta\" is 0, but must be")]
    [InlineData("\"rope_theta\": NaN", "\"rope_theta\" is NaN, but must be")]
    [InlineData("\"rope_scaling\": { \"type\": \"linear\", \"factor\": 0 }", "\"rope_scaling.factor\" is 0, but must be at least 1")]
    [InlineData("\"rope_scaling\": { \"type\": \"linear\" }", "the field \"rope_scaling.factor\" is missing")]
    [InlineData("\"partial_rotary_factor\": 0.5", "\"partial_rotary_factor\" is 0.5: this family rotates whole heads")]
    [InlineData(
        "\"rope_scaling\": { \"rope_type\": \"default\", \"factor\": 4.0 }",
        "\"rope_scaling.factor\" is 4: its name suggests that it changes the computation"
    )]
    [InlineData(
        "\"rope_parameters\": { \"full_attention\": { \"rope_theta\": 1000000.0 } }",
        "\"rope_parameters.full_attention\" is an object: its name suggests that it changes the computation"
    )]
    [InlineData("\"rope_scaling\": { \"type\": \"mrope\" }", "\"rope_scaling.type\" is \"mrope\", but must be one of")]
    public void Values_out_of_range_are_errors(string fields, string message) =>
        Assert.StartsWith(message, Reading.Problem(Llama(fields)), StringComparison.Ordinal);

    /// <summary>Each of them read or wrote outside its buffers, or gave garbage.</summary>
    [Theory]
    [InlineData("phi", "partial_rotary_factor", "2", "more than 0 and at most 1")]
    [InlineData("phi3", "partial_rotary_factor", "1.2", "more than 0 and at most 1")]
    [InlineData("phi", "partial_rotary_factor", "0.2", "a fraction that rotates an even number of at least 2 elements of a head")]
    [InlineData("gpt_neox", "rotary_pct", "2", "more than 0 and at most 1")]
    [InlineData("gpt_neox", "rotary_emb_base", "-1", "a number from 1 to")]
    [InlineData("phi", "layer_norm_eps", "-1e-5", "0 or a small positive number")]
    [InlineData("mistral", "rms_norm_eps", "1e40", "0 or a small positive number")]
    public void Shares_and_epsilons_have_ranges(string family, string field, string value, string expected) =>
        Assert.Contains(
            $"\"{field}\" is {double.Parse(value, System.Globalization.CultureInfo.InvariantCulture).ToString("R", System.Globalization.CultureInfo.InvariantCulture)}, but must be {expected}",
            Reading.Problem(
                $$"""{ "model_type": "{{family}}", {{Sizes}}, {{(family is "mistral" ? "\"num_key_value_heads\": 2," : "")}} "{{field}}": {{value}} }"""
            ),
            StringComparison.Ordinal
        );

    [Fact]
    public void Dynamic_scaling_ends_at_the_files_own_length()
    {
        string file = Llama("\"rope_scaling\": { \"type\": \"dynamic\", \"factor\": 2.0 }");
        Assert.Equal(512, Reading.Architecture(file).ContextLength);
        Assert.Equal(400, Reading.Architecture(file, 400).ContextLength);
        Assert.Contains("set ContextLength to at most 512", Reading.Problem(file, 513), StringComparison.Ordinal);
    }

    [Fact]
    public void Lengths_beyond_the_limit_need_a_context_length()
    {
        string file = Llama("").Replace("512", "1000000000000", StringComparison.Ordinal);
        Assert.Contains("set ContextLength", Reading.Problem(file), StringComparison.Ordinal);
        Assert.Equal(64, Reading.Architecture(file, 64).ContextLength);
    }

    /// <summary>Phi-3's field is a sibling of the scaling; its first files call the scaling su or yarn.</summary>
    [Theory]
    [InlineData("su", "\"original_max_position_embeddings\": 64,", "", 64)]
    [InlineData("yarn", "\"original_max_position_embeddings\": 64,", "", 64)]
    [InlineData("longrope", "", ", \"original_max_position_embeddings\": 64", 64)]
    [InlineData("longrope", "", "", 4096)]
    public void LongRoPE_of_Phi3(string type, string beside, string inside, int original)
    {
        const string Factors = "[1, 1, 1, 1, 1, 1, 1, 1]";
        string file = $$"""
            { "model_type": "phi3", {{Sizes}}, {{beside}} "max_position_embeddings": 8192,
              "rope_scaling": { "type": "{{type}}", "short_factor": {{Factors}}, "long_factor": {{Factors.Replace(
                "1",
                "4",
                StringComparison.Ordinal
            )}}{{inside}} } }
            """;
        var scaling = (LongScaling)Reading.Rotary(Reading.Architecture(file)).Scaling;
        Assert.Equal(original, scaling.OriginalContextLength);
        Assert.Equal(Math.Sqrt(1 + (Math.Log(8192.0 / original) / Math.Log(original))), scaling.AttentionFactor, 1e-12);
        Assert.Equal(Enumerable.Repeat(4.0, 8), scaling.Factors);
        Assert.Equal(Enumerable.Repeat(1.0, 8), scaling.ShortFactors);
    }

    [Theory]
    [InlineData("", 1_000_000, 10_000)]
    [InlineData("\"rope_theta\": 500000, \"rope_local_base_freq\": 20000,", 500_000, 20_000)]
    [InlineData(
        "\"rope_parameters\": { \"full_attention\": { \"rope_theta\": 500000 }, \"sliding_attention\": { \"rope_theta\": 20000, \"rope_type\": \"default\" } },",
        500_000,
        20_000
    )]
    [InlineData("\"rope_parameters\": { \"full_attention\": { \"rope_theta\": 500000 }, \"sliding_attention\": null },", 500_000, 10_000)]
    public void Gemma3_has_a_base_for_each_kind_of_layers(string fields, double full, double sliding)
    {
        TransformerArchitecture model = Reading.Architecture(
            $$"""
            { "model_type": "gemma3_text", {{fields}} {{Sizes}}, "num_key_value_heads": 2, "head_dim": 16, "query_pre_attn_scalar": 16 }
            """
        );
        Assert.Equal((sliding, full), (Reading.Rotary(model, 0).Base, Reading.Rotary(model, 1).Base));
    }

    [Fact]
    public void Gemma3s_scaling_is_for_layers_without_a_window()
    {
        string file = $$"""
            { "model_type": "gemma3_text", {{Sizes}}, "num_key_value_heads": 2, "head_dim": 16, "query_pre_attn_scalar": 16, "rope_scaling": { "rope_type": "linear", "factor": 8.0 } }
            """;
        TransformerArchitecture model = Reading.Architecture(file);
        Assert.Equal(new NoScaling(), Reading.Rotary(model, 0).Scaling);
        Assert.Equal(new LinearScaling(8), Reading.Rotary(model, 1).Scaling);
        Assert.StartsWith(
            "\"rope_parameters\" is an object: this family requires one object for full_attention",
            Reading.Problem(file.Replace("rope_scaling", "rope_parameters", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
    }
}
