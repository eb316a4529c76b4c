using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;

namespace Specializer.Tool;

/// <summary>Translates the rotary positions of a GGUF file, which are partly in keys and partly in tensors.</summary>
/// <param name="fields">The metadata.</param>
/// <param name="values">The config.json.</param>
internal sealed class GgufRotary(GgufFields fields, JsonObject values)
{
    private const double Tolerance = 2e-6;

    /// <summary>Adds rope_theta and rope_scaling of a family that rotates whole heads.</summary>
    /// <param name="head">The width of a head.</param>
    public void Read(int head)
    {
        int dimension = fields.Integer("rope.dimension_count", head);
        if (dimension != head)
        {
            throw fields.Unsupported(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{fields.Architecture}.rope.dimension_count is {dimension}, but a head has {head} elements; this family rotates whole heads."
                )
            );
        }

        double theta = Base();
        float[]? divisors = Factors("rope_freqs.weight", dimension);
        JsonObject? scaling = Scaling();
        if (divisors is not null && scaling is not null)
        {
            throw fields.Unsupported("the file has both the tensor rope_freqs.weight and a rope.scaling.type; expected one of them.");
        }

        values["rope_scaling"] = divisors is null ? scaling : OfDivisors(divisors, theta, dimension);
    }

    /// <summary>Adds rope_theta, the share of a head that is rotated, and LongRoPE's factors.</summary>
    /// <param name="head">The width of a head.</param>
    public void Phi3(int head)
    {
        int dimension = fields.Integer("rope.dimension_count", head);
        if (dimension != head)
        {
            values["partial_rotary_factor"] = (double)dimension / head;
        }

        Base();
        float[]? longer = Factors("rope_factors_long.weight", dimension),
            shorter = Factors("rope_factors_short.weight", dimension);
        int context = fields.Integer("context_length"),
            original = fields.Integer("rope.scaling.original_context_length", context);
        values["original_max_position_embeddings"] = original;
        if (longer is null && shorter is null)
        {
            fields.Ignore("rope.scaling.attn_factor");
            values["rope_scaling"] = Scaling();
            return;
        }

        string type = fields.Text("rope.scaling.type", "longrope");
        if (longer is null || shorter is null || type is not ("longrope" or "none"))
        {
            throw fields.Unsupported(
                $"the rotary factors are incomplete or do not belong to the rope.scaling.type {type}. Expected rope_factors_long.weight, rope_factors_short.weight and the type longrope."
            );
        }

        fields.Ignore("rope.scaling.factor");
        var scaling = new JsonObject
        {
            ["type"] = "longrope",
            ["long_factor"] = Numbers(longer),
            ["short_factor"] = Numbers(shorter),
        };
        double factor = (double)context / original,
            expected = factor <= 1 || original <= 1 ? 1 : Math.Sqrt(1 + (Math.Log(factor) / Math.Log(original))),
            amplitude = fields.Number("rope.scaling.attn_factor", expected);

        // The key has 32 bits; the value that follows from the lengths is more precise.
        if (Math.Abs(amplitude - expected) > Tolerance * expected)
        {
            scaling["attention_factor"] = amplitude;
        }

        values["rope_scaling"] = scaling;
    }

    private double Base()
    {
        double theta = fields.Number("rope.freq_base", 10_000);
        values["rope_theta"] = theta;
        return theta;
    }

    /// <summary>Returns the scaling of the keys; null for none.</summary>
    private JsonObject? Scaling()
    {
        string type = fields.Text("rope.scaling.type", "none");
        double factor = fields.Number("rope.scaling.factor", 1);
        double old = fields.Number("rope.scale_linear", 1);
        if (old != 1 && type == "none")
        {
            (type, factor) = ("linear", old);
        }

        switch (type)
        {
            case "none":
            case "linear" when factor is 1 or 0:
                fields.Ignore("rope.scaling.original_context_length", "rope.scaling.finetuned", "rope.scaling.yarn_log_multiplier");
                Only("rope.scaling.attn_factor", 1);
                return null;
            case "linear":
                fields.Ignore("rope.scaling.original_context_length", "rope.scaling.finetuned");
                Only("rope.scaling.attn_factor", 1);
                return new JsonObject { ["rope_type"] = "linear", ["factor"] = factor };
            case "yarn":
                fields.Ignore("rope.scaling.finetuned");
                Only("rope.scaling.attn_factor", 1);
                Only("rope.scaling.yarn_attn_factor", 1);
                Only("rope.scaling.yarn_ext_factor", 1);
                return new JsonObject
                {
                    ["rope_type"] = "yarn",
                    ["factor"] = factor,
                    ["original_max_position_embeddings"] = fields.Integer("rope.scaling.original_context_length"),
                    ["beta_fast"] = fields.Number("rope.scaling.yarn_beta_fast", 32),
                    ["beta_slow"] = fields.Number("rope.scaling.yarn_beta_slow", 1),
                };
            default:
                throw fields.Unsupported(
                    $"{fields.Architecture}.rope.scaling.type is \"{type}\"; supported are none, linear and yarn, and longrope with its tensors."
                );
        }
    }

    private void Only(string key, double expected)
    {
        if (fields.HasKey(key) && fields.Number(key) is var found && found != expected)
        {
            throw fields.Unsupported(
                string.Create(CultureInfo.InvariantCulture, $"{fields.Architecture}.{key} is {found}; only {expected} is supported.")
            );
        }
    }

    /// <summary>
    /// Returns the llama3 scaling whose divisors these are. Any other divisors are those of LongRoPE, the same for short and long
    /// contexts. The converter stores low_freq_factor and high_freq_factor only by their effect; published models have 1 and 4.
    /// </summary>
    private JsonObject? OfDivisors(float[] divisors, double theta, int dimension)
    {
        const double Low = 1,
            High = 4;
        if (divisors.All(static divisor => divisor == 1))
        {
            return null;
        }

        double factor = divisors.Max();
        for (int i = 0; i < divisors.Length; i++)
        {
            if (divisors[i] <= 1 || divisors[i] >= factor)
            {
                continue;
            }

            // 1 / divisor = (1 - smooth) / factor + smooth, and smooth = (original / wavelength - low) / (high - low).
            double smooth = ((1 / divisors[i]) - (1 / factor)) / (1 - (1 / factor)),
                wavelength = 2 * Math.PI * Math.Pow(theta, 2.0 * i / dimension),
                original = Math.Round(wavelength * (Low + (smooth * (High - Low))));
            if (original is < 1 or > int.MaxValue || !IsLlama3(divisors, theta, dimension, factor, (int)original))
            {
                break;
            }

            return new JsonObject
            {
                ["rope_type"] = "llama3",
                ["factor"] = factor,
                ["low_freq_factor"] = Low,
                ["high_freq_factor"] = High,
                ["original_max_position_embeddings"] = (int)original,
            };
        }

        return new JsonObject
        {
            ["rope_type"] = "longrope",
            ["long_factor"] = Numbers(divisors),
            ["short_factor"] = Numbers(divisors),
            ["attention_factor"] = 1.0,
            ["original_max_position_embeddings"] = fields.Integer("context_length"),
        };
    }

    private static bool IsLlama3(float[] divisors, double theta, int dimension, double factor, int original)
    {
        ReadOnlySpan<double> plain = RotaryFrequencies.Plain(dimension, theta).Frequencies,
            scaled = RotaryFrequencies.Llama3(dimension, theta, factor, 1, 4, original).Frequencies;
        for (int i = 0; i < divisors.Length; i++)
        {
            double expected = plain[i] / scaled[i];
            if (Math.Abs(divisors[i] - expected) > Tolerance * expected)
            {
                return false;
            }
        }

        return true;
    }

    private float[]? Factors(string name, int dimension)
    {
        if (fields.Tensor(name) is not var (file, tensor))
        {
            return null;
        }

        if (tensor.TypeName != "F32" || tensor.Shape.Length != 1 || tensor.ElementCount != dimension / 2)
        {
            throw fields.Unsupported(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the tensor {name} has {tensor.ElementCount} elements of type {tensor.TypeName}; expected {dimension / 2} of type F32, one for each rotary pair."
                )
            );
        }

        float[] factors = new float[tensor.ElementCount];
        new GgufContent(file, tensor).Read(0, factors);
        return factors.All(static factor => float.IsFinite(factor) && factor > 0)
            ? factors
            : throw fields.Unsupported($"the tensor {name} has factors that are not positive numbers.");
    }

    private static JsonArray Numbers(IEnumerable<float> numbers) =>
        [
            .. numbers.Select(static number =>
                (JsonNode)double.Parse(number.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
            ),
        ];
}
