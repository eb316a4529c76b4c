using System;

namespace Specializer;

/// <summary>The best finished hypotheses of a search. Each is where its last token stands in the history of beams.</summary>
internal sealed class BeamHypotheses(int capacity)
{
    private readonly BeamHypothesis[] _items = new BeamHypothesis[capacity];

    public int Count { get; private set; }

    /// <summary>The worst score kept.</summary>
    public double Worst => _items[Count - 1].Score;

    public BeamHypothesis this[int rank] => _items[rank];

    public void Clear() => Count = 0;

    /// <summary>Keeps a hypothesis if there is room or it is better than the worst.</summary>
    public void Add(BeamHypothesis hypothesis)
    {
        if (Count == _items.Length && !(hypothesis.Score > Worst))
        {
            return;
        }

        int place = Count < _items.Length ? Count++ : _items.Length - 1;
        while (place > 0 && _items[place - 1].Score < hypothesis.Score)
        {
            _items[place] = _items[place - 1];
            place--;
        }

        _items[place] = hypothesis;
    }
}

/// <param name="Beam">The beam that holds all but the last token.</param>
/// <param name="LastToken">The last token.</param>
/// <param name="Length">The number of tokens.</param>
/// <param name="LogProbability">The sum of the logarithms of their probabilities.</param>
/// <param name="Score">What is ranked by.</param>
internal readonly record struct BeamHypothesis(int Beam, int LastToken, int Length, double LogProbability, double Score);
