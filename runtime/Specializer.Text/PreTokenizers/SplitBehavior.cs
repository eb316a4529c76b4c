using Specializer.Text.Pipeline;

namespace Specializer.Text.PreTokenizers;

/// <summary>Specifies the treatment of the matches of a delimiter.</summary>
internal enum SplitBehavior
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}

/// <summary>Converts the matches in one piece to pieces, in one pass.</summary>
internal ref struct DelimiterSplitter(PieceList pieces, SplitBehavior behavior, bool invert, int start)
{
    private int _covered = start;
    private int _pendingStart = -1;
    private int _pendingEnd;
    private bool _previousMatched;

    /// <summary>Adds a match, a range of the text buffer.</summary>
    public void Match(int start, int end)
    {
        if (start != _covered)
        {
            Add(_covered, start, invert);
        }

        Add(start, end, !invert);
        _covered = end;
    }

    /// <summary>Adds the rest of the piece.</summary>
    public void Finish(int end)
    {
        if (_covered != end)
        {
            Add(_covered, end, invert);
        }

        Flush();
    }

    private void Add(int start, int end, bool matched)
    {
        switch (behavior)
        {
            case SplitBehavior.Isolated:
                pieces.Add(start, end);
                return;
            case SplitBehavior.Removed:
                if (!matched)
                {
                    pieces.Add(start, end);
                }

                return;
        }

        bool joins =
            _pendingStart >= 0
            && behavior switch
            {
                SplitBehavior.Contiguous => matched == _previousMatched,
                SplitBehavior.MergedWithPrevious => matched && !_previousMatched,
                _ => !matched && _previousMatched,
            };
        if (!joins)
        {
            Flush();
            _pendingStart = start;
        }

        _pendingEnd = end;
        _previousMatched = matched;
    }

    private void Flush()
    {
        if (_pendingStart >= 0)
        {
            pieces.Add(_pendingStart, _pendingEnd);
            _pendingStart = -1;
        }
    }
}
