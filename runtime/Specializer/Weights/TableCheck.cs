using System;
using System.Collections.Generic;

namespace Specializer;

/// <summary>Checks weights against a table: finds every tensor under one of its names and reports all problems.</summary>
/// <param name="required">The tensors of the table.</param>
/// <param name="naming">The variations of their names.</param>
/// <param name="names">Finds tensors in the weights.</param>
internal sealed class TableCheck(TensorRequirement[] required, TensorNaming naming, FileNames names)
{
    private readonly TensorView[][] _views = new TensorView[required.Length][];
    private readonly bool[][] _found = new bool[required.Length][];
    private readonly Dictionary<(int Requirement, int Layer), JoinedTensor> _joined = [];
    private readonly List<(TensorRequirement Requirement, TensorView View, TensorView Copy)> _copies = [];
    private readonly Dictionary<(int Requirement, int Layer), List<TensorRows>> _missingParts = [];
    private readonly List<(TensorView Found, TensorRequirement Requirement, int Layer, long[] Expected)> _odd = [];

    /// <summary>The names in <see cref="_odd"/>: a whole is found for each of its parts and reported once.</summary>
    private readonly HashSet<string> _oddNames = [];

    /// <exception cref="WeightsException">The weights do not match the table.</exception>
    public CheckedTensors Run(string description, NamePatterns ignored)
    {
        for (int i = 0; i < required.Length; i++)
        {
            int layers = Math.Max(1, required[i].Layers);
            _views[i] = new TensorView[layers];
            _found[i] = new bool[layers];
            for (int layer = 0; layer < layers; layer++)
            {
                _found[i][layer] = Find(i, layer);
            }
        }

        UseSubstitutes();

        // The suggestion for a missing tensor is one of the unexpected tensors.
        TableProblems problems = new(description, naming, names.Unexpected(ignored));
        for (int i = 0; i < required.Length; i++)
        {
            for (int layer = 0; layer < _views[i].Length; layer++)
            {
                Report(problems, i, layer);
            }
        }

        foreach ((TensorView found, TensorRequirement requirement, int layer, long[] expected) in _odd)
        {
            Report(problems, found, requirement, expected, requirement.NameInLayer(layer));
        }

        problems.ThrowIfAny();
        foreach ((TensorRequirement requirement, TensorView view, TensorView copy) in _copies)
        {
            Compare(problems, requirement, view, copy);
        }

        problems.ThrowIfAny();
        return new CheckedTensors(_views, _joined);
    }

    private bool Find(int index, int layer)
    {
        TensorRequirement requirement = required[index];
        ref TensorView view = ref _views[index][layer];
        bool isFound = names.TryFind(requirement.NameInLayer(layer), out view);
        if (isFound)
        {
            if (requirement.PartOf is { } whole)
            {
                names.Contest(requirement.InLayer(whole.Name, layer));
            }
        }

        foreach (string name in requirement.Copies)
        {
            if (!names.TryFind(requirement.InLayer(name, layer), out TensorView copy))
            {
                continue;
            }

            if (!isFound)
            {
                (view, isFound) = (copy, true);
            }
            else if (copy.Name != view.Name)
            {
                _copies.Add((requirement, view, copy));
            }
        }

        return isFound || FindInWhole(index, layer, ref view) || FindParts(index, layer) || UseZeros(requirement, layer, ref view);
    }

    private bool FindInWhole(int index, int layer, ref TensorView view)
    {
        TensorRequirement requirement = required[index];
        if (requirement.PartOf is not { } whole || !names.TryFind(requirement.InLayer(whole.Name, layer), out TensorView found))
        {
            return false;
        }

        long[] expected = requirement.ShapeOf(whole.Rows);
        long count = requirement.Shape[requirement.OutputAxis];
        if (!IsReadableAs(found, requirement, layer, expected))
        {
            view = default;
        }
        else if (requirement.OutputAxis == 0 && whole.GroupRows == 0)
        {
            view = found.Rows(requirement.NameInLayer(layer), whole.First, count);
        }
        else
        {
            TensorPiece[] pieces = [.. TensorPiece.OfWhole(found, whole, count, requirement.OutputAxis)];
            _joined.Add((index, layer), new JoinedTensor(requirement.NameInLayer(layer), [.. requirement.Shape], pieces));
        }

        return true;
    }

