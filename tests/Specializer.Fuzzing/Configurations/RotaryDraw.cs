using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Specializer.Fuzzing.Configurations;

/// <summary>Draws how a file spells its rotary positions.</summary>
internal static class RotaryDraw
{
    private static readonly double[] s_bases = [2, 100, 10_000, 10_000, 500_000, 1_000_000, 1e9];

    public static void Add(Random random, JsonTree file, FamilyTable table, int headDimension, int context)
    {
        double theta = s_bases[random.Next(s_bases.Length)];
        JsonTree scaling = new();
        string type =
            table.Name == "phi3"
                ? new[] { "default", "longrope" }[random.Next(2)]
                : new[] { "default", "default", "linear", "llama3", "yarn", "longrope" }[random.Next(6)];
        scaling[random.Next(3) == 0 && type != "default" ? "type" : "rope_type"] = type;
        double share =
            file[table.Name == "gpt_neox" ? "rotary_pct" : "partial_rotary_factor"] is JsonNumber given ? given.Value
            : table.Facts.TryGetValue("share", out string? own) ? double.Parse(own, CultureInfo.InvariantCulture)
            : 1;
        int dimension = (int)(headDimension * share);
        int original = 1 + random.Next(context);
        switch (type)
        {
            case "linear":
                scaling["factor"] = new JsonNumber(1 + (random.Next(16) / 2.0));
                break;
            case "llama3":
                scaling["factor"] = new JsonNumber(1 + random.Next(8));
                scaling["low_freq_factor"] = new JsonNumber(1);
                scaling["high_freq_factor"] = new JsonNumber(2 + random.Next(4));
                scaling["original_max_position_embeddings"] = new JsonNumber(original);
                break;
            case "yarn":
                scaling["factor"] = new JsonNumber(1 + (random.Next(16) / 2.0));
                scaling["original_max_position_embeddings"] = new JsonNumber(original);
                if (random.Next(2) == 0)
                {
                    scaling["beta_fast"] = new JsonNumber(16);
                    scaling["beta_slow"] = new JsonNumber(2);
                    scaling["truncate"] = random.Next(2) == 0;
                }

                break;
            case "longrope":
                List<object?> Factors() =>
                    (List<object?>)JsonTree.From(Enumerable.Range(0, dimension / 2).Select(_ => 1 + (random.Next(40) / 8.0)))!;
                scaling["short_factor"] = Factors();
                scaling["long_factor"] = Factors();
                if (table.Name == "phi3")
                {
                    file["original_max_position_embeddings"] = new JsonNumber(Math.Max(2, original));
                }
                else
                {
                    scaling["original_max_position_embeddings"] = new JsonNumber(Math.Max(2, original));
                }

                break;
        }

        string basis = table.Name == "gpt_neox" ? "rotary_emb_base" : "rope_theta";
        if (random.Next(2) == 0)
        {
            file[basis] = new JsonNumber(theta);
            if (type != "default")
            {
                file["rope_scaling"] = scaling;
            }
        }
        else if (table.Name != "gemma3_text")
        {
            scaling["rope_theta"] = new JsonNumber(theta);
            file["rope_parameters"] = scaling;
        }
        else
        {
            file.Members.RemoveAll(static member => member.Name == "rope_local_base_freq");
            JsonTree kinds = new(),
                local = new();
            scaling["rope_theta"] = new JsonNumber(theta);
            local["rope_type"] = "default";
            local["rope_theta"] = new JsonNumber(10_000);
            kinds["full_attention"] = scaling;
            kinds["sliding_attention"] = local;
            file["rope_parameters"] = kinds;
        }
    }
}
