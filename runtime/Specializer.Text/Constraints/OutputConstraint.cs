using System;
using System.Runtime.CompilerServices;
using Specializer.Text.Constraints;

namespace Specializer.Text;

/// <summary>
/// A set of texts that a model can generate: JSON, JSON of a schema, or texts of a regular expression. A <see cref="TokenFilter"/>
/// allows only tokens that lead to such a text. This class is thread-safe; masks are shared by all filters of one tokenizer.
/// </summary>
/// <example>
/// <code>
/// OutputConstraint answer = OutputConstraint.JsonSchema("""{ "type": "object", "properties": { "age": { "type": "integer" } } }""");
/// TokenFilter filter = answer.CreateFilter(tokenizer);
/// </code>
/// </example>
public sealed class OutputConstraint
{
    private readonly RuleGraph _graph;
    private readonly Lazy<RuleGraph> _graphAfterSpace;
    private readonly ConditionalWeakTable<Tokenizer, MaskSource> _masks = new();

    private OutputConstraint(Rule root)
    {
        _graph = RuleGraph.Build(root);
        _graphAfterSpace = new Lazy<RuleGraph>(() => AfterSpace(root));
    }

    /// <summary>Allows any JSON object.</summary>
    /// <param name="options">Options, or null for the defaults.</param>
    public static OutputConstraint JsonObject(JsonConstraintOptions? options = null) =>
        new(JsonGrammar.TextOf(new JsonGrammar(Check(options)).AnyObject));

    /// <summary>Allows JSON texts that are valid under a schema.</summary>
    /// <param name="schema">
    /// The schema, in JSON Schema draft 2020-12 or 7. Keywords of values: type, enum, const, minLength, maxLength, pattern, format,
    /// minimum, maximum, exclusiveMinimum, exclusiveMaximum. Keywords of lists and objects: items, prefixItems, minItems, maxItems,
    /// properties, required, additionalProperties. Combinations: anyOf, oneOf of disjoint schemas, allOf of compatible ones, $ref within
    /// the schema. Annotations have no effect.
    /// Properties follow in the order of the schema. An object without additionalProperties has the given properties only.
    /// </param>
    /// <param name="options">Options, or null for the defaults.</param>
    /// <exception cref="ConstraintException">The schema is malformed, has an unsupported keyword, or allows no text.</exception>
    public static OutputConstraint JsonSchema(string schema, JsonConstraintOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return new(JsonGrammar.TextOf(JsonSchemaReader.Read(schema, new JsonGrammar(Check(options)))));
    }

    /// <summary>Allows texts that match a regular expression from start to end.</summary>
    /// <param name="pattern">
    /// The expression, as ECMAScript defines it with the flags u and s. Look-around, back references and word boundaries are not
    /// supported. Characters beyond ASCII on which engines disagree match neither \d, \w and \s nor their complements.
    /// </param>
    /// <exception cref="ConstraintException">The expression is malformed, has an unsupported part, or matches no text.</exception>
    public static OutputConstraint Regex(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return new(new Rule("the expression") { Body = RegularExpression.Parse(pattern, isWholeText: true) });
    }

    /// <summary>Creates a filter at the start of a text.</summary>
    /// <param name="tokenizer">The tokenizer of the model.</param>
    /// <exception cref="ConstraintException">The text of a token depends on its neighbours, as for WordPiece.</exception>
    public TokenFilter CreateFilter(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return new TokenFilter(_masks.GetValue(tokenizer, CreateMasks));
    }

    private MaskSource CreateMasks(Tokenizer tokenizer)
    {
        TokenText text = TokenText.Of(tokenizer);
        return new MaskSource(text.DropsFirstSpace ? _graphAfterSpace.Value : _graph, text);
    }

    // A decoder that drops the first space reads the text with or without one. A text that starts with a space itself needs another.
    private RuleGraph AfterSpace(Rule root)
    {
        var local = new LocalStates(_graph);
        var states = new TextStates(_graph, local);
        Expression space = Expression.Of(" "u8);
        bool needsSpace = states.Next(states.Start, (byte)' ') != TextStates.Dead;
        return RuleGraph.Build(
            new Rule(root.Name) { Body = Expression.Concat(needsSpace ? space : Expression.Optional(space), new Expression.Call(root)) }
        );
    }

    private static JsonConstraintOptions Check(JsonConstraintOptions? options)
    {
        options ??= new JsonConstraintOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumDepth, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaximumDepth, 64, nameof(options));
        return options;
    }
}
