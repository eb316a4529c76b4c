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
    private const string Weight = ".weight";

    private readonly TensorRequirement[] _required;
    private readonly HashSet<string> _requiredNames;
    private readonly HashSet<string> _norms = [];
    private readonly List<string> _bodyNames = [];
    private readonly TensorNaming _naming;
    private readonly NamePatterns _ignored;

    /// <summary>Makes a table of tensors that every checkpoint calls the same.</summary>
    /// <param name="required">The tensors that the model reads.</param>
    /// <param name="ignored">
    /// The names of tensors that may be present, with any type and shape, and are not read, as <see cref="TensorNaming.Ignored"/> spells them.
    /// </param>
    /// <exception cref="ArgumentException">
    /// Two requirements name the same tensor; a requirement has a negative number of layers or a negative dimension; or
    /// it is one of a layer and its name does not say which, or the reverse.
    /// </exception>
    public TensorTable(IReadOnlyList<TensorRequirement> required, IReadOnlyList<string> ignored)
        : this(required, new TensorNaming { Ignored = ignored ?? throw new ArgumentNullException(nameof(ignored)) }) { }

    /// <summary>Makes a table of tensors whose names vary from one checkpoint to another.</summary>
    /// <param name="required">The tensors that the model reads.</param>
    /// <param name="naming">How their names vary, and which tensors may be present besides.</param>
    /// <exception cref="ArgumentException">
    /// Two requirements name the same tensor; a requirement has a negative number of layers or a negative dimension; it is one of a
    /// layer and its name does not say which, or the reverse; or its copies, parts or whole are required themselves.
    /// </exception>
    public TensorTable(IReadOnlyList<TensorRequirement> required, TensorNaming naming)
    {
        ArgumentNullException.ThrowIfNull(required);
        ArgumentNullException.ThrowIfNull(naming);
        _required = [.. required];
        _naming = naming;
        _ignored = new NamePatterns(naming.Ignored);
        _requiredNames = [];
        foreach (TensorRequirement requirement in _required)
        {
            Add(requirement);
        }

        foreach (TensorRequirement requirement in _required)
        {
            CheckAlternatives(requirement);
        }
    }

    /// <summary>The tensors that the model reads; their indices are those of <see cref="CheckedTensors.Get"/>.</summary>
    public IReadOnlyList<TensorRequirement> Required => _required;

    /// <summary>The names of tensors that may be present and are not read.</summary>
    public IReadOnlyList<string> Ignored => _naming.Ignored;

    /// <summary>How the names vary from one checkpoint to another.</summary>
    public TensorNaming Naming => _naming;

    /// <summary>Checks weights against the whole table. Reads elements only of tensors that the weights hold twice, to compare them.</summary>
    /// <param name="source">The weights.</param>
    /// <returns>The required tensors.</returns>
    /// <exception cref="WeightsException">The weights do not fit; the message and <see cref="WeightsException.Problems"/> say all that is wrong.</exception>
    /// <exception cref="ObjectDisposedException">The source was disposed.</exception>
    public CheckedTensors Check(WeightsSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var names = new FileNames(source, _naming, _bodyNames, _norms);
        return new TableCheck(_required, _naming, names).Run(source.Description, _ignored);
    }

    private void Add(TensorRequirement requirement)
    {
        bool isMarked = requirement.Name.Contains(TensorRequirement.LayerMark, StringComparison.Ordinal);
        if (requirement.Layers < 0 || isMarked != requirement.Layers > 0)
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Requirement \"{requirement.Name}\" has {requirement.Layers} layers; {TensorRequirement.LayerMark} must stand in its name if there is at least one, and only then."
                )
            );
        }

        foreach (long dimension in requirement.Shape.AsSpan())
        {
            if (dimension < 0)
            {
                throw new ArgumentException(
                    $"Requirement \"{requirement.Name}\" has the shape {TensorExtent.Format(requirement.Shape.AsSpan())}; no dimension may be negative."
                );
            }
        }

        for (int layer = 0; layer < Math.Max(1, requirement.Layers); layer++)
        {
            string name = requirement.NameInLayer(layer);
            if (!_requiredNames.Add(name))
            {
                throw new ArgumentException(
                    $"Two requirements name the tensor \"{name}\"; require it once and read it as often as needed."
                );
            }

            if (name.StartsWith(_naming.BasePrefix, StringComparison.Ordinal))
            {
                _bodyNames.Add(name);
            }

            // A weight that is a vector is a norm's.
            if (requirement.Shape.Length == 1 && name.EndsWith(Weight, StringComparison.Ordinal))
            {
                _norms.Add(name[..^Weight.Length]);
            }
        }
    }

    private void CheckAlternatives(TensorRequirement requirement)
    {
        long rows = 0;
        foreach (TensorRows part in requirement.Parts)
        {
            Refuse(
                requirement.Shape.IsEmpty || part.First != rows || part.Rows < 0,
                $"part \"{part.Name}\", which does not begin where the one before ends"
            );
            Refuse(_requiredNames.Contains(part.Name), $"part \"{part.Name}\", which is required by itself");
            rows += part.Rows;
        }

        Refuse(!requirement.Parts.IsEmpty && rows != requirement.Shape[0], "parts that do not add up to its rows");
        Refuse(
            requirement.PartOf is { } whole
                && (
                    requirement.Shape.IsEmpty
                    || whole.First < 0
                    || whole.First > whole.Rows - requirement.Shape[0]
                    || _requiredNames.Contains(whole.Name)
                ),
            "a whole that is required by itself or has no such rows"
        );
        foreach (string copy in requirement.Copies)
        {
            Refuse(_requiredNames.Contains(requirement.InLayer(copy, 0)), $"copy \"{copy}\", which is required by itself");
        }

        void Refuse(bool condition, string what)
        {
            if (condition)
            {
                throw new ArgumentException($"Requirement \"{requirement.Name}\" has the {what}.");
            }
        }
    }
}
