using System.Collections.Generic;
using System.Linq;

namespace Specializer.Tests.EndToEnd;

/// <summary>Weights of which some tensors are taken away and others, of any shape, added or put in their place.</summary>
internal sealed unsafe class AlteredWeights(WeightsSource original, string[] removed, params (string Name, long[] Shape)[] added)
    : WeightsSource
{
    private readonly Dictionary<string, (long[] Shape, AlignedBuffer Memory)> _added = added.ToDictionary(
        tensor => tensor.Name,
        tensor => (tensor.Shape, AlignedBuffer.Allocate(tensor.Shape.Aggregate((long)sizeof(float), (product, size) => product * size)))
    );

    /// <inheritdoc/>
    public override string Description => "altered weights";

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> Names => [.. original.Names.Except(removed).Union(_added.Keys)];

    /// <inheritdoc/>
    public override bool TryGetTensor(string name, out TensorView view)
    {
        if (_added.TryGetValue(name, out (long[] Shape, AlignedBuffer Memory) tensor))
        {
            view = new TensorView(name, TensorElementType.Float32, tensor.Shape, (byte*)tensor.Memory.Address, tensor.Memory);
            return true;
        }

        view = default;
        return !removed.Contains(name) && original.TryGetTensor(name, out view);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach ((_, AlignedBuffer memory) in _added.Values)
        {
            memory.Dispose();
        }
    }
}
