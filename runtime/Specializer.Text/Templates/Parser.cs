using System.Collections.Generic;
using System.Linq;

namespace Specializer.Text.Templates;

/// <summary>Parses the statements of a template.</summary>
internal sealed class Parser
{
    private readonly TokenStream _tokens;
    private readonly ExpressionParser _expressions;

    // The number of open loops of the current function and of all functions.
    private int _loops;
    private int _allLoops;

    private Parser(TokenStream tokens)
    {
        _tokens = tokens;
        _expressions = new ExpressionParser(tokens);
    }

    /// <summary>Parses a normalized template.</summary>
    /// <exception cref="ParseFault">The text is not a template, or uses an unsupported feature.</exception>
    public static TemplateNode Parse(string source)
    {
        Parser parser = new(new TokenStream(Lexer.Tokenize(source)));
        List<Statement> body = parser.ParseBody([]);
        return Binder.Bind(body);
    }

    /// <summary>Parses statements up to a tag with one of these names, including its name, or up to the end.</summary>
    private List<Statement> ParseBody(string[] ends)
    {
        List<Statement> body = [];
        while (true)
        {
            Token token = _tokens.Current;
            switch (token.Kind)
            {
                case TokenKind.Data:
                    _tokens.Take();
                    body.Add(new TextStatement(token.Position, TextValue.Of(token.Text)));
                    break;
                case TokenKind.VariableBegin:
                    _tokens.Take();
                    body.Add(new PrintStatement(token.Position, _expressions.ParseTuple()));
                    _tokens.Expect(TokenKind.VariableEnd);
                    break;
                case TokenKind.BlockBegin:
                    _tokens.Take();
                    if (_tokens.Current.Kind == TokenKind.Name && ends.Contains(_tokens.Current.Text))
                    {
                        return body;
                    }

                    body.Add(ParseStatement(token.Position, ends));
                    _tokens.Expect(TokenKind.BlockEnd);
                    break;
                default:
                    return ends.Length == 0 ? body : throw new ParseFault(token.Position, $"The template ends without '{ends[^1]}'.");
            }
        }
    }

    /// <summary>Parses the rest of a tag, a body, and the name of the tag that ends it.</summary>
    private List<Statement> ParseBlock(out string end, params string[] ends)
    {
        _tokens.TakeOperator(":");
        _tokens.Expect(TokenKind.BlockEnd);
        _tokens.Enter();
        List<Statement> body = ParseBody(ends);
        _tokens.Leave();
        end = _tokens.Take().Text;
        return body;
    }

    /// <summary>Parses a body that is a scope or a function of its own. An unknown name in it is an immediate error.</summary>
    private List<Statement> ParseScope(bool isFunction, params string[] ends)
    {
        (bool branch, int loops) = (_tokens.InBranch, _loops);
        _tokens.InBranch = false;
        _loops = isFunction ? 0 : loops;
        List<Statement> body = ParseBlock(out _, ends);
        (_tokens.InBranch, _loops) = (branch, loops);
        return body;
    }

    private Statement ParseStatement(int position, string[] ends)
    {
        Token tag = _tokens.ExpectName();
        switch (tag.Text)
        {
            case "if":
                return ParseIf(position);
            case "for":
                return ParseFor(position);
            case "set":
                return ParseSet(position);
            case "macro":
                return ParseMacro(position);
            case "call":
                return ParseCallBlock(position);
            case "filter":
                FilterExpression filter = _expressions.ParseBlockFilter(afterPipe: false);
                return new FilterBlockStatement(position, filter, ParseScope(false, "endfilter"));
            case "with":
                return ParseWith(position);
            case "generation":
                return new GenerationStatement(position, ParseScope(true, "endgeneration"));
            case "break" when _loops > 0:
                return new BreakStatement(position);
            case "continue" when _loops > 0:
                return new ContinueStatement(position);
            case "break" or "continue":
                throw new ParseFault(tag.Position, $"'{tag.Text}' is outside a loop of its macro or block.");
            case "block" or "extends" or "include" or "import" or "from" or "autoescape" or "print" or "do" or "trans" or "debug":
                throw new ParseFault(tag.Position, $"The tag '{tag.Text}' is not supported.", ChatTemplateError.Unsupported);
            default:
                throw new ParseFault(
                    tag.Position,
                    $"The tag '{tag.Text}' is unknown" + (ends.Length == 0 ? "." : $" here; '{ends[^1]}' is still to come.")
                );
        }
    }

    private IfStatement ParseIf(int position)
    {
        List<(Expression, IReadOnlyList<Statement>)> branches = [];
        List<Statement> otherwise = [];
        bool branch = _tokens.InBranch;
        string end = "elif";
        while (end == "elif")
        {
            _tokens.InBranch = true;
            Expression test = _expressions.ParseTuple(withConditional: false);
            branches.Add((test, ParseBlock(out end, "elif", "else", "endif")));
        }

        if (end == "else")
        {
            otherwise = ParseBlock(out _, "endif");
        }

        _tokens.InBranch = branch;
        return new IfStatement(position, branches, otherwise);
    }

