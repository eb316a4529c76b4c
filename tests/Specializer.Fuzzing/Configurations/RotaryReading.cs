using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Specializer.Fuzzing.Configurations;

/// <summary>
/// Rotary positions as modeling_rope_utils.py of transformers 5 computes them, of files that spell them in one way. Files in
/// which two spellings contradict each other have no model; those that fall between versions are left open.
/// </summary>
internal sealed class RotaryReading
{
    private readonly FamilyReader _reader;
    private readonly FamilyTable _table;
    private readonly JsonTree _file;
    private readonly bool _sliding;
    private readonly JsonTree _scaling = new();

    public RotaryReading(FamilyReader reader, FamilyTable table, JsonTree file, bool sliding)
    {
        _reader = reader;
        _table = table;
        _file = file;
        _sliding = sliding;
        if (reader.Number("rotaryDimension") is not null)
        {
            return;
        }

        JsonTree? old = Section("rope_scaling"),
            own = Section("rope_parameters");
        if (own is not null && (own.Has("full_attention") || own.Has("sliding_attention")))
        {
            if (table.Name != "gemma3_text")
            {
                reader.LeaveOpen("rope_parameters by kind of layer");
                return;
            }

            object? kind = own[sliding ? "sliding_attention" : "full_attention"];
            own = kind as JsonTree;
            if (kind is not null and not JsonTree)
            {
                reader.Refuse("rope_parameters of a kind is no object");
            }
        }
        else if (own is not null && table.Name == "gemma3_text")
        {
            reader.LeaveOpen("flat rope_parameters of Gemma 3");
        }

        if (old is not null && own is not null)
        {
            reader.LeaveOpen("rope_scaling beside rope_parameters");
        }

        _scaling = own ?? (sliding ? null : old) ?? _scaling;
    }

    public double Base()
    {
        if (_reader.Number("rotaryDimension") is not null)
        {
            return 10_000;
        }

        List<double> given = [];
        string[] names =
            _sliding ? ["rope_local_base_freq"]
            : _table.Name == "gpt_neox" ? ["rotary_emb_base"]
            : ["rope_theta"];
        Add(_scaling, "rope_theta");
        foreach (string name in names)
        {
            Add(_file, name);
        }

        if (_table.Name == "gpt_neox" && (_file.Has("rope_theta") || _file.Has("partial_rotary_factor")))
        {
            _reader.LeaveOpen("a spelling that GPT-NeoX does not read");
        }

        if (given.Distinct().Count() > 1)
        {
            _reader.Refuse("two bases");
        }

        return given.Count > 0 ? given[0]
            : _sliding ? 10_000
            : _reader.Number("base") ?? 10_000;

        void Add(JsonTree place, string name)
        {
            if (place[name] is { } value)
            {
                given.Add(Number(value, name, static number => number > 0));
            }
            else if (place.Has(name))
            {
                _reader.LeaveOpen(name + " is null");
            }
        }
    }

    /// <summary>The part of a head that is rotated.</summary>
    public double Share()
    {
        bool partial = Array.Exists(_table.Fields, static field => field.Type == "share");
        double? inside = _scaling["partial_rotary_factor"] is { } value
            ? Number(value, "partial_rotary_factor", static number => number is > 0 and <= 1)
            : null;
        string? field = _table.Fields.FirstOrDefault(static field => field.Type == "share")?.Name;
        double? outside = field is not null && _file[field] is not null ? _reader.Number("share") : null;
        if (!partial)
        {
            if (inside is not null and not 1)
            {
                _reader.LeaveOpen("a share that the family ignores");
            }

            return 1;
        }

        if (inside is not null && outside is not null && inside != outside)
        {
            _reader.Refuse("two shares");
        }

        return inside ?? outside ?? _reader.Number("share") ?? 1;
    }

    public string Scaling(int dimension)
    {
        object? newer = _scaling["rope_type"],
            older = _scaling["type"];
        if (newer is not null && older is not null && !newer.Equals(older))
        {
            _reader.LeaveOpen("rope_type beside another type");
        }

        object? type = newer ?? older;
        if (type is null)
        {
            return "none";
        }

        switch (type)
        {
            case "default":
                return "none";
            case "linear":
                return FormattableString.Invariant($"linear({Factor():R})");
            case "dynamic":
                return FormattableString.Invariant($"dynamic({Factor():R})");
            case "llama3" when _table.Name != "phi3":
                double low = Required("low_freq_factor"),
                    high = Required("high_freq_factor");
                if (high <= low)
                {
                    _reader.Refuse("the high frequencies begin below the low ones");
                }

                return FormattableString.Invariant($"llama3({Factor():R}, {low:R}, {high:R}, {Original()})");
            case "yarn" when _table.Name != "phi3":
                return Yarn();
            case "longrope" or "su" or "yarn":
                return LongRope(dimension);
            default:
                _reader.Refuse("an unknown type of scaling");
                return "";
        }
    }

