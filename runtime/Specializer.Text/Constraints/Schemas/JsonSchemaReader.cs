using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Specializer.Text.Constraints;

/// <summary>Reads a JSON schema as an expression over the JSON texts that are valid under it.</summary>
internal sealed class JsonSchemaReader
{
    private const int MaximumLength = 1 << 20;
    private const int MaximumDepth = 100;

    /// <summary>The largest sum of work. Without it, a short schema that combines itself in two ways doubles at each level.</summary>
    private const int MaximumWork = 40_000;
    private const int WorkOfMerging = 10;

    private readonly SchemaReferences _references;
    private readonly JsonGrammar _grammar;
    private readonly Dictionary<string, Rule> _rules = [];
    private readonly Queue<(Rule Rule, Schema Schema)> _pending = new();
    private int _work;

    private JsonSchemaReader(SchemaReferences references, JsonGrammar grammar)
    {
        _references = references;
        _grammar = grammar;
    }

    /// <summary>Reads a schema.</summary>
    /// <exception cref="ConstraintException">The schema is malformed, or has an unsupported keyword or value.</exception>
    public static Expression Read(string text, JsonGrammar grammar)
    {
        if (text.Length > MaximumLength)
        {
            throw new ConstraintException($"the schema has {text.Length} characters; at most {MaximumLength} are supported");
        }

        JsonNode? root;
        try
        {
            root = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 64 });
        }
        catch (JsonException exception)
        {
            throw new ConstraintException($"the schema is no JSON: {exception.Message}", exception);
        }

        var reader = new JsonSchemaReader(new SchemaReferences(root), grammar);
        Expression result = reader.ReadReference("#", "#");

        // Referenced schemas are read one after the other, so that a long chain of references needs no deep recursion.
        while (reader._pending.TryDequeue(out (Rule Rule, Schema Schema) next))
        {
            next.Rule.Body = reader.ReadValue(next.Schema, 0);
        }

        return result;
    }

    /// <summary>Returns the values of a schema.</summary>
    public Expression ReadValue(Schema schema, int depth)
    {
        if (depth > MaximumDepth)
        {
            throw schema.Error($"is nested deeper than {MaximumDepth}, or combines itself");
        }

        Charge(schema, 1);
        if (schema.IsBoolean(out bool allowsAll))
        {
            return allowsAll ? _grammar.AnyValue : new Expression.Choice([]);
        }

        SchemaKeywords.Check(schema);
        if (schema.Get("$ref") is { } reference)
        {
            string target = reference.Text();
            Schema rest = schema.Without("$ref");
            return rest.HasConstraints
                ? ReadValue(Merge(_references.Resolve(target, reference.Place), rest), depth + 1)
                : ReadReference(target, reference.Place);
        }

        if (schema.Get("allOf") is { } all)
        {
            Schema merged = schema.Without("allOf");
            foreach (Schema part in all.Items())
            {
                merged = Merge(merged, Inlined(part));
            }

            return ReadValue(merged, depth + 1);
        }

        foreach (string keyword in (ReadOnlySpan<string>)["anyOf", "oneOf"])
        {
            if (schema.Get(keyword) is { } options)
            {
                return ReadOptions(schema.Without(keyword), options, keyword == "oneOf", depth);
            }
        }

        return schema.Get("const") is not null || schema.Get("enum") is not null
            ? ValueReader.ReadFixed(schema)
            : Expression.Any([.. schema.Types().Select(type => ReadType(schema, type, depth)).ToList()]);
    }

    private Expression ReadOptions(Schema rest, Schema options, bool oneOnly, int depth)
    {
        Schema[] parts = [.. options.Items()];
        if (parts.Length == 0)
        {
            throw options.Error("has no schema");
        }

        if (oneOnly)
        {
            SchemaDisjointness.Check(parts.Select(part => Merge(rest, Inlined(part))).ToArray(), options);
        }

        return Expression.Any([
            .. parts.Select(part => ReadValue(rest.HasConstraints ? Merge(rest, Inlined(part)) : part, depth + 1)).ToList(),
        ]);
    }

    // A reference that is combined with other keywords is replaced by its target.
    private Schema Inlined(Schema part)
    {
        for (int hops = 0; part.Get("$ref") is { } reference; hops++)
        {
            if (hops > MaximumDepth)
            {
                throw reference.Error("refers to itself");
            }

            Schema target = _references.Resolve(reference.Text(), reference.Place);
            Schema rest = part.Without("$ref");
            part = rest.HasConstraints ? Merge(target, rest) : target;
        }

        return part;
    }

    private Schema Merge(Schema first, Schema second)
    {
        // Merging copies the lists of parts, which grow with each level of a schema that combines itself.
        Charge(second, WorkOfMerging + PartsOf(first) + PartsOf(second));
        return SchemaMerging.Merge(first, second);
    }

    private static int PartsOf(Schema schema) =>
        schema.Node is JsonObject members && members.TryGetPropertyValue("allOf", out JsonNode? parts) && parts is JsonArray list
            ? 2 * list.Count
            : 0;

    private void Charge(Schema schema, int work)
    {
        _work += work;
        if (_work > MaximumWork)
        {
            throw schema.Error("has too many parts and combinations of parts; use fewer, or combine no part with itself");
        }
    }

    private Expression.Call ReadReference(string target, string place)
    {
        Schema schema = _references.Resolve(target, place);
        if (!_rules.TryGetValue(schema.Place, out Rule? rule))
        {
            rule = new Rule(schema.Place);
            _rules[schema.Place] = rule;
            _pending.Enqueue((rule, schema));
        }

        return new Expression.Call(rule);
    }

    private Expression ReadType(Schema schema, string type, int depth) =>
        type switch
        {
            "null" => JsonGrammar.Null,
            "boolean" => JsonGrammar.Boolean,
            "integer" or "number" => ValueReader.ReadNumber(schema, isInteger: type == "integer"),
            "string" => ValueReader.ReadString(schema, _grammar),
            "array" => new ArrayReader(this, _grammar).Read(schema, depth),
            "object" => new ObjectReader(this, _grammar).Read(schema, depth),
            _ => throw schema.At("type").Error($"has the type '{type}'; expected null, boolean, integer, number, string, array or object"),
        };
}
