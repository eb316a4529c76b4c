using System;

namespace Specializer;

/// <summary>The best finished hypotheses of a search. Each refers to the position of its last token in the history of beams.</summary>
internal sealed class BeamHypotheses(int capacity)
{
    private readonly BeamHypothesis[] _items = new BeamHypothesis[capacity];

    public int Count { get; private set; }

    /// <summary>The worst score that is kept.</summary>
    public double Worst => _items[Count - 1].Score;

    public BeamHypothesis this[int rank] => _items[rank];

    public void Clear() => Count = 0;

    /// <summary>Inserts a hypothesis if the capacity is not reached or it is better than the worst one.</summary>
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

/// <param name="Beam">The beam with all tokens except the last one.</param>
/// <param name="LastToken">The last token.</param>
/// <param name="Length">The number of tokens.</param>
/// <param name="LogProbability">The sum of their log-probabilities.</param>
/// <param name="Score">The score by which hypotheses are ranked.</param>
internal readonly record struct BeamHypothesis(int Beam, int LastToken, int Length, double LogProbability, double Score);
