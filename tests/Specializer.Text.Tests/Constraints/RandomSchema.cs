using System;
using System.Linq;
using System.Text.Json.Nodes;

namespace Specializer.Text.Tests.Constraints;

/// <summary>Draws JSON schemas of the supported keywords.</summary>
internal static class RandomSchema
{
    private static readonly string[] s_names = ["name", "age", "a", "ab", "tags", "x\"y", "é", "items", "n\n", ""];
    private static readonly string[] s_formats = ["date", "time", "date-time", "uuid", "email", "ipv4", "hostname", "uri", "duration"];
    private static readonly string[] s_patterns =
    [
        "^[a-z]{2,5}$",
        "[0-9]+",
        "^(foo|ba[rz])?x*$",
        "a[bc]+b",
        "^\\d{3}-\\w+$",
        "^[ -!#-\\[\\]-~]{1,4}$",
        "\\s",
        "^é+$",
        "^\\S[ -/]$",
        "^(?:a|bc){2,3}$|z",
    ];

    public static string Draw(int seed)
    {
        var random = new Random(seed);
        JsonObject root = Node(random, 0);
        if (random.Next(4) != 0)
        {
            return root.ToJsonString();
        }

        // A list of unknown length by recursion.
        var list = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["v"] = Node(random, 2),
                ["next"] = new JsonObject { ["anyOf"] = new JsonArray(Type("null"), new JsonObject { ["$ref"] = "#/$defs/t" }) },
            },
            ["required"] = new JsonArray("v", "next"),
            ["additionalProperties"] = false,
        };
        return new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["a"] = root,
                ["b"] = new JsonObject { ["$ref"] = "#/$defs/t" },
            },
            ["required"] = new JsonArray("b"),
            ["$defs"] = new JsonObject { ["t"] = list },
        }.ToJsonString();
    }

    private static JsonObject Node(Random random, int depth) =>
        random.Next(depth > 2 ? 6 : 12) switch
        {
            0 => Type("boolean"),
            1 => Number(random),
            2 => Text(random),
            3 => new JsonObject { ["enum"] = new JsonArray("a", "b\"", 3, null, true, new JsonObject { ["k"] = new JsonArray(1, "é") }) },
            4 => new JsonObject { ["const"] = random.Next(2) == 0 ? "x\ny" : 4.5 },
            5 => new JsonObject { ["type"] = new JsonArray("null", "string", "integer") },
            6 => Array(random, depth),
            7 or 8 => Object(random, depth),
            9 => new JsonObject { ["anyOf"] = List(random, depth, 4) },
            10 => OneOf(random, depth),
            _ => random.Next(3) == 0 ? [] : AllOf(random, depth),
        };

    private static JsonObject Number(Random random)
    {
        JsonObject result = Type(random.Next(2) == 0 ? "integer" : "number");
        decimal low = Value(random);
        if (random.Next(2) == 0)
        {
            result[random.Next(2) == 0 ? "minimum" : "exclusiveMinimum"] = low;
        }

        if (random.Next(2) == 0)
        {
            result[random.Next(2) == 0 ? "maximum" : "exclusiveMaximum"] = result.Count > 1 ? low + random.Next(1, 300) : Value(random);
        }

        return result;
    }

    private static JsonObject Text(Random random)
    {
        JsonObject result = Type("string");
        switch (random.Next(5))
        {
            case 0:
                result["minLength"] = random.Next(4);
                result["maxLength"] = random.Next(4, 30);
                break;
            case 1:
                result["pattern"] = s_patterns[random.Next(s_patterns.Length)];
                if (random.Next(2) == 0)
                {
                    result["maxLength"] = random.Next(6, 20);
                }

                break;
            case 2:
                result["format"] = s_formats[random.Next(s_formats.Length)];
                break;
            case 3:
                result[random.Next(2) == 0 ? "minLength" : "maxLength"] = random.Next(3);
                break;
            default:
                break;
        }

        return result;
    }

    private static JsonObject Array(Random random, int depth)
    {
        JsonObject result = Type("array");
        if (random.Next(4) > 0)
        {
            result["items"] = Node(random, depth + 1);
        }

        if (random.Next(3) == 0)
        {
            result["prefixItems"] = List(random, depth, 4);
            if (random.Next(2) == 0)
            {
                result["items"] = false;
            }
        }

        if (random.Next(2) == 0)
        {
            result["minItems"] = random.Next(3);
        }

        if (random.Next(2) == 0)
        {
            result["maxItems"] = random.Next(2, 6);
        }

        return result;
    }

    private static JsonObject Object(Random random, int depth)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (string name in s_names.OrderBy(_ => random.Next()).Take(random.Next(0, 5)))
        {
            properties[name] = Node(random, depth + 1);
            if (random.Next(2) == 0)
            {
                required.Add(name);
            }
        }

        JsonObject result = Type("object");
        result["properties"] = properties;
        result["required"] = required;
        if (random.Next(3) == 0)
        {
            result["additionalProperties"] = random.Next(2) == 0 ? Node(random, depth + 1) : false;
        }

        return result;
    }

    // Objects that differ in a constant.
    private static JsonObject OneOf(Random random, int depth)
    {
        var options = new JsonArray(Type("integer"));
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            JsonObject option = Type("object");
            option["properties"] = new JsonObject
            {
                ["kind"] = new JsonObject { ["const"] = i },
                ["value"] = Node(random, depth + 1),
            };
            option["required"] = new JsonArray("kind");
            options.Add(option);
        }

        return new JsonObject { ["oneOf"] = options };
    }

    private static JsonObject AllOf(Random random, int depth)
    {
        JsonObject first = Type("object");
        first["properties"] = new JsonObject { ["p"] = Node(random, depth + 1) };
        first["required"] = new JsonArray("p");
        return new JsonObject
        {
            ["allOf"] = new JsonArray(first, new JsonObject { ["properties"] = new JsonObject { ["q"] = Node(random, depth + 1) } }),
        };
    }

    private static JsonArray List(Random random, int depth, int most) =>
        new([.. Enumerable.Range(0, random.Next(1, most)).Select(_ => Node(random, depth + 1))]);

    private static JsonObject Type(string type) => new() { ["type"] = type };

    private static decimal Value(Random random) =>
        random.Next(4) switch
        {
            0 => random.Next(-200, 200),
            1 => random.Next(-3, 3),
            2 => random.Next(-2000, 2000) / 10m,
            _ => random.Next(-20000, 20000) / 1000m,
        };
}
