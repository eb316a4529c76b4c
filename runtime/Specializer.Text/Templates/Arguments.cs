using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Text.Templates;

/// <summary>The arguments of a call: positional ones, then named ones in their order.</summary>
internal sealed class Arguments(IReadOnlyList<Value> positional, IReadOnlyList<KeyValuePair<string, Value>> named)
{
    public static Arguments None { get; } = new([], []);

    public IReadOnlyList<Value> Positional => positional;

    public IReadOnlyList<KeyValuePair<string, Value>> Named => named;

    /// <summary>Returns the arguments after some positional ones.</summary>
    public Arguments Skip(int count) => new([.. positional.Skip(count)], named);

    /// <summary>Returns the named argument, or null.</summary>
    public Value? Find(string name)
    {
        foreach ((string key, Value value) in named)
        {
            if (key == name)
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>
    /// Binds the arguments to parameters like Python; null if one is absent. A parameter whose name starts with a slash cannot be
    /// passed by name.
    /// </summary>
    /// <exception cref="TemplateFault">
    /// An argument is unknown, occurs twice or is one too many, or a required argument is absent.
    /// </exception>
    public Value?[] Bind(string function, int required, params ReadOnlySpan<string> parameters)
    {
        if (positional.Count > parameters.Length)
        {
            throw TemplateFault.Runtime($"{function} takes at most {parameters.Length} arguments, but {positional.Count} were given.");
        }

        var bound = new Value?[parameters.Length];
        for (int i = 0; i < positional.Count; i++)
        {
            bound[i] = positional[i];
        }

        foreach ((string name, Value value) in named)
        {
            int index = parameters.IndexOf(name);
            if (index < 0)
            {
                throw TemplateFault.Runtime($"{function} has no parameter named '{name}'.");
            }

            if (bound[index] is not null)
            {
                throw TemplateFault.Runtime($"{function} got the argument '{name}' twice.");
            }

            bound[index] = value;
        }

        for (int i = 0; i < required; i++)
        {
            if (bound[i] is null)
            {
                throw TemplateFault.Runtime($"{function} lacks the argument '{parameters[i].TrimStart('/')}'.");
            }
        }

        return bound;
    }
}
