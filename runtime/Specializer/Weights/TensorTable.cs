using System;
using System.Collections.Generic;
using System.Globalization;

namespace Specializer;

/// <summary>The tensors of a model's checkpoint: those that are read and those that may be present in addition.</summary>
/// <remarks>
/// A checkpoint matches if it contains every required tensor in its exact shape and no unknown tensor. An unknown tensor is an
/// error, because it usually means that the declaration lacks a part of the model, for instance a bias.
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

    /// <summary>Creates a table of tensors that have the same names in every checkpoint.</summary>
    /// <param name="required">The tensors that the model reads.</param>
    /// <param name="ignored">
    /// The names of tensors that may be present, with any type and shape, and are not read, in the syntax of
    /// <see cref="TensorNaming.Ignored"/>.
    /// </param>
    /// <exception cref="ArgumentException">
    /// Two requirements name the same tensor; a requirement has a negative number of layers or a negative dimension; or the name
    /// of a layer's tensor lacks the layer number, or the reverse.
    /// </exception>
    public TensorTable(IReadOnlyList<TensorRequirement> required, IReadOnlyList<string> ignored)
        : this(required, new TensorNaming { Ignored = ignored ?? throw new ArgumentNullException(nameof(ignored)) }) { }

    /// <summary>Creates a table of tensors whose names vary between checkpoints.</summary>
    /// <param name="required">The tensors that the model reads.</param>
    /// <param name="naming">The variations of their names, and the tensors that may be present in addition.</param>
    /// <exception cref="ArgumentException">
    /// Two requirements name the same tensor; a requirement has a negative number of layers or a negative dimension; the name of
    /// a layer's tensor lacks the layer number, or the reverse; or the copies, parts or whole of a requirement are required
    /// themselves.
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

    /// <summary>The variations of the names between checkpoints.</summary>
    public TensorNaming Naming => _naming;

    /// <summary>
    /// Checks weights against the whole table. Elements are read only from tensors that occur twice, to compare them.
    /// </summary>
    /// <param name="source">The weights.</param>
    /// <returns>The required tensors.</returns>
    /// <exception cref="WeightsException">
    /// The weights do not match the table. <see cref="WeightsException.Problems"/> contains all problems.
    /// </exception>
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
                    $"Requirement \"{requirement.Name}\" has {requirement.Layers} layers; {TensorRequirement.LayerMark} must be part of its name if and only if there is at least one."
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

            // A weight that is a vector belongs to a norm.
            if (requirement.Shape.Length == 1 && name.EndsWith(Weight, StringComparison.Ordinal))
            {
                _norms.Add(name[..^Weight.Length]);
            }
        }
    }

    private void CheckAlternatives(TensorRequirement requirement)
    {
        bool hasRows = !requirement.Shape.IsEmpty;
        long outputs = hasRows ? requirement.Shape[requirement.OutputAxis] : 0,
            rows = 0;
        Refuse(!hasRows && (!requirement.Parts.IsEmpty || requirement.PartOf is not null), "other form of a scalar");
        HashSet<long> taken = [];
        foreach (TensorRows part in requirement.Parts)
        {
            Refuse(
                !Fits(part, part.Rows, outputs) || !TakesFree(part, part.Rows, taken),
                $"part \"{part.Name}\", whose rows are not among its own or are those of another part"
            );
            Refuse(_requiredNames.Contains(part.Name), $"part \"{part.Name}\", which is required by itself");
            rows += part.Rows;
        }

        Refuse(!requirement.Parts.IsEmpty && rows != outputs, "parts that do not add up to its rows");
        Refuse(
            requirement.PartOf is { } whole && (!Fits(whole, outputs, whole.Rows) || _requiredNames.Contains(whole.Name)),
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
                throw new ArgumentException($"Requirement \"{requirement.Name}\" has an invalid {what}.");
            }
        }
    }

    /// <summary>Returns whether the rows of a part are inside the whole, in complete groups that do not overlap.</summary>
    private static bool Fits(TensorRows where, long count, long whole)
    {
        if (where.First < 0 || count < 0 || count > whole || where.GroupRows < 0)
        {
            return false;
        }

        if (where.GroupRows == 0)
        {
            return where.First <= whole - count;
        }

        long groups = count / where.GroupRows;
        return count % where.GroupRows == 0
            && where.GroupStride >= where.GroupRows
            && where.First + ((Int128)(groups - 1) * where.GroupStride) <= whole - where.GroupRows;
    }

    /// <summary>Returns whether no other part contains any of its rows.</summary>
    private static bool TakesFree(TensorRows part, long count, HashSet<long> taken)
    {
        long groupRows = part.GroupRows == 0 ? count : part.GroupRows;
        for (long row = 0; row < count; row++)
        {
            if (!taken.Add(part.First + (row / groupRows * part.GroupStride) + (row % groupRows)))
            {
                return false;
            }
        }

        return true;
    }
}
