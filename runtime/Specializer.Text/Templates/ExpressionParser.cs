using System;
using System.Collections.Generic;

namespace Specializer.Text.Templates;

/// <summary>Parses expressions by Jinja's grammar.</summary>
internal sealed class ExpressionParser(TokenStream tokens)
{
    /// <summary>An expression, or a tuple without parentheses.</summary>
    public Expression ParseTuple(bool withConditional = true, bool inParentheses = false)
    {
        int position = tokens.Current.Position;
        List<Expression> items = [];
        bool isTuple = false;
        while (!AtTupleEnd())
        {
            items.Add(ParseExpression(withConditional));
            if (!tokens.TakeOperator(","))
            {
                break;
            }

            isTuple = true;
        }

        return isTuple || (items.Count == 0 && inParentheses) ? Grow(new ItemsExpression(position, items, IsTuple: true), items)
            : items.Count == 0 ? throw tokens.Unexpected("an expression")
            : items[0];
    }

    public Expression ParseExpression(bool withConditional = true)
    {
        tokens.Enter();
        bool branch = tokens.InBranch;
        Expression value = ParseOr();
        while (withConditional && tokens.IsName("if"))
        {
            int position = tokens.Take().Position;
            tokens.InBranch = true;
            Expression test = ParseOr();
            Expression? otherwise = tokens.TakeName("else") ? ParseExpression() : null;
            value = Grow(new ConditionalExpression(position, test, value, otherwise), value, test, otherwise);
            tokens.InBranch = branch;
        }

        tokens.Leave();
        return value;
    }

    /// <summary>Filters after an operand, or of a block, whose first filter has none.</summary>
    public FilterExpression ParseBlockFilter(bool afterPipe)
    {
        if (afterPipe)
        {
            tokens.ExpectOperator("|");
        }

        FilterExpression filter = ParseFilter(null);
        while (tokens.TakeOperator("|"))
        {
            filter = ParseFilter(filter);
        }

        return filter;
    }

    private Expression ParseOr()
    {
        Expression left = ParseAnd();
        while (tokens.IsName("or"))
        {
            int position = tokens.Take().Position;
            Expression right = ParseAnd();
            left = Grow(new LogicalExpression(position, IsAnd: false, left, right), left, right);
        }

        return left;
    }

    private Expression ParseAnd()
    {
        Expression left = ParseNot();
        while (tokens.IsName("and"))
        {
            int position = tokens.Take().Position;
            Expression right = ParseNot();
            left = Grow(new LogicalExpression(position, IsAnd: true, left, right), left, right);
        }

        return left;
    }

    private Expression ParseNot()
    {
        if (!tokens.IsName("not"))
        {
            return ParseComparison();
        }

        tokens.Enter();
        int position = tokens.Take().Position;
        Expression operand = ParseNot();
        tokens.Leave();
        return Grow(new NotExpression(position, operand), operand);
    }

    private Expression ParseComparison()
    {
        int position = tokens.Current.Position;
        Expression first = ParseSum();
        List<(ComparisonOperator, Expression)> rest = [];
        List<Expression> operands = [first];
        while (TakeComparison() is ComparisonOperator comparison)
        {
            Expression operand = ParseSum();
            rest.Add((comparison, operand));
            operands.Add(operand);
        }

        return rest.Count == 0 ? first : Grow(new ComparisonExpression(position, first, rest), operands);
    }

    private ComparisonOperator? TakeComparison()
    {
        Token token = tokens.Current;
        if (token.Kind == TokenKind.Name)
        {
            if (tokens.TakeName("in"))
            {
                return ComparisonOperator.In;
            }

            if (token.Text == "not" && tokens.Following is { Kind: TokenKind.Name, Text: "in" })
            {
                tokens.Take();
                tokens.Take();
                return ComparisonOperator.NotIn;
            }

            return null;
        }

        ComparisonOperator? comparison = token.Kind != TokenKind.Operator ? null : token.Text switch
        {
            "==" => ComparisonOperator.Equal,
            "!=" => ComparisonOperator.NotEqual,
            "<" => ComparisonOperator.Less,
            "<=" => ComparisonOperator.LessOrEqual,
            ">" => ComparisonOperator.Greater,
            ">=" => ComparisonOperator.GreaterOrEqual,
            _ => null,
        };
        if (comparison is not null)
        {
            tokens.Take();
        }

        return comparison;
    }

    private Expression ParseSum() => ParseBinary(ParseConcatenation, text => text switch
    {
        "+" => BinaryOperator.Add,
        "-" => BinaryOperator.Subtract,
        _ => null,
    });

    private Expression ParseConcatenation()
    {
        int position = tokens.Current.Position;
        List<Expression> parts = [ParseProduct()];
        while (tokens.TakeOperator("~"))
        {
            parts.Add(ParseProduct());
        }

        return parts.Count == 1 ? parts[0] : Grow(new ConcatenationExpression(position, parts), parts);
    }

    private Expression ParseProduct() => ParseBinary(ParsePower, text => text switch
    {
        "*" => BinaryOperator.Multiply,
        "/" => BinaryOperator.Divide,
        "//" => BinaryOperator.FloorDivide,
        "%" => BinaryOperator.Modulo,
        _ => null,
    });

