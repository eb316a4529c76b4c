using System;

namespace Specializer;

/// <summary>The best continuations of a step, best first; equal continuations are in insertion order.</summary>
internal sealed class BeamCandidates(int capacity)
{
    private readonly BeamCandidate[] _items = new BeamCandidate[capacity];

    public int Count { get; private set; }

    /// <summary>The log-probability that a continuation must exceed to be kept.</summary>
    public double Threshold => Count < _items.Length ? double.NegativeInfinity : _items[^1].LogProbability;

    public BeamCandidate this[int rank] => _items[rank];

    public void Clear() => Count = 0;

    /// <summary>Inserts a continuation that exceeds <see cref="Threshold"/>.</summary>
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
/// <param name="LogProbability">The sum of the log-probabilities of all its tokens.</param>
internal readonly record struct BeamCandidate(int Beam, int Token, double LogProbability);