    private string Yarn()
    {
        double factor = Factor(),
            fast = Optional("beta_fast") ?? 0,
            slow = Optional("beta_slow") ?? 0;
        fast = fast == 0 ? 32 : fast;
        slow = slow == 0 ? 1 : slow;
        double own = Optional("mscale") ?? 0,
            all = Optional("mscale_all_dim") ?? 0;
        double amplitude = own != 0 && all != 0 ? Mscale(own) / Mscale(all) : Mscale(1);
        if (_scaling["attention_factor"] is not null)
        {
            amplitude = Required("attention_factor");
        }

        bool truncate = _scaling["truncate"] switch
        {
            bool flag => flag,
            null => true,
            _ => Refused(true),
        };
        string ramp = truncate ? "whole" : "exact";
        return FormattableString.Invariant($"yarn({factor:R}, {Original()}, {fast:R}, {slow:R}, {amplitude:G7}, {ramp})");

        double Mscale(double mscale) => factor <= 1 ? 1 : (0.1 * mscale * Math.Log(factor)) + 1;
        bool Refused(bool standIn)
        {
            _reader.Refuse("truncate is no flag");
            return standIn;
        }
    }

    private string LongRope(int dimension)
    {
        int original = Original();
        double factor = _scaling["factor"] is null ? (double)_reader.Whole("context") / original : Factor();
        if (original <= 1 && factor > 1)
        {
            _reader.LeaveOpen("a logarithm of 0");
        }

        double amplitude =
            _scaling["attention_factor"] is not null ? Required("attention_factor")
            : factor <= 1 ? 1
            : Math.Sqrt(1 + (Math.Log(factor) / Math.Log(original)));
        string shortFactors = Factors("short_factor"),
            longFactors = Factors("long_factor");
        return FormattableString.Invariant($"longrope({original}, {amplitude:G7}, [{shortFactors}], [{longFactors}])");

        string Factors(string name)
        {
            if (
                _scaling[name] is not List<object?> items
                || items.Count != dimension / 2
                || items.Exists(static item => item is not JsonNumber { Value: > 0 })
            )
            {
                _reader.Refuse(name + " has not a factor for each pair");
                return "";
            }

            return string.Join(
                ", ",
                items.Cast<JsonNumber>().Select(static item => item.Value.ToString("R", CultureInfo.InvariantCulture))
            );
        }
    }

    /// <summary>The context of the first training; a number beside the object goes before the one in it.</summary>
    private int Original()
    {
        const string Name = "original_max_position_embeddings";
        List<double> given = [];
        foreach (JsonTree place in new[] { _scaling, _file })
        {
            if (place[Name] is { } value)
            {
                given.Add(Number(value, Name, static number => number >= 1 && double.IsInteger(number)));
            }
        }

        if (given.Distinct().Count() > 1)
        {
            _reader.Refuse("two original contexts");
        }

        double original = given.Count > 0 ? given[0] : _reader.Number("original") ?? _reader.Whole("context");
        return (int)Math.Min(original, int.MaxValue);
    }

    private double Factor() => Number(_scaling["factor"], "factor", static number => number >= 1);

    private double Required(string name) => Number(_scaling[name], name, static number => number > 0);

    private double? Optional(string name) => _scaling[name] is { } value ? Number(value, name, static number => number >= 0) : null;

    private double Number(object? value, string name, Func<double, bool> isRight)
    {
        if (value is JsonNumber number && double.IsFinite(number.Value) && isRight(number.Value))
        {
            return number.Value;
        }

        _reader.Refuse(name + " is no such number");
        return 1;
    }

    private JsonTree? Section(string name)
    {
        object? value = _file[name];
        if (value is not null and not JsonTree)
        {
            _reader.Refuse(name + " is no object");
        }

        return value is JsonTree { Members.Count: > 0 } section ? section : null;
    }
}
