using System;
using System.Collections.Generic;

namespace Specializer.Text.Templates;

/// <summary>Parses expressions by Jinja's grammar. This part contains the operators, the other part the postfix operations.</summary>
internal sealed partial class ExpressionParser(TokenStream tokens)
{
    /// <summary>Parses an expression, or a tuple without parentheses.</summary>
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

    /// <summary>Parses the filters after an operand, or those of a block, whose first filter has no operand.</summary>
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

        ComparisonOperator? comparison =
            token.Kind != TokenKind.Operator
                ? null
                : token.Text switch
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

    private Expression ParseSum() =>
        ParseBinary(
            ParseConcatenation,
            text =>
                text switch
                {
                    "+" => BinaryOperator.Add,
                    "-" => BinaryOperator.Subtract,
                    _ => null,
                }
        );

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

    private Expression ParseProduct() =>
        ParseBinary(
            ParsePower,
            text =>
                text switch
                {
                    "*" => BinaryOperator.Multiply,
                    "/" => BinaryOperator.Divide,
                    "//" => BinaryOperator.FloorDivide,
                    "%" => BinaryOperator.Modulo,
                    _ => null,
                }
        );

    // The operator is left-associative in Jinja, but not in Python.
    private Expression ParsePower() => ParseBinary(() => ParseUnary(withFilter: true), text => text == "**" ? BinaryOperator.Power : null);

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

    private bool AtTupleEnd() => tokens.Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd || tokens.IsOperator(")");

    private static T Grow<T>(T node, params IReadOnlyList<Expression?> children)
        where T : Expression
    {
        foreach (Expression? child in children)
        {
            node.Height = Math.Max(node.Height, (child?.Height ?? 0) + 1);
        }

        return node.Height > TokenStream.MaximalHeight
            ? throw new ParseFault(
                node.Position,
                $"The expression is nested deeper than {TokenStream.MaximalHeight} levels.",
                ChatTemplateError.Limit
            )
            : node;
    }
}
