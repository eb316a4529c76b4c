using System;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>
/// Reads rotary positions in all spellings: <c>rope_theta</c> with <c>rope_scaling</c> (transformers 4), or
/// <c>rope_parameters</c>, flat or with an object for each layer kind (transformers 5). The type is named <c>rope_type</c> or
/// <c>type</c>. The values are computed as in modeling_rope_utils.py of transformers 5. Contradictory spellings are errors.
/// </summary>
internal sealed class RotaryReader
{
    private readonly ModelConfiguration _file;
    private readonly RotaryDefaults _defaults;

    /// <summary>The objects that may contain a parameter, the newest spelling first.</summary>
    private readonly ModelConfiguration[] _sections;

    private RotaryReader(ModelConfiguration file, RotaryDefaults defaults)
    {
        _file = file;
        _defaults = defaults;
        ModelConfiguration parameters = file.Section("rope_parameters");
        if (defaults.LayerType is { } type && (parameters.IsGiven("full_attention") || parameters.IsGiven("sliding_attention")))
        {
            // With one object for each kind, no code reads the fields beside them, so they are reported.
            parameters = parameters.Section(type);
        }

        // Accounted for even if it is null.
        ModelConfiguration scaling = file.Section("rope_scaling");
        _sections = defaults.IsScaled ? [parameters, scaling] : [parameters];
    }

    /// <summary>Reads the rotary positions of one layer kind.</summary>
    /// <param name="file">The configuration.</param>
    /// <param name="headDimension">The head dimension.</param>
    /// <param name="headFields">The fields that the head dimension comes from.</param>
    /// <param name="defaults">The family's spelling.</param>
    public static RotaryPositions Read(ModelConfiguration file, int headDimension, string[] headFields, RotaryDefaults defaults) =>
        new RotaryReader(file, defaults).Read(headDimension, headFields);

    private RotaryPositions Read(int headDimension, string[] headFields)
    {
        double theta = _defaults.Base;
        if (Pick("rope_theta", _defaults.BaseFields) is var (section, field))
        {
            theta = section.Number(field, null, NumberRange.RotaryBase);
        }
        else
        {
            _file.TakeDefault(_defaults.BaseFields[0], theta.ToString("R", CultureInfo.InvariantCulture));
        }

        (ModelConfiguration Section, string Field)? shareField = Pick("partial_rotary_factor", _defaults.ShareFields);
        double share = shareField is var (shareSection, shareName)
            ? shareSection.Number(shareName, null, NumberRange.Share)
            : _defaults.Share;
        if (_defaults.ShareFields.Length == 0 && Pick("partial_rotary_factor", ["partial_rotary_factor"]) is var (fixedSection, fixedName))
        {
            fixedSection.Refuse(fixedSection.Number(fixedName) != 1, fixedName, "this family rotates whole heads");
            share = 1;
        }

        int dimension = (int)(headDimension * share);
        bool rotates = dimension >= 2 && dimension % 2 == 0;
        if (!rotates && _file.IsRight(headFields))
        {
            (ModelConfiguration blamed, string name) = shareField ?? (_file, headFields.FirstOrDefault(_file.IsGiven) ?? headFields[0]);
            blamed.Require(
                false,
                name,
                FormattableString.Invariant(
                    $"a fraction that rotates an even number of at least 2 elements of a head; it rotates {dimension} of {headDimension}"
                )
            );
        }

        if (_defaults.ReadsAlpha && Given("alpha") && headDimension > 2)
        {
            theta *= Math.Pow(Number("alpha", null, NumberRange.Positive), headDimension / (headDimension - 2.0));
        }

        // Without scaling, the original context length has no effect.
        _file.WithoutEffect("original_max_position_embeddings");
        dimension = rotates ? dimension : 2;
        return new RotaryPositions(theta, dimension, _defaults.Pairing, Scaling(dimension, theta, rotates));
    }

    private FrequencyScalingArchitecture Scaling(int dimension, double theta, bool rotates)
    {
        switch (Type(out ModelConfiguration typeSection, out string typeField))
        {
            case "default":
                return new NoScaling();
            case "mrope" when _defaults.HasImageAxes:
                return new NoScaling();
            case "linear":
                return new LinearScaling(Factor());
            case "dynamic" when _defaults.ReadsAlpha && Given("alpha"):
                // The class ignores them beside alpha.
                Holder("alpha").WithoutEffect("factor", "beta_fast", "beta_slow", "mscale", "mscale_all_dim");
                return new NoScaling();
            case "dynamic":
                return new DynamicScaling(Factor(), Longest());
            case "llama3":
                double low = Number("low_freq_factor", null, NumberRange.Positive),
                    high = Number("high_freq_factor", null, NumberRange.Positive);
                Holder("high_freq_factor")
                    .Require(
                        high > low,
                        "high_freq_factor",
                        "more than \"low_freq_factor\", which is " + low.ToString("R", CultureInfo.InvariantCulture),
                        "low_freq_factor"
                    );
                return new Llama3Scaling(Factor(), low, high, Original());
            case "yarn" or "su" when _defaults.YarnIsLongRope:
                return LongRope(dimension, rotates);
            case "yarn":
                return Yarn(theta);
            case "longrope" or "su":
                return LongRope(dimension, rotates);
            default:
                return typeSection.Wrong(typeField, "one of default, linear, dynamic, llama3, yarn, longrope", new NoScaling());
        }
    }

