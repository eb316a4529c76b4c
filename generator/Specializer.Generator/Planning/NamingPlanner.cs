using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>
/// Plans the names that a checkpoint can have for the tensors of a plan, and the further tensors that it may contain.
/// </summary>
internal sealed class NamingPlanner
{
    private const char Separator = '.';

    private readonly TransformerArchitecture _architecture;
    private readonly CheckpointNaming _naming;
    private readonly Dictionary<string, TensorPlan> _tensors;
    private readonly Dictionary<string, TensorAlternatives> _alternatives = [];

    private NamingPlanner(TransformerArchitecture architecture, IReadOnlyList<TensorPlan> tensors)
    {
        _architecture = architecture;
        _naming = architecture.Checkpoint.Naming;
        _tensors = [];
        foreach (TensorPlan tensor in tensors)
        {
            _tensors[tensor.Name] = tensor;
        }
    }

    /// <param name="architecture">The architecture.</param>
    /// <param name="tensors">The tensors that its plan reads.</param>
    public static NamingPlan Plan(TransformerArchitecture architecture, IReadOnlyList<TensorPlan> tensors) =>
        new NamingPlanner(architecture, tensors).Plan();

    private NamingPlan Plan()
    {
        CheckpointLayout layout = _architecture.Checkpoint;
        string embeddings = layout.Names.TokenEmbedding + layout.Suffixes.Weight,
            matrix = layout.Names.Logits.Length == 0 ? "" : layout.Names.Logits + layout.Suffixes.Weight;
        bool tied =
            matrix.Length > 0
            && (_architecture.Stack == Stack.Encoder ? _architecture.Head?.Output is { Tied: true } : _architecture.Logits.Tied);
        foreach (TensorCopies copies in _naming.Copies)
        {
            AddCopies(copies.Name, copies.Others);
        }

        if (tied)
        {
            AddCopies(embeddings, [matrix]);
        }
        else if (_naming.EmbeddingsStandForLogits && _tensors.ContainsKey(embeddings))
        {
            Change(matrix, alternatives => alternatives with { Substitutes = new([embeddings]) });
        }

        foreach (string zero in _naming.ZeroIfAbsent)
        {
            Change(zero, static alternatives => alternatives with { ZeroIfAbsent = true });
        }

        PlanProjections(_architecture);
        if (_architecture.Encoder is { } encoder)
        {
            PlanProjections(encoder);
        }

        return new NamingPlan(
            _naming.BasePrefix ?? SharedPrefix(),
            _naming.Wrappers,
            new(Ignored().Distinct()),
            tied || _tensors.ContainsKey(matrix) ? matrix : "",
            new(_alternatives.Values.OrderBy(static alternatives => alternatives.Name, StringComparer.Ordinal))
        )
        {
            OutputMatrixChoice = _naming.OutputMatrixChoice,
        };
    }

    /// <summary>Adds copies. A family lists all copies of its classes; those that a model reads by themselves do not count.</summary>
    private void AddCopies(string name, IEnumerable<string> others) =>
        Change(
            name,
            alternatives =>
                alternatives with
                {
                    Copies = new(alternatives.Copies.Concat(others.Where(other => !_tensors.ContainsKey(other))).Distinct()),
                }
        );

    private void Change(string name, Func<TensorAlternatives, TensorAlternatives> change)
    {
        if (_tensors.ContainsKey(name))
        {
            TensorAlternatives alternatives = _alternatives.TryGetValue(name, out TensorAlternatives? known) ? known : new(name);
            TensorAlternatives changed = change(alternatives);
            if (changed != alternatives)
            {
                _alternatives[name] = changed;
            }
        }
    }

    private void PlanProjections(TransformerArchitecture stack) =>
        new ProjectionNames(stack, _tensors, _naming.ProjectionsVary, Change).Plan();

    /// <summary>
    /// Returns the first part of the names of all tensors of the body, if all have the same. Tensors of heads are excluded.
    /// </summary>
    private string SharedPrefix()
    {
        CheckpointNames names = _architecture.Checkpoint.Names;
        string[] others = [names.TokenEmbedding, names.PositionEmbedding, names.FirstState, names.FinalNorm];
        string[] body =
        [
            .. _tensors.Values.Where(static tensor => tensor.PerLayer).Select(static tensor => tensor.Name),
            .. _tensors.Keys.Where(name => others.Any(other => other.Length > 0 && name.StartsWith(other, StringComparison.Ordinal))),
        ];
        int end = body.Length == 0 ? -1 : body[0].IndexOf(Separator);
        string prefix = end < 0 ? "" : body[0].Substring(0, end + 1);
        return body.All(name => name.StartsWith(prefix, StringComparison.Ordinal)) ? prefix : "";
    }

    private IEnumerable<string> Ignored()
    {
        string[] known =
        [
            .. _tensors.Keys,
            .. _alternatives.Values.SelectMany(static alternatives =>
                alternatives.Copies.Concat(alternatives.Parts.Select(static part => part.Name))
            ),
            .. _alternatives
                .Values.Where(static alternatives => alternatives.PartOf is not null)
                .Select(static alternatives => alternatives.PartOf!.Name),
        ];
        IEnumerable<string> encoders = _architecture.Encoder?.Checkpoint.Ignored ?? EquatableArray<string>.Empty;
        return _architecture
            .Checkpoint.Ignored.Concat(encoders)
            .Where(static name => name.Length > 0)
            .Concat(_naming.Unread.Where(module => !known.Any(name => name.StartsWith(module.TrimEnd('*'), StringComparison.Ordinal))));
    }
}
