using System.Collections.Generic;
using System.Linq;

namespace Specializer.Text.Templates;

/// <summary>
/// Binds the names of a template to slots. Each scope is analyzed completely before its names are bound, because a name that a
/// scope assigns anywhere is its own variable everywhere.
/// </summary>
internal static class Binder
{
    /// <summary>Binds a template.</summary>
    public static TemplateNode Bind(IReadOnlyList<Statement> body)
    {
        Function function = new();
        Scope scope = new();
        Symbols symbols = new(null, function);
        Collect(body, symbols);
        Bind(body, symbols);
        scope.Loads = symbols.Loads();
        return new TemplateNode(body, function, scope);
    }

    private static void Collect(IReadOnlyList<Statement> body, Symbols symbols)
    {
        foreach (Statement statement in body)
        {
            Collect(statement, symbols);
        }
    }

    /// <summary>
    /// Collects the names that a statement reads and assigns in its own scope; inner scopes are analyzed when they are bound.
    /// </summary>
    private static void Collect(Statement statement, Symbols symbols)
    {
        switch (statement)
        {
            case PrintStatement print:
                Collect(print.Value, symbols);
                break;
            case IfStatement conditional:
                CollectBranches(conditional, 0, symbols);
                break;
            case ForStatement loop:
                Collect(loop.Source, symbols);
                break;
            case SetStatement set:
                Collect(set.Value, symbols);
                Collect(set.Target, symbols, isParameter: false);
                break;
            case SetBlockStatement set:
                Collect(set.Target, symbols, isParameter: false);
                break;
            case MacroStatement macro:
                symbols.Assign(macro.Target.Name);
                break;
            case CallBlockStatement block:
                Collect(block.Call, symbols);
                break;
            case FilterBlockStatement block:
                Collect(block.Filter, symbols);
                break;
            case WithStatement with:
                foreach ((_, Expression value) in with.Bindings)
                {
                    Collect(value, symbols);
                }

                break;
            default:
                break;
        }
    }

    // The branches after the first are one branch of it, like Jinja's 'elif'.
    private static void CollectBranches(IfStatement conditional, int first, Symbols symbols)
    {
        Collect(conditional.Branches[first].Test, symbols);
        Symbols body = symbols.Branch();
        Collect(conditional.Branches[first].Body, body);
        List<Symbols> branches = [body];
        if (first == 0)
        {
            Symbols others = symbols.Branch();
            for (int other = 1; other < conditional.Branches.Count; other++)
            {
                CollectBranches(conditional, other, others);
            }

            Symbols otherwise = symbols.Branch();
            Collect(conditional.Otherwise, otherwise);
            branches.AddRange([others, otherwise]);
        }

        symbols.Merge(branches);
    }

    private static void Collect(Target target, Symbols symbols, bool isParameter)
    {
        switch (target)
        {
            case NameTarget name when isParameter:
                symbols.Declare(name.Name);
                break;
            case NameTarget name:
                symbols.Assign(name.Name);
                break;
            case NamespaceTarget attribute:
                symbols.Read(attribute.Namespace.Name);
                break;
            case TupleTarget tuple:
                foreach (Target item in tuple.Items)
                {
                    Collect(item, symbols, isParameter);
                }

                break;
        }
    }

    private static void Collect(Expression expression, Symbols symbols)
    {
        foreach (NameExpression name in Names.In(expression))
        {
            symbols.Read(name.Name);
        }
    }

    private static void Bind(IReadOnlyList<Statement> body, Symbols symbols)
    {
        foreach (Statement statement in body)
        {
            Bind(statement, symbols);
        }
    }

    private static void Bind(Statement statement, Symbols symbols)
    {
        switch (statement)
        {
            case PrintStatement print:
                Bind(print.Value, symbols);
                break;
            case IfStatement conditional:
                foreach ((Expression test, IReadOnlyList<Statement> body) in conditional.Branches)
                {
                    Bind(test, symbols);
                    Bind(body, symbols);
                }

                Bind(conditional.Otherwise, symbols);
                break;
            case ForStatement loop:
                BindLoop(loop, symbols);
                break;
            case SetStatement set:
                Bind(set.Value, symbols);
                Bind(set.Target, symbols);
                break;
            case SetBlockStatement set:
                Bind(set.Target, symbols);
                BindScope(set.Scope, set.Filter, set.Body, symbols);
                break;
            case MacroStatement macro:
                Bind(macro.Target, symbols);
                BindMacro(macro.Macro, macro.Position, symbols);
                break;
            case CallBlockStatement block:
                Bind(block.Call, symbols);
                BindMacro(block.Block, block.Position, symbols);
                break;
            case FilterBlockStatement block:
                BindScope(block.Scope, block.Filter, block.Body, symbols);
                break;
            case WithStatement with:
                BindWith(with, symbols);
                break;
            case GenerationStatement generation:
                BindScope(generation.Scope, null, generation.Body, symbols);
                break;
            default:
                break;
        }
    }

