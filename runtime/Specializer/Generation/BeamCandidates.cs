using System;

namespace Specializer;

/// <summary>The best continuations of a step, best first; of equal ones the one that was offered first.</summary>
internal sealed class BeamCandidates(int capacity)
{
    private readonly BeamCandidate[] _items = new BeamCandidate[capacity];

    public int Count { get; private set; }

    /// <summary>What a continuation must surpass to be kept.</summary>
    public double Threshold => Count < _items.Length ? double.NegativeInfinity : _items[^1].LogProbability;

    public BeamCandidate this[int rank] => _items[rank];

    public void Clear() => Count = 0;

    /// <summary>Keeps a continuation that surpasses <see cref="Threshold"/>, in its place.</summary>
    public void Add(BeamCandidate candidate)
    {
        int place = Count < _items.Length ? Count++ : _items.Length - 1;
        while (place > 0 && _items[place - 1].LogProbability < candidate.LogProbability)
        {
            _items[place] = _items[place - 1];
            place--;
        }

        _items[place] = candidate;
    }
}

/// <param name="Beam">The beam that is continued.</param>
/// <param name="Token">The token that continues it.</param>
/// <param name="LogProbability">The sum of the logarithms of all its tokens' probabilities.</param>
internal readonly record struct BeamCandidate(int Beam, int Token, double LogProbability);