    private bool FindParts(int index, int layer)
    {
        TensorRequirement requirement = required[index];
        long[] shape = [.. requirement.Shape];
        List<TensorPiece> pieces = [];
        List<TensorRows> absent = [];
        foreach (TensorRows part in requirement.Parts)
        {
            string name = requirement.InLayer(part.Name, layer);
            if (!names.TryFind(name, out TensorView view))
            {
                absent.Add(part with { Name = name });
            }
            else if (IsReadableAs(view, requirement, layer, requirement.ShapeOf(part.Rows)))
            {
                pieces.AddRange(TensorPiece.OfPart(view, part, shape, requirement.OutputAxis));
            }
        }

        if (absent.Count == requirement.Parts.Length)
        {
            return false;
        }

        if (absent.Count > 0)
        {
            _missingParts.Add((index, layer), absent);
        }

        _joined.Add((index, layer), new JoinedTensor(requirement.NameInLayer(layer), shape, pieces));
        return true;
    }

    /// <summary>Checks a tensor that replaces another in another form, and keeps an invalid one for the report.</summary>
    private bool IsReadableAs(in TensorView view, TensorRequirement requirement, int layer, long[] expected)
    {
        bool isReadable = view.Shape.SequenceEqual(expected) && TensorElementTypes.IsReadable(view.ElementType);
        if (!isReadable && _oddNames.Add(view.Name))
        {
            _odd.Add((view, requirement, layer, expected));
        }

        return isReadable;
    }

    private static bool UseZeros(TensorRequirement requirement, int layer, ref TensorView view)
    {
        if (!requirement.ZeroIfAbsent)
        {
            return false;
        }

        view = JoinedTensor.Zeros(requirement.NameInLayer(layer), [.. requirement.Shape]);
        return true;
    }

    /// <summary>
    /// Resolves substitutes: the replacement of an absent tensor can be another required tensor, found under any name.
    /// </summary>
    private void UseSubstitutes()
    {
        for (int i = 0; i < required.Length; i++)
        {
            foreach (string substitute in required[i].Substitutes)
            {
                int other = Array.FindIndex(required, requirement => requirement.Name == substitute);
                for (int layer = 0; layer < _views[i].Length; layer++)
                {
                    if (_found[i][layer])
                    {
                        continue;
                    }

                    _found[i][layer] =
                        other < 0 ? names.TryFind(required[i].InLayer(substitute, layer), out _views[i][layer]) : _found[other][layer];
                    _views[i][layer] = other < 0 ? _views[i][layer] : _views[other][layer];
                }
            }
        }
    }

    private void Report(TableProblems problems, int index, int layer)
    {
        TensorRequirement requirement = required[index];
        if (!_found[index][layer])
        {
            problems.AddMissing(requirement.NameInLayer(layer), requirement, requirement.Shape.AsSpan());
        }
        else if (_joined.ContainsKey((index, layer)))
        {
            foreach (TensorRows part in _missingParts.GetValueOrDefault((index, layer), []))
            {
                problems.AddMissing(part.Name, requirement, requirement.ShapeOf(part.Rows));
            }
        }
        else if (_views[index][layer].Name is not null)
        {
            Report(problems, _views[index][layer], requirement, requirement.Shape.AsSpan());
        }
    }

    /// <param name="problems">The problems found so far.</param>
    /// <param name="view">The tensor that was found.</param>
    /// <param name="requirement">The requirement that it is read for.</param>
    /// <param name="expected">The expected shape.</param>
    /// <param name="inPlaceOf">The tensor that it replaces in another form; empty if it is that tensor.</param>
    private static void Report(
        TableProblems problems,
        in TensorView view,
        TensorRequirement requirement,
        ReadOnlySpan<long> expected,
        string inPlaceOf = ""
    )
    {
        if (!view.Shape.SequenceEqual(expected))
        {
            problems.AddWrongShape(view, requirement, expected, inPlaceOf);
        }

        if (!TensorElementTypes.IsReadable(view.ElementType))
        {
            problems.AddUnsupportedElementType(view, requirement);
        }
    }

    private static void Compare(TableProblems problems, TensorRequirement requirement, in TensorView view, in TensorView copy)
    {
        if (!TensorElementTypes.IsReadable(copy.ElementType))
        {
            problems.AddUnsupportedElementType(copy, requirement);
        }
        else if (!copy.Shape.SequenceEqual(view.Shape))
        {
            problems.AddDifferentCopy(view, copy, requirement, difference: -1);
        }
        else if (TensorComparison.FirstDifference(view, copy) is var difference and >= 0)
        {
            problems.AddDifferentCopy(view, copy, requirement, difference);
        }
    }
}
