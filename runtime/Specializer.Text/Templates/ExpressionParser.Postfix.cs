using System.Collections.Generic;

namespace Specializer.Text.Templates;

/// <content>Attributes, elements, calls, filters and tests.</content>
internal sealed partial class ExpressionParser
{
    private Expression ParsePostfix(Expression value)
    {
        while (tokens.Current.Kind == TokenKind.Operator)
        {
            switch (tokens.Current.Text)
            {
                case ".":
                    value = ParseAttribute(value);
                    break;
                case "[":
                    value = ParseSubscript(value);
                    break;
                case "(":
                    value = ParseCall(value);
                    break;
                default:
                    return value;
            }
        }

        return value;
    }

    private Expression ParseFilters(Expression value)
    {
        while (true)
        {
            if (tokens.TakeOperator("|"))
            {
                value = ParseFilter(value);
            }
            else if (tokens.IsName("is"))
            {
                value = ParseTest(value);
            }
            else if (tokens.IsOperator("("))
            {
                value = ParseCall(value);
            }
            else
            {
                return value;
            }
        }
    }

    private Expression ParseAttribute(Expression target)
    {
        int position = tokens.Take().Position;
        Token name = tokens.Take();
        return name.Kind switch
        {
            TokenKind.Name => Grow(new AttributeExpression(position, target, name.Text), target),
            TokenKind.Number when name.Number is IntValue => Grow(
                new ItemExpression(position, target, new ConstantExpression(name.Position, name.Number)),
                target
            ),
            _ => throw new ParseFault(name.Position, "Expected the name of an attribute or an index after '.'."),
        };
    }

    private ItemExpression ParseSubscript(Expression target)
    {
        int position = tokens.Take().Position;
        List<Expression> keys = [];
        while (!tokens.IsOperator("]"))
        {
            if (keys.Count > 0)
            {
                tokens.ExpectOperator(",");
            }

            keys.Add(ParseKey());
        }

        tokens.ExpectOperator("]");
        Expression key = keys.Count == 1 ? keys[0] : Grow(new ItemsExpression(position, keys, IsTuple: true), keys);
        return keys.Count > 1 && keys.Exists(item => item is SliceExpression)
            ? throw new ParseFault(position, "A slice must be the only index in its brackets.", ChatTemplateError.Unsupported)
            : Grow(new ItemExpression(position, target, key), target, key);
    }

    private Expression ParseKey()
    {
        int position = tokens.Current.Position;
        Expression? start = tokens.IsOperator(":") ? null : ParseExpression();
        if (!tokens.TakeOperator(":"))
        {
            return start!;
        }

        Expression? stop = AtBoundEnd() ? null : ParseExpression();
        Expression? step = tokens.TakeOperator(":") && !AtBoundEnd() ? ParseExpression() : null;
        return Grow(new SliceExpression(position, start, stop, step), start, stop, step);
    }

    private bool AtBoundEnd() => tokens.IsOperator(":") || tokens.IsOperator("]") || tokens.IsOperator(",");

    private CallExpression ParseCall(Expression target)
    {
        int position = tokens.Current.Position;
        CallArguments arguments = ParseArguments(out List<Expression> all);
        all.Add(target);
        return Grow(new CallExpression(position, target, arguments), all);
    }

    private FilterExpression ParseFilter(Expression? operand)
    {
        Token name = tokens.ExpectName();
        CheckKnown(name, "filter", Filters.IsKnown(name.Text), Filters.IsMissing(name.Text));
        List<Expression> all = [];
        CallArguments arguments = tokens.IsOperator("(") ? ParseArguments(out all) : CallArguments.None;
        return Grow(
            new FilterExpression(name.Position, operand, name.Text, arguments),
            [.. all, .. operand is null ? [] : new[] { operand }]
        );
    }

    private Expression ParseTest(Expression operand)
    {
        int position = tokens.Take().Position;
        bool negated = tokens.TakeName("not");
        Token name = tokens.ExpectName();
        CheckKnown(name, "test", Tests.IsKnown(name.Text), isMissing: false);
        List<Expression> all = [];
        CallArguments arguments = CallArguments.None;
        if (tokens.IsOperator("("))
        {
            arguments = ParseArguments(out all);
        }
        else if (AtTestArgument())
        {
            Expression argument = ParsePostfix(ParsePrimary());
            arguments = new CallArguments([argument], [], null, null);
            all = [argument];
        }

        all.Add(operand);
        TestExpression test = Grow(new TestExpression(position, operand, name.Text, arguments), all);
        return negated ? Grow(new NotExpression(position, test), test) : test;
    }

    private bool AtTestArgument() =>
        tokens.Current.Kind switch
        {
            TokenKind.Name when tokens.Current.Text is "else" or "or" or "and" => false,
            TokenKind.Name when tokens.Current.Text == "is" => throw new ParseFault(
                tokens.Current.Position,
                "Tests with 'is' cannot be chained."
            ),
            TokenKind.Name or TokenKind.String or TokenKind.Number => true,
            _ => tokens.IsOperator("[") || tokens.IsOperator("{"),
        };

    private void CheckKnown(Token name, string kind, bool isKnown, bool isMissing)
    {
        if (isMissing || tokens.IsOperator("."))
        {
            throw new ParseFault(name.Position, $"The {kind} '{name.Text}' is not supported.", ChatTemplateError.Unsupported);
        }

        if (!isKnown && !tokens.InBranch)
        {
            throw new ParseFault(name.Position, $"Jinja has no {kind} '{name.Text}'.");
        }
    }

    private CallArguments ParseArguments(out List<Expression> all)
    {
        int position = tokens.ExpectOperator("(").Position;
        List<Expression> positional = [];
        List<(string, Expression)> named = [];
        HashSet<string> names = [];
        Expression? spread = null;
        Expression? namedSpread = null;
        all = [];
        while (!tokens.IsOperator(")"))
        {
            bool inOrder;
            if (tokens.TakeOperator("*"))
            {
                inOrder = spread is null && namedSpread is null;
                all.Add(spread = ParseExpression());
            }
            else if (tokens.TakeOperator("**"))
            {
                inOrder = namedSpread is null;
                all.Add(namedSpread = ParseExpression());
            }
            else if (tokens.Current.Kind == TokenKind.Name && tokens.Following is { Kind: TokenKind.Operator, Text: "=" })
            {
                string name = tokens.Take().Text;
                inOrder = namedSpread is null && names.Add(name);
                tokens.Take();
                all.Add(ParseExpression());
                named.Add((name, all[^1]));
            }
            else
            {
                inOrder = spread is null && namedSpread is null && named.Count == 0;
                all.Add(ParseExpression());
                positional.Add(all[^1]);
            }

            if (!inOrder)
            {
                throw new ParseFault(position, "The order of arguments must be: positional, '*', named ones without repetition, '**'.");
            }

            if (!tokens.TakeOperator(","))
            {
                break;
            }
        }

        tokens.ExpectOperator(")");
        return new CallArguments(positional, named, spread, namedSpread);
    }
}