    private YarnScaling Yarn(double theta)
    {
        double factor = Factor();
        double fast = Beta("beta_fast", 32),
            slow = Beta("beta_slow", 1);
        Holder("beta_fast")
            .Require(
                fast > slow,
                "beta_fast",
                "more than \"beta_slow\", which is " + slow.ToString("R", CultureInfo.InvariantCulture),
                "beta_slow"
            );
        if (theta <= 1 && Pick("rope_theta", _defaults.BaseFields) is var (section, field))
        {
            section.Require(false, field, "more than 1 for YaRN");
        }

        double amplitude = Mscale(factor, 1);
        double own = Number("mscale", 0, NumberRange.ZeroOrPositive),
            all = Number("mscale_all_dim", 0, NumberRange.ZeroOrPositive);
        if (own > 0 && all > 0)
        {
            amplitude = Mscale(factor, own) / Mscale(factor, all);
        }

        return new YarnScaling(
            factor,
            Original(),
            fast,
            slow,
            Given("attention_factor") ? Number("attention_factor", null, NumberRange.Positive) : amplitude
        )
        {
            Truncate = Holder("truncate").Flag("truncate", true),
        };
    }

    private static double Mscale(double factor, double mscale) => factor <= 1 ? 1 : (0.1 * mscale * Math.Log(factor)) + 1;

    /// <summary>Reads a beta of YaRN, in rotations; 0 and null mean the default.</summary>
    private double Beta(string name, double defaultValue)
    {
        double value = Given(name) ? Number(name, null, NumberRange.ZeroOrPositive) : 0;
        return value == 0 ? defaultValue : value;
    }

    private LongScaling LongRope(int dimension, bool rotates)
    {
        int original = Original();
        double factor = Given("factor") ? Factor() : (double)Longest() / original;
        double amplitude = factor <= 1 || original <= 1 ? 1 : Math.Sqrt(1 + (Math.Log(factor) / Math.Log(original)));
        return new LongScaling(
            new EquatableArray<double>(Factors("long_factor")),
            Given("attention_factor") ? Number("attention_factor", null, NumberRange.Positive) : amplitude
        )
        {
            ShortFactors = new EquatableArray<double>(Factors("short_factor")),
            OriginalContextLength = original,
        };

        double[] Factors(string name)
        {
            ModelConfiguration holder = Holder(name);
            double[] factors = [.. holder.Items(name).Select(static item => item.Kind == JsonKind.Number ? item.Number : 0)];
            bool isRight = factors.Length == dimension / 2 && factors.All(NumberRange.Positive.Contains);
            if (rotates && holder.IsRight(name))
            {
                holder.Require(isRight, name, $"an array of {(dimension / 2).ToString(CultureInfo.InvariantCulture)} positive numbers");
            }

            return isRight ? factors : [.. Enumerable.Repeat(1.0, dimension / 2)];
        }
    }

    /// <summary>Reads the name of the scaling in any spelling.</summary>
    private string Type(out ModelConfiguration section, out string field)
    {
        (ModelConfiguration Section, string Field)[] given =
        [
            .. _sections
                .SelectMany(static section => new[] { (section, "rope_type"), (section, "type") })
                .Where(static place => place.section.Has(place.Item2)),
        ];
        (section, field) = given.Length == 0 ? (_sections[0], "rope_type") : given[0];
        if (given.Length == 0)
        {
            return "default";
        }

        string type = section.Text(field);
        foreach ((ModelConfiguration other, string name) in given.Skip(1))
        {
            // mrope is Qwen2-VL's name of the default.
            string found = other.Text(name);
            if (found != type && !(_defaults.HasImageAxes && found is "mrope" or "default" && type is "mrope" or "default"))
            {
                other.Disagree(name, field, section);
            }
        }

        if (_defaults.HasImageAxes)
        {
            foreach (ModelConfiguration axes in _sections)
            {
                axes.WithoutEffect("mrope_section", "mrope_interleaved");
            }
        }

        return type;
    }

    private double Factor() => Number("factor", null, NumberRange.Factor);

    private double Number(string name, double? defaultValue, NumberRange range) =>
        Given(name) || defaultValue is null ? Holder(name).Number(name, defaultValue, range) : defaultValue.Value;

    private int Longest()
    {
        int longest = _file.Length("max_position_embeddings", _defaults.LongestContext);
        if (longest == int.MaxValue)
        {
            // The scaling depends on the number, and only a lower bound of it is known.
            _file.Require(false, "max_position_embeddings", "less than 2147483647, because scaled rotary positions depend on it");
        }

        return longest;
    }

    private int Original() =>
        Pick("original_max_position_embeddings", ["original_max_position_embeddings"]) is var (section, field)
            ? section.Extent(field)
            : _defaults.OriginalContext ?? Longest();

    private bool Given(string name) => Holder(name).Has(name);

    /// <summary>Returns the object that contains a parameter, or the one that it is missing from.</summary>
    private ModelConfiguration Holder(string name)
    {
        ModelConfiguration[] holders = [.. _sections.Where(section => section.Has(name))];
        if (holders.Length > 1 && !holders[0].Find(name)!.Says(holders[1].Find(name)!))
        {
            holders[1].Disagree(name, name, holders[0]);
        }

        return holders.Length > 0 ? holders[0] : _sections.LastOrDefault(static section => section.Count > 0) ?? _sections[0];
    }

    /// <summary>Finds a parameter in the scaling or, under other names, outside it; null if it is absent.</summary>
    private (ModelConfiguration Section, string Field)? Pick(string name, string[] beside)
    {
        (ModelConfiguration Section, string Field)[] places =
        [
            .. _sections.Where(section => section.Has(name)).Select(section => (section, name)),
            .. beside.Where(_file.Has).Select(field => (_file, field)),
        ];
        foreach ((ModelConfiguration section, string field) in places.Skip(1))
        {
            if (!places[0].Section.Find(places[0].Field)!.Says(section.Find(field)!))
            {
                section.Disagree(field, places[0].Field, places[0].Section);
            }
        }

        return places.Length == 0 ? null : places[0];
    }
}