    // From left to right, as Jinja does and Python does not.
    private Expression ParsePower() =>
        ParseBinary(() => ParseUnary(withFilter: true), text => text == "**" ? BinaryOperator.Power : null);

    private Expression ParseBinary(Func<Expression> operand, Func<string, BinaryOperator?> operation)
    {
        Expression left = operand();
        while (tokens.Current.Kind == TokenKind.Operator && operation(tokens.Current.Text) is BinaryOperator found)
        {
            int position = tokens.Take().Position;
            Expression right = operand();
            left = Grow(new BinaryExpression(position, found, left, right), left, right);
        }

        return left;
    }

    private Expression ParseUnary(bool withFilter)
    {
        Expression value;
        int position = tokens.Current.Position;
        if (tokens.IsOperator("-") || tokens.IsOperator("+"))
        {
            tokens.Enter();
            bool negative = tokens.Take().Text == "-";
            Expression operand = ParseUnary(withFilter: false);
            value = Grow(new UnaryExpression(position, negative, operand), operand);
            tokens.Leave();
        }
        else
        {
            value = ParsePrimary();
        }

        value = ParsePostfix(value);
        return withFilter ? ParseFilters(value) : value;
    }

    private Expression ParsePrimary()
    {
        Token token = tokens.Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                tokens.Take();
                return token.Text switch
                {
                    "true" or "True" => new ConstantExpression(token.Position, BoolValue.True),
                    "false" or "False" => new ConstantExpression(token.Position, BoolValue.False),
                    "none" or "None" => new ConstantExpression(token.Position, NoneValue.Instance),
                    _ => new NameExpression(token.Position, token.Text),
                };
            case TokenKind.String:
                string text = tokens.Take().Text;
                while (tokens.Current.Kind == TokenKind.String)
                {
                    text += tokens.Take().Text;
                }

                return new ConstantExpression(token.Position, TextValue.Of(text));
            case TokenKind.Number:
                return new ConstantExpression(token.Position, tokens.Take().Number!);
            case TokenKind.Operator when token.Text == "(":
                tokens.Take();
                Expression inner = ParseTuple(inParentheses: true);
                tokens.ExpectOperator(")");
                return inner;
            case TokenKind.Operator when token.Text == "[":
                return ParseList();
            case TokenKind.Operator when token.Text == "{":
                return ParseDict();
            default:
                throw tokens.Unexpected("an expression");
        }
    }

    private ItemsExpression ParseList()
    {
        int position = tokens.ExpectOperator("[").Position;
        List<Expression> items = [];
        while (!tokens.IsOperator("]"))
        {
            items.Add(ParseExpression());
            if (!tokens.TakeOperator(","))
            {
                break;
            }
        }

        tokens.ExpectOperator("]");
        return Grow(new ItemsExpression(position, items, IsTuple: false), items);
    }

    private DictExpression ParseDict()
    {
        int position = tokens.ExpectOperator("{").Position;
        List<(Expression, Expression)> pairs = [];
        List<Expression> all = [];
        while (!tokens.IsOperator("}"))
        {
            Expression key = ParseExpression();
            tokens.ExpectOperator(":");
            Expression value = ParseExpression();
            pairs.Add((key, value));
            all.AddRange([key, value]);
            if (!tokens.TakeOperator(","))
            {
                break;
            }
        }

        tokens.ExpectOperator("}");
        return Grow(new DictExpression(position, pairs), all);
    }

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
            TokenKind.Number when name.Number is IntValue =>
                Grow(new ItemExpression(position, target, new ConstantExpression(name.Position, name.Number)), target),
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
            ? throw new ParseFault(position, "A slice stands alone in its brackets.", ChatTemplateError.Unsupported)
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
        return Grow(new FilterExpression(name.Position, operand, name.Text, arguments), [.. all, .. operand is null ? [] : new[] { operand }]);
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

    private bool AtTestArgument() => tokens.Current.Kind switch
    {
        TokenKind.Name when tokens.Current.Text is "else" or "or" or "and" => false,
        TokenKind.Name when tokens.Current.Text == "is" => throw new ParseFault(tokens.Current.Position, "Tests with 'is' do not chain."),
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
                throw new ParseFault(position, "Arguments stand in the order: positional, '*', named ones each once, '**'.");
            }

            if (!tokens.TakeOperator(","))
            {
                break;
            }
        }

        tokens.ExpectOperator(")");
        return new CallArguments(positional, named, spread, namedSpread);
    }

    private bool AtTupleEnd() => tokens.Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd || tokens.IsOperator(")");

    private static T Grow<T>(T node, params IReadOnlyList<Expression?> children)
        where T : Expression
    {
        foreach (Expression? child in children)
        {
            node.Height = Math.Max(node.Height, (child?.Height ?? 0) + 1);
        }

        return node.Height > TokenStream.MaximalHeight
            ? throw new ParseFault(node.Position, $"The expression is nested deeper than {TokenStream.MaximalHeight} levels.", ChatTemplateError.Limit)
            : node;
    }
}