    private ForStatement ParseFor(int position)
    {
        _allLoops++;
        Target target = ParseTarget(withNamespace: false, "in");
        _tokens.ExpectName("in");
        Expression source = _expressions.ParseTuple(withConditional: false);
        Expression? test = _tokens.TakeName("if") ? _expressions.ParseExpression() : null;
        if (_tokens.IsName("recursive"))
        {
            throw new ParseFault(_tokens.Current.Position, "Recursive loops are not supported.", ChatTemplateError.Unsupported);
        }

        bool branch = _tokens.InBranch;
        _tokens.InBranch = false;
        _loops++;
        List<Statement> body = ParseBlock(out string end, "else", "endfor");
        _loops--;
        List<Statement> otherwise = end == "else" ? ParseBlock(out _, "endfor") : [];
        _tokens.InBranch = branch;
        _allLoops--;
        return new ForStatement(position, target, source, test, body, otherwise);
    }

    private Statement ParseSet(int position)
    {
        Target target = ParseTarget(withNamespace: true);
        if (_tokens.TakeOperator("="))
        {
            return new SetStatement(position, target, _expressions.ParseTuple());
        }

        FilterExpression? filter = _tokens.IsOperator("|") ? _expressions.ParseBlockFilter(afterPipe: true) : null;
        return new SetBlockStatement(position, target, filter, ParseScope(false, "endset"));
    }

    private MacroStatement ParseMacro(int position)
    {
        Token name = _tokens.ExpectName();
        NameTarget target = MakeName(name, isLoopAllowed: true);
        List<Parameter> parameters = ParseParameters();
        return new MacroStatement(position, target, new MacroFunction(name.Text, parameters, ParseScope(true, "endmacro")));
    }

    private CallBlockStatement ParseCallBlock(int position)
    {
        List<Parameter> parameters = _tokens.IsOperator("(") ? ParseParameters() : [];
        if (_expressions.ParseExpression() is not CallExpression call)
        {
            throw new ParseFault(position, "A call block calls a macro: '{% call name(...) %}'.");
        }

        return new CallBlockStatement(position, new MacroFunction(null, parameters, ParseScope(true, "endcall")), call);
    }

    private WithStatement ParseWith(int position)
    {
        List<(Target, Expression)> bindings = [];
        while (_tokens.Current.Kind != TokenKind.BlockEnd && !_tokens.IsOperator(":"))
        {
            if (bindings.Count > 0)
            {
                _tokens.ExpectOperator(",");
            }

            Target target = ParseTarget(withNamespace: false);
            _tokens.ExpectOperator("=");
            bindings.Add((target, _expressions.ParseExpression()));
        }

        return new WithStatement(position, bindings, ParseScope(false, "endwith"));
    }

    private List<Parameter> ParseParameters()
    {
        List<Parameter> parameters = [];
        _tokens.ExpectOperator("(");
        while (!_tokens.IsOperator(")"))
        {
            if (parameters.Count > 0)
            {
                _tokens.ExpectOperator(",");
            }

            Token name = _tokens.ExpectName();
            MakeName(name, isLoopAllowed: true);
            Expression? initial = _tokens.TakeOperator("=") ? _expressions.ParseExpression() : null;
            if (parameters.Exists(other => other.Name == name.Text) || (initial is null && parameters is [.., { Default: not null }]))
            {
                throw new ParseFault(name.Position, $"The parameter '{name.Text}' is repeated, or lacks a default after one that has it.");
            }

            parameters.Add(new Parameter(name.Position, name.Text, initial));
        }

        _tokens.ExpectOperator(")");
        return parameters;
    }

    private Target ParseTarget(bool withNamespace, string? end = null)
    {
        int position = _tokens.Current.Position;
        List<Target> items = [];
        bool isTuple = false;
        while (!AtTargetEnd(end))
        {
            items.Add(ParseSingleTarget(withNamespace));
            if (!_tokens.TakeOperator(","))
            {
                break;
            }

            isTuple = true;
        }

        return isTuple ? new TupleTarget(position, items)
            : items.Count == 1 ? items[0]
            : throw _tokens.Unexpected("a name to assign to");
    }

    private bool AtTargetEnd(string? end) =>
        _tokens.Current.Kind is TokenKind.BlockEnd || _tokens.IsOperator(")") || (end is not null && _tokens.IsName(end));

    private Target ParseSingleTarget(bool withNamespace)
    {
        if (_tokens.IsOperator("("))
        {
            _tokens.Enter();
            int position = _tokens.Take().Position;
            Target inner = _tokens.IsOperator(")") ? new TupleTarget(position, []) : ParseTarget(withNamespace: false);
            _tokens.ExpectOperator(")");
            _tokens.Leave();
            return inner;
        }

        Token name = _tokens.ExpectName();
        return withNamespace && _tokens.TakeOperator(".")
            ? new NamespaceTarget(name.Position, new NameExpression(name.Position, name.Text), _tokens.ExpectName().Text)
            : MakeName(name, isLoopAllowed: _allLoops == 0);
    }

    private static NameTarget MakeName(Token name, bool isLoopAllowed) =>
        name.Text switch
        {
            "true" or "True" or "false" or "False" or "none" or "None" => throw new ParseFault(
                name.Position,
                $"'{name.Text}' cannot be assigned to."
            ),
            "loop" when !isLoopAllowed => throw new ParseFault(name.Position, "'loop' cannot be assigned to in a loop."),
            _ => new NameTarget(name.Position, name.Text),
        };
}
