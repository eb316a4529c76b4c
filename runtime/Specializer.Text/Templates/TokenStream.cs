using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace Specializer.Text.Templates;

/// <summary>
/// The tokens of a template in order, with the state that both parsers share: the nesting depth, and whether a branch is parsed.
/// </summary>
internal sealed class TokenStream(List<Token> tokens)
{
    /// <summary>The maximum nesting of expressions and blocks.</summary>
    public const int MaximalHeight = 200;

    private int _next;
    private int _depth;

    public Token Current => tokens[_next];

    public Token Following => tokens[System.Math.Min(_next + 1, tokens.Count - 1)];

    /// <summary>Whether an unknown filter or test is an error only when it runs: in a branch, as in Jinja.</summary>
    public bool InBranch { get; set; }

    public Token Take() => Current.Kind == TokenKind.End ? Current : tokens[_next++];

    public bool IsOperator(string text) => Current.Kind == TokenKind.Operator && Current.Text == text;

    public bool IsName(string text) => Current.Kind == TokenKind.Name && Current.Text == text;

    public bool TakeOperator(string text) => IsOperator(text) && Take().Text == text;

    public bool TakeName(string text) => IsName(text) && Take().Text == text;

    public Token ExpectOperator(string text) => IsOperator(text) ? Take() : throw Unexpected($"'{text}'");

    public Token ExpectName(string? text = null) =>
        Current.Kind == TokenKind.Name && (text is null || Current.Text == text)
            ? Take()
            : throw Unexpected(text is null ? "a name" : $"'{text}'");

    public Token Expect(TokenKind kind) => Current.Kind == kind ? Take() : throw Unexpected(Describe(kind));

    public ParseFault Unexpected(string expected) =>
        new(
            Current.Position,
            Current.Kind is TokenKind.Name or TokenKind.Operator
                ? $"Expected {expected}, found '{Current.Text}'."
                : $"Expected {expected}, found {Describe(Current.Kind)}."
        );

    /// <summary>Enters a block or expression; <see cref="Leave"/> leaves it.</summary>
    public void Enter()
    {
        if (++_depth > MaximalHeight || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new ParseFault(
                Current.Position,
                $"Blocks or expressions are nested deeper than {MaximalHeight} levels.",
                ChatTemplateError.Limit
            );
        }
    }

    public void Leave() => _depth--;

    private static string Describe(TokenKind kind) =>
        kind switch
        {
            TokenKind.Data => "text",
            TokenKind.VariableBegin => "'{{'",
            TokenKind.VariableEnd => "'}}'",
            TokenKind.BlockBegin => "'{%'",
            TokenKind.BlockEnd => "'%}'",
            TokenKind.String => "a string",
            TokenKind.Number => "a number",
            TokenKind.End => "the end of the template",
            TokenKind.Name => "a name",
            _ => "an operator",
        };
}
