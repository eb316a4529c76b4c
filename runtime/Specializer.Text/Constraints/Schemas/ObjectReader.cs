using System.Collections.Generic;
using System.Linq;
using System.Text;
using Specializer.Text.Patterns;

namespace Specializer.Text.Constraints;

/// <summary>Reads schemas of objects. Properties follow in the order of the schema; further ones come after them.</summary>
internal sealed class ObjectReader(JsonSchemaReader values, JsonGrammar grammar)
{
    private const int MaximumName = 256;

    public Expression Read(Schema schema, int depth)
    {
        var members = new List<(string Name, Expression Value)>();
        if (schema.Get("properties") is { } properties)
        {
            foreach ((string name, Schema property) in properties.Members())
            {
                members.Add((name, values.ReadValue(property, depth + 1)));
            }
        }

        HashSet<string> required = schema.Get("required") is { } names ? [.. names.Items().Select(static name => name.Text())] : [];
        Expression? additional = ReadAdditional(schema, depth);
        foreach (string name in required)
        {
            // A required name without a schema is an additional property.
            if (!members.Any(member => member.Name == name))
            {
                members.Add(
                    (name, additional ?? (schema.Get("additionalProperties") is null ? grammar.AnyValue : new Expression.Choice([])))
                );
            }
        }

        CheckCounts(schema, members.Count, required.Count, additional is null);
        if (members.Count == 0)
        {
            return AnyMembers(additional);
        }

        Expression? more = additional is null ? null : Member(OtherKey(members.Select(static member => member.Name)), additional);
        return Whole(members, required, more is null ? null : JsonGrammar.Shared(more));
    }

    // Without a schema of its own, an object with declared properties has no others.
    private Expression? ReadAdditional(Schema schema, int depth) =>
        schema.Get("additionalProperties") is not { } additional ? (schema.Get("properties") is null ? grammar.AnyValue : null)
        : additional.IsBoolean(out bool allowsAll) ? (allowsAll ? grammar.AnyValue : null)
        : values.ReadValue(additional, depth + 1);

    private Expression AnyMembers(Expression? value)
    {
        Expression none = grammar.Bracketed("{", null, "}");
        return value is null
            ? none
            : Expression.Any(none, grammar.Bracketed("{", grammar.Separated(Member(grammar.AnyString, value), 1, -1), "}"));
    }

    private Expression Member(Expression key, Expression value) => Expression.Concat(key, grammar.Colon, value);

    /// <summary>
    /// The members in order. The rest after each member is built twice: after another member, and as the first member. The size grows
    /// linearly with the number of members.
    /// </summary>
    private Expression Whole(List<(string Name, Expression Value)> members, HashSet<string> required, Expression? more)
    {
        // The rest from member i on: after another member it begins with a comma; as the first one it is null if nothing can follow.
        Expression afterSome = more is null ? Expression.Empty : Expression.Many(Expression.Concat(grammar.Comma, more));
        Expression? afterNone = more is null ? null : grammar.Separated(more, 1, -1);
        bool canBeEmpty = true;
        for (int i = members.Count - 1; i >= 0; i--)
        {
            (string name, Expression value) = members[i];
            Expression member = JsonGrammar.Shared(Member(Expression.Of(JsonText.Quote(name)), value));
            bool isRequired = required.Contains(name);
            Expression rest = JsonGrammar.Shared(afterSome);
            Expression first = Expression.Concat(member, rest);
            afterNone = isRequired || afterNone is null ? first : Expression.Any(first, afterNone);
            afterSome = isRequired
                ? Expression.Concat(grammar.Comma, member, rest)
                : Expression.Any(Expression.Concat(grammar.Comma, member, rest), rest);
            canBeEmpty &= !isRequired;
        }

        Expression some = grammar.Bracketed("{", afterNone, "}");
        return canBeEmpty ? Expression.Any(grammar.Bracketed("{", null, "}"), some) : some;
    }

    private static void CheckCounts(Schema schema, int count, int required, bool isClosed)
    {
        if (schema.Get("minProperties") is { } minimum && minimum.Count() > required)
        {
            throw minimum.Error("has 'minProperties' above the number of required properties, which is not supported");
        }

        if (schema.Get("maxProperties") is { } maximum && !(isClosed && count <= maximum.Count()))
        {
            throw maximum.Error("has 'maxProperties' below the number of possible properties, which is not supported");
        }
    }

    // A key that differs from all names. It contains no escapes, which could spell a name in another way.
    private static Expression OtherKey(IEnumerable<string> names)
    {
        var root = new NameNode();
        foreach (string name in names)
        {
            if (name.Length > MaximumName)
            {
                throw new ConstraintException(
                    $"a property beside additionalProperties has a name of {name.Length} characters; at most {MaximumName} are supported"
                );
            }

            NameNode node = root;
            foreach (Rune rune in name.EnumerateRunes())
            {
                node = node.Children.TryGetValue(rune.Value, out NameNode? child) ? child : node.Children[rune.Value] = new NameNode();
            }

            node.IsName = true;
        }

        var rest = new Rule("a key") { Body = Expression.Concat(Expression.Many(Expression.Of(JsonText.Plain)), Expression.Of("\""u8)) };
        return Expression.Concat(Expression.Of("\""u8), Other(root));

        Expression Other(NameNode node)
        {
            var options = new List<Expression>();
            if (!node.IsName)
            {
                options.Add(Expression.Of("\""u8));
            }

            ScalarSet others = JsonText.Plain;
            foreach ((int scalar, NameNode child) in node.Children)
            {
                others = others.Intersect(ScalarSet.Of(scalar).Negate());
                if (JsonText.Plain.Contains(scalar))
                {
                    options.Add(Expression.Concat(Expression.Of(ScalarSet.Of(scalar)), Other(child)));
                }
            }

            options.Add(Expression.Concat(Expression.Of(others), new Expression.Call(rest)));
            return new Expression.Choice(options);
        }
    }

    private sealed class NameNode
    {
        public Dictionary<int, NameNode> Children { get; } = [];

        public bool IsName { get; set; }
    }
}
