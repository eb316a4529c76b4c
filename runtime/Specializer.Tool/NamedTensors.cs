using System;
using System.Collections.Generic;

namespace Specializer.Tool;

/// <summary>The tensors of a checkpoint under the names of a table, whatever their names in the file are.</summary>
internal sealed class NamedTensors : WeightsSource
{
    private readonly WeightsSource _source;
    private readonly CheckedTensors _tensors;
    private readonly Dictionary<string, (int Requirement, int Layer)> _places = [];

    /// <param name="source">The checkpoint; the caller keeps ownership.</param>
    /// <param name="table">The required tensors.</param>
    /// <exception cref="WeightsException">The checkpoint does not match.</exception>
    public NamedTensors(WeightsSource source, TensorTable table)
    {
        _source = source;
        _tensors = table.Check(source);
        for (int i = 0; i < table.Required.Count; i++)
        {
            for (int layer = 0; layer < Math.Max(1, table.Required[i].Layers); layer++)
            {
                _places.Add(table.Required[i].NameInLayer(layer), (i, layer));
            }
        }
    }

    /// <inheritdoc/>
    public override string Description => _source.Description;

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> Names => _places.Keys;

    /// <inheritdoc/>
    public override bool TryGetTensor(string name, out TensorView view)
    {
        bool isKnown = _places.TryGetValue(name, out (int Requirement, int Layer) place);
        view = isKnown ? _tensors.Get(place.Requirement, place.Layer) : default;
        return isKnown;
    }
}
