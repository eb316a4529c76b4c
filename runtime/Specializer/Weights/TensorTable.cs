using System;
using System.Collections.Generic;
using System.Globalization;

namespace Specializer;

/// <summary>All the tensors of a model's checkpoint, as the declaration fixes them: those that are read and those that may be present besides.</summary>
/// <remarks>
/// A checkpoint fits if it has every required tensor in its exact shape and nothing that the table does not know. A tensor
/// that nobody reads is an error, since it means that the declaration lacks a part of the model, for instance a bias.
/// </remarks>
public sealed class TensorTable
{
    private readonly TensorRequirement[] _required;
    private readonly HashSet<string> _requiredNames;
    private readonly string[] _ignored;
    private readonly HashSet<string> _ignoredNames = [];
    private readonly List<(string Before, string After)> _ignoredPatterns = [];

    /// <summary>Makes a table.</summary>
    /// <param name="required">The tensors that the model reads.</param>
    /// <param name="ignored">
    /// The names of tensors that may be present, with any type and shape, and are not read. <see cref="TensorRequirement.LayerMark"/>
    /// in a name, at most once, stands for any number.
    /// </param>
    /// <exception cref="ArgumentException">
    /// Two requirements name the same tensor; a requirement has a negative number of layers or a negative dimension; or
    /// it is one of a layer and its name does not say which, or the reverse.
    /// </exception>
    public TensorTable(IReadOnlyList<TensorRequirement> required, IReadOnlyList<string> ignored)
    {
        ArgumentNullException.ThrowIfNull(required);
        ArgumentNullException.ThrowIfNull(ignored);
        _required = [.. required];
        _ignored = [.. ignored];
        _requiredNames = [];
        foreach (TensorRequirement requirement in _required)
        {
            Add(requirement);
        }

        foreach (string name in _ignored)
        {
            int mark = name.IndexOf(TensorRequirement.LayerMark, StringComparison.Ordinal);
            if (mark < 0)
            {
                _ignoredNames.Add(name);
            }
            else
            {
                _ignoredPatterns.Add((name[..mark], name[(mark + TensorRequirement.LayerMark.Length)..]));
            }
        }
    }

    /// <summary>The tensors that the model reads; their indices are those of <see cref="CheckedTensors.Get"/>.</summary>
    public IReadOnlyList<TensorRequirement> Required => _required;

    /// <summary>The names of tensors that may be present and are not read.</summary>
    public IReadOnlyList<string> Ignored => _ignored;

    /// <summary>Checks weights against the whole table. Reads no element.</summary>
    /// <param name="source">The weights.</param>
    /// <returns>The required tensors.</returns>
    /// <exception cref="WeightsException">The weights do not fit; the message and <see cref="WeightsException.Problems"/> say all that is wrong.</exception>
    /// <exception cref="ObjectDisposedException">The source was disposed.</exception>
    public CheckedTensors Check(WeightsSource source)
    {
        ArgumentNullException.ThrowIfNull(source);

        // Unexpected tensors come first, since a missing one is looked for among them.
        List<TensorView> unexpected = [];
        foreach (string name in source.Names)
        {
            if (!_requiredNames.Contains(name) && !IsIgnored(name) && source.TryGetTensor(name, out TensorView view))
            {
                unexpected.Add(view);
            }
        }

        TableProblems problems = new(source.Description, unexpected);
        TensorView[][] views = new TensorView[_required.Length][];
        for (int i = 0; i < views.Length; i++)
        {
            views[i] = new TensorView[Math.Max(1, _required[i].Layers)];
            for (int layer = 0; layer < views[i].Length; layer++)
            {
                string name = _required[i].NameInLayer(layer);
                if (!source.TryGetTensor(name, out views[i][layer]))
                {
                    problems.AddMissing(name, _required[i]);
                    continue;
                }

                if (!views[i][layer].Shape.SequenceEqual(_required[i].Shape.AsSpan()))
                {
                    problems.AddWrongShape(views[i][layer], _required[i]);
                }

                if (!TensorElementTypes.IsReadable(views[i][layer].ElementType))
                {
                    problems.AddUnsupportedElementType(views[i][layer], _required[i]);
                }
            }
        }

        problems.ThrowIfAny();
        return new CheckedTensors(views);
    }

    private void Add(TensorRequirement requirement)
    {
        bool isMarked = requirement.Name.Contains(TensorRequirement.LayerMark, StringComparison.Ordinal);
        if (requirement.Layers < 0 || isMarked != requirement.Layers > 0)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Requirement \"{requirement.Name}\" has {requirement.Layers} layers; {TensorRequirement.LayerMark} must stand in its name if there is at least one, and only then."));
        }

        foreach (long dimension in requirement.Shape.AsSpan())
        {
            if (dimension < 0)
            {
                throw new ArgumentException($"Requirement \"{requirement.Name}\" has the shape {TensorExtent.Format(requirement.Shape.AsSpan())}; no dimension may be negative.");
            }
        }

        for (int layer = 0; layer < Math.Max(1, requirement.Layers); layer++)
        {
            if (!_requiredNames.Add(requirement.NameInLayer(layer)))
            {
                throw new ArgumentException($"Two requirements name the tensor \"{requirement.NameInLayer(layer)}\"; require it once and read it as often as needed.");
            }
        }
    }

    private bool IsIgnored(string name)
    {
        if (_ignoredNames.Contains(name))
        {
            return true;
        }

        foreach ((string before, string after) in _ignoredPatterns)
        {
            int digits = name.Length - before.Length - after.Length;
            if (digits > 0
                && name.StartsWith(before, StringComparison.Ordinal)
                && name.EndsWith(after, StringComparison.Ordinal)
                && !name.AsSpan(before.Length, digits).ContainsAnyExceptInRange('0', '9'))
            {
                return true;
            }
        }

        return false;
    }
}
