using System.Collections.Generic;

namespace Specializer.Text.Templates;

/// <summary>
/// The names of a scope during the analysis, by Jinja's rules. A name that a scope assigns is its own from the start, with the
/// value of the outer variable of that name. A name that it only reads is the nearest outer one, or comes from the context.
/// </summary>
internal sealed class Symbols
{
    // Branches copy the names before them; no chat template has a thousand branches and a thousand names.
    private const int MaximalCopies = 1_000_000;

    private readonly Dictionary<string, Variable> _pool;
    private readonly Function _function;
    private readonly Symbols? _parent;
    private readonly Dictionary<string, Variable> _references;
    private readonly Dictionary<Variable, Load?> _loads;
    private readonly List<Variable> _order;
    private readonly HashSet<string> _stores;
    private readonly Work _work;

    public Symbols(Symbols? parent, Function function)
    {
        (_parent, _function, _work) = (parent, function, parent?._work ?? new Work());
        (_pool, _references, _loads, _order, _stores) = ([], [], [], [], []);
    }

    private Symbols(Symbols original)
    {
        (_parent, _function, _pool, _order) = (original._parent, original._function, original._pool, original._order);
        _work = original._work;
        _work.Copied += original._references.Count + 1;
        if (_work.Copied > MaximalCopies)
        {
            throw new ParseFault(0, "The template has too many branches and names.", ChatTemplateError.Limit);
        }

        _references = new(original._references);
        _loads = new(original._loads);
        _stores = new(original._stores);
    }

    public Function Function => _function;

    /// <summary>Returns the initializations on entry of the scope; parameters need none.</summary>
    public IReadOnlyList<Load> Loads()
    {
        List<Load> loads = [];
        foreach (Variable variable in _order)
        {
            if (_loads.TryGetValue(variable, out Load? load) && load is not null)
            {
                loads.Add(load);
            }
        }

        return loads;
    }

    /// <summary>Creates a copy for a branch; <see cref="Merge"/> joins it.</summary>
    public Symbols Branch() => new(this);

    /// <summary>Finds the variable of a name in this scope or an outer one.</summary>
    public Variable? Find(string name) => _references.TryGetValue(name, out Variable? found) ? found : _parent?.Find(name);

    /// <summary>Returns whether the name comes from the context.</summary>
    public bool IsFromContext(string name) =>
        _references.TryGetValue(name, out Variable? found)
            ? _loads.TryGetValue(found, out Load? load) && load is { FromContext: true }
            : _parent?.IsFromContext(name) ?? true;

    /// <summary>Records that the name is read.</summary>
    public void Read(string name)
    {
        if (Find(name) is null)
        {
            Define(name, variable => new Load(variable, null, FromContext: true));
        }
    }

    /// <summary>Records that the name is assigned.</summary>
    public void Assign(string name)
    {
        _stores.Add(name);
        if (!_references.ContainsKey(name))
        {
            Variable? outer = _parent?.Find(name);
            Define(name, variable => new Load(variable, outer, FromContext: false));
        }
    }

    /// <summary>Records that the name is a parameter or loop target, which is set when the scope is entered.</summary>
    public Variable Declare(string name)
    {
        _stores.Add(name);
        return Define(name, _ => null);
    }

    /// <summary>
    /// Joins branches. A name that only some of them assign starts with the outer variable, or comes from the context.
    /// </summary>
    public void Merge(IReadOnlyList<Symbols> branches)
    {
        HashSet<string> assigned = [];
        foreach (Symbols branch in branches)
        {
            assigned.UnionWith(branch._stores);
        }

        assigned.ExceptWith(_stores);
        foreach (Symbols branch in branches)
        {
            foreach ((string name, Variable variable) in branch._references)
            {
                _references[name] = variable;
            }

            foreach ((Variable variable, Load? load) in branch._loads)
            {
                _loads[variable] = load;
            }

            _stores.UnionWith(branch._stores);
        }

        foreach (string name in assigned)
        {
            Variable variable = Find(name)!;
            Variable? outer = _parent?.Find(name);
            _loads[variable] = new Load(variable, outer, FromContext: outer is null);
        }
    }

    private Variable Define(string name, System.Func<Variable, Load?> load)
    {
        if (!_pool.TryGetValue(name, out Variable? variable))
        {
            variable = new Variable(name, _function.Depth, _function.Slots++);
            _pool.Add(name, variable);
            _order.Add(variable);
        }

        _references[name] = variable;
        _loads[variable] = load(variable);
        return variable;
    }

    private sealed class Work
    {
        public int Copied { get; set; }
    }
}
