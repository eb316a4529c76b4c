using System;
using System.Collections.Generic;
using System.Collections.Immutable;

namespace Specializer;

/// <summary>Finds tensors in one checkpoint by the names in a table, whatever prefixes and aliases the checkpoint uses.</summary>
internal sealed class FileNames
{
    private const string Weight = ".weight",
        Bias = ".bias",
        Gamma = ".gamma",
        Beta = ".beta";

    private readonly WeightsSource _source;
    private readonly IReadOnlyDictionary<string, string> _aliases;
    private readonly string _base;
    private readonly IReadOnlySet<string> _norms;
    private readonly HashSet<string> _read = [];
    private readonly HashSet<string> _contested = [];
    private readonly string _wrapper = "";
    private readonly string _actualBase;

    /// <summary>
    /// The source's own name of the tensor that was found last; a view may have the name of the file that contains it.
    /// </summary>
    private string _foundName = "";

    /// <summary>Determines the prefixes of the checkpoint.</summary>
    /// <param name="source">The checkpoint.</param>
    /// <param name="naming">The variations of its names.</param>
    /// <param name="bodyNames">The names of the tensors that can have a prefix.</param>
    /// <param name="norms">The names, without <c>.weight</c>, of norms whose tensors can be named gamma and beta.</param>
    public FileNames(WeightsSource source, TensorNaming naming, IReadOnlyList<string> bodyNames, IReadOnlySet<string> norms)
    {
        _source = source;
        _aliases = source.Metadata;
        _base = naming.BasePrefix;
        _norms = norms;
        _actualBase = _base;
        int most = -1;
        foreach ((string wrapper, string actualBase) in Variants(naming))
        {
            int found = 0;
            foreach (string name in bodyNames)
            {
                found += TryGet(string.Concat(wrapper, actualBase, name.AsSpan(_base.Length)), out _) ? 1 : 0;
            }

            if (found > most)
            {
                (most, _wrapper, _actualBase) = (found, wrapper, actualBase);
            }

            if (found == bodyNames.Count)
            {
                break;
            }
        }
    }

    /// <summary>Finds a tensor and marks it as read.</summary>
    public bool TryFind(string name, out TensorView view)
    {
        if (!TryFindUnread(name, out view))
        {
            return false;
        }

        _read.Add(_foundName);
        return true;
    }

    /// <summary>
    /// Finds a tensor that occurs beside the one that is read in its place. It is unexpected, even if another requirement reads
    /// it.
    /// </summary>
    public void Contest(string name)
    {
        if (TryFindUnread(name, out _))
        {
            _contested.Add(_foundName);
        }
    }

    /// <summary>Returns the tensors that no name found and no pattern ignores.</summary>
    public List<TensorView> Unexpected(NamePatterns ignored)
    {
        List<TensorView> unexpected = [];
        foreach (string name in _source.Names)
        {
            bool isKnown = _contested.Count > 0 && _contested.Contains(name) ? false : _read.Contains(name) || IsIgnored(name, ignored);
            if (!isKnown && _source.TryGetTensor(name, out TensorView view))
            {
                unexpected.Add(view);
            }
        }

        return unexpected;
    }

    private static IEnumerable<(string Wrapper, string ActualBase)> Variants(TensorNaming naming)
    {
        ImmutableArray<string> wrappers = ["", .. naming.Wrappers];
        string[] bases = naming.BasePrefix.Length == 0 ? [""] : [naming.BasePrefix, "", naming.BasePrefix + naming.BasePrefix];
        foreach (string wrapper in wrappers)
        {
            foreach (string actualBase in bases)
            {
                yield return (wrapper, actualBase);
            }
        }
    }

    private bool TryFindUnread(string name, out TensorView view)
    {
        if (TryFindExactly(name, out view))
        {
            return true;
        }

        // Checkpoints that were converted from TensorFlow before 2020.
        return (
                name.EndsWith(Weight, StringComparison.Ordinal)
                && _norms.Contains(name[..^Weight.Length])
                && TryFindExactly(name[..^Weight.Length] + Gamma, out view)
            )
            || (
                name.EndsWith(Bias, StringComparison.Ordinal)
                && _norms.Contains(name[..^Bias.Length])
                && TryFindExactly(name[..^Bias.Length] + Beta, out view)
            );
    }

    private bool TryFindExactly(string name, out TensorView view)
    {
        if (_base.Length == 0 || name.StartsWith(_base, StringComparison.Ordinal))
        {
            return TryGet(string.Concat(_wrapper, _actualBase, name.AsSpan(_base.Length)), out view);
        }

        // A head is beside the body: inside the wrapper or outside it, or with a body whose prefix occurs twice.
        return TryGet(_wrapper + name, out view)
            || (_wrapper.Length > 0 && TryGet(name, out view))
            || (_actualBase.Length > _base.Length && TryGet(string.Concat(_wrapper, _base, name), out view));
    }

    private bool TryGet(string name, out TensorView view)
    {
        _foundName = name;
        if (_source.TryGetTensor(name, out view))
        {
            return true;
        }

        if (_aliases.TryGetValue(name, out string? kept) && _source.TryGetTensor(kept, out view))
        {
            _foundName = kept;
            return true;
        }

        return false;
    }

    private bool IsIgnored(string name, NamePatterns ignored)
    {
        if (ignored.Matches(name))
        {
            return true;
        }

        string body = _wrapper + _actualBase;
        return (
                body != _base
                && name.StartsWith(body, StringComparison.Ordinal)
                && ignored.Matches(string.Concat(_base, name.AsSpan(body.Length)))
            ) || (_wrapper.Length > 0 && name.StartsWith(_wrapper, StringComparison.Ordinal) && ignored.Matches(name[_wrapper.Length..]));
    }
}
