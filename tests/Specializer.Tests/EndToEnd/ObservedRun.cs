using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Tests.EndToEnd;

/// <summary>All hidden states that a session computes, gathered while it computes them.</summary>
internal sealed class ObservedRun
{
    private readonly float[][] _hiddenStates;
    private readonly int _width;
    private readonly List<(int Layer, int Position)> _reports = [];

    private ObservedRun(int layers, int positions, int width)
    {
        _hiddenStates = [.. Enumerable.Range(0, layers + 1).Select(_ => new float[positions * width])];
        _width = width;
    }

    /// <summary>The hidden states, [layers + 1][positions · width]: 0 after the embeddings, i after the i-th layer.</summary>
    public IReadOnlyList<float[]> HiddenStates => _hiddenStates;

    /// <summary>The hidden states that were reported, in order.</summary>
    public IReadOnlyList<(int Layer, int Position)> Reports => _reports;

    /// <summary>Observes a session from now on.</summary>
    /// <param name="model">The session's model.</param>
    /// <param name="session">The session.</param>
    /// <param name="positions">How many positions it will have.</param>
    public static ObservedRun Of(IDecoderModel model, IDecoderSession session, int positions)
    {
        ObservedRun run = new(model.Description.Layers, positions, model.Description.DModel);
        session.HiddenStates = run.Observe;
        return run;
    }

    private void Observe(int layer, int position, ReadOnlySpan<float> hiddenState)
    {
        _reports.Add((layer, position));
        hiddenState.CopyTo(_hiddenStates[layer].AsSpan(position * _width, _width));
    }
}