    private static void BindScope(Scope scope, Expression? filter, IReadOnlyList<Statement> body, Symbols outer)
    {
        Symbols symbols = new(outer, outer.Function);
        if (filter is not null)
        {
            Collect(filter, symbols);
        }

        Collect(body, symbols);
        if (filter is not null)
        {
            Bind(filter, symbols);
        }

        Bind(body, symbols);
        scope.Loads = symbols.Loads();
    }

    private static void BindLoop(ForStatement loop, Symbols outer)
    {
        Bind(loop.Source, outer);
        Symbols body = new(outer, outer.Function);
        loop.Loop = body.Declare("loop");
        Collect(loop.Target, body, isParameter: true);
        Collect(loop.Body, body);
        Bind(loop.Target, body);
        Bind(loop.Body, body);
        loop.BodyScope.Loads = body.Loads();
        if (loop.Test is not null)
        {
            Symbols test = new(outer, outer.Function);
            loop.TestTarget = Copy(loop.Target);
            Collect(loop.TestTarget, test, isParameter: true);
            Collect(loop.Test, test);
            Bind(loop.TestTarget, test);
            Bind(loop.Test, test);
            loop.TestScope.Loads = test.Loads();
        }

        BindScope(loop.OtherwiseScope, null, loop.Otherwise, outer);
    }

    private static void BindWith(WithStatement with, Symbols outer)
    {
        Symbols symbols = new(outer, outer.Function);
        foreach ((Target target, _) in with.Bindings)
        {
            Collect(target, symbols, isParameter: true);
        }

        Collect(with.Body, symbols);
        foreach ((Target target, Expression value) in with.Bindings)
        {
            Bind(value, outer);
            Bind(target, symbols);
        }

        Bind(with.Body, symbols);
        with.Scope.Loads = symbols.Loads();
    }

    private static void BindMacro(MacroFunction macro, int position, Symbols outer)
    {
        macro.Function = new Function { Depth = outer.Function.Depth + 1 };
        Symbols symbols = new(outer, macro.Function);
        HashSet<string> used = [.. Names.In(macro.Body).Select(name => name.Name)];
        foreach (Parameter parameter in macro.Parameters)
        {
            parameter.Variable = symbols.Declare(parameter.Name);
            used.Remove(parameter.Name);
            if (parameter is { Name: "caller", Default: null })
            {
                throw new ParseFault(position, "The parameter 'caller' of a macro requires a default or must be omitted.");
            }
        }

        macro.Caller = used.Contains("caller") ? symbols.Declare("caller") : null;
        macro.NamedArguments = used.Contains("kwargs") ? symbols.Declare("kwargs") : null;
        macro.FurtherArguments = used.Contains("varargs") ? symbols.Declare("varargs") : null;
        foreach (Parameter parameter in macro.Parameters.Where(parameter => parameter.Default is not null))
        {
            Collect(parameter.Default!, symbols);
        }

        Collect(macro.Body, symbols);
        foreach (Parameter parameter in macro.Parameters.Where(parameter => parameter.Default is not null))
        {
            Bind(parameter.Default!, symbols);
        }

        Bind(macro.Body, symbols);
        macro.Scope.Loads = symbols.Loads();
    }

    private static void Bind(Target target, Symbols symbols)
    {
        switch (target)
        {
            case NameTarget name:
                name.Variable = symbols.Find(name.Name);
                break;
            case NamespaceTarget attribute:
                Bind(attribute.Namespace, symbols);
                break;
            case TupleTarget tuple:
                foreach (Target item in tuple.Items)
                {
                    Bind(item, symbols);
                }

                break;
        }
    }

    private static void Bind(Expression expression, Symbols symbols)
    {
        foreach (NameExpression name in Names.In(expression))
        {
            name.Variable = symbols.Find(name.Name);
            if (name.Name is "self" or "super" or "lipsum" or "cycler" or "joiner" && symbols.IsFromContext(name.Name))
            {
                throw new ParseFault(name.Position, $"The global '{name.Name}' is not supported.", ChatTemplateError.Unsupported);
            }
        }
    }

    private static Target Copy(Target target) =>
        target switch
        {
            NameTarget name => new NameTarget(name.Position, name.Name),
            TupleTarget tuple => new TupleTarget(tuple.Position, [.. tuple.Items.Select(Copy)]),
            _ => target,
        };
}
