using System;
using System.Collections.Generic;

namespace Specializer.Text.Constraints;

/// <summary>A caller: the local state after the call, the limits of the called rule, and the caller of the caller.</summary>
internal readonly record struct Frame(int Return, int Limits, int Parent);

/// <summary>One way to read the text so far: a local state, its callers, and the number of counted scalars.</summary>
internal readonly record struct Reading(int Local, int Frame, int Count);

/// <summary>
/// The states of a whole text, made deterministic as they are reached. A state is the set of all ways to read the text so far.
/// </summary>
internal sealed class TextStates
{
    public const int Dead = -1;
    private const int Unknown = -2;

    /// <summary>How many ways to read one text are followed at most.</summary>
    private const int MaximumReadings = 2_000;

    /// <summary>The maximum number of calls and ends of rules between two bytes, in all readings.</summary>
    private const int MaximumSteps = 50_000;

    /// <summary>The frame of the whole text, which has no caller.</summary>
    private const int RootFrame = 0;

    private readonly RuleGraph _graph;
    private readonly LocalStates _local;
    private readonly List<Frame> _frames = [new Frame(LocalStates.Dead, 0, -1)];
    private readonly Dictionary<Frame, int> _frameIds = [];
    private readonly List<Reading> _readings = [];
    private readonly Dictionary<Reading, int> _readingIds = [];
    private readonly Dictionary<int[], int> _ids = new(SequenceComparer.Instance);
    private readonly List<(int[] Readings, bool CanEnd)> _states = [];
    private readonly List<int[]?> _next = [];
    private readonly Dictionary<(int Local, int Frame, int Count), int> _continuations = [];
    private readonly HashSet<int> _collected = [];
    private readonly Stack<Reading> _work = new();
    private HashSet<int>? _countedStarts;
    private bool _canEnd;

    public TextStates(RuleGraph graph, LocalStates local)
    {
        _graph = graph;
        _local = local;
        Start = Close([new Reading(local.Start(0), RootFrame, 0)]);
    }

    /// <summary>The state before any text.</summary>
    public int Start { get; }

    public int Count => _states.Count;

    /// <summary>Whether the text can end in a state.</summary>
    public bool CanEnd(int state) => _states[state].CanEnd;

    /// <summary>Whether nothing can follow in a state, so that the text ends.</summary>
    public bool MustEnd(int state) => _states[state].Readings.Length == 0;

    /// <summary>Returns the readings of a state by index.</summary>
    public ReadOnlySpan<int> Readings(int state) => _states[state].Readings;

    public Reading ReadingOf(int index) => _readings[index];

    public Frame FrameOf(int frame) => _frames[frame];

    /// <summary>The limits of the rule that a reading is in.</summary>
    public LengthLimits? LimitsOf(in Reading reading) => _frames[reading.Frame].Limits is int id && id > 0 ? _graph.Limits[id] : null;

    /// <summary>Returns the state after a byte, or <see cref="Dead"/>.</summary>
    public int Next(int state, byte value)
    {
        int[] row = _next[state] ??= _local.NewRow();
        ref int next = ref row[_local.Classes[value]];
        if (next == Unknown)
        {
            next = Compute(state, value);
        }

        return next;
    }

    /// <summary>
    /// Returns the state in which the rule of a reading has just reached a local state, without the rest of that rule. It contains the
    /// calls of the local state, and the callers if the rule can end.
    /// </summary>
    public int Continuation(in Reading reading, int local, int count)
    {
        (int, int, int) key = (local, reading.Frame, count);
        if (!_continuations.TryGetValue(key, out int state))
        {
            Begin();
            Leave(new Reading(local, reading.Frame, count));
            state = Finish();
            _continuations[key] = state;
        }

        return state;
    }

    /// <summary>Returns the state that has the same readings in other tables.</summary>
    public int Import(TextStates other, int state)
    {
        var frames = new Dictionary<int, int> { [RootFrame] = RootFrame };
        Begin();
        foreach (int index in other._states[state].Readings)
        {
            Reading reading = other._readings[index];
            Add(new Reading(_local.Intern(other._local.Members(reading.Local)), ImportFrame(reading.Frame), reading.Count));
        }

        _canEnd = other._states[state].CanEnd;
        return Finish();

        int ImportFrame(int frame)
        {
            // Callers first, without recursion: texts can be nested deeply.
            var path = new Stack<int>();
            for (int current = frame; !frames.ContainsKey(current); current = other._frames[current].Parent)
            {
                path.Push(current);
            }

            while (path.TryPop(out int current))
            {
                Frame old = other._frames[current];
                frames[current] = Intern(new Frame(_local.Intern(other._local.Members(old.Return)), old.Limits, frames[old.Parent]));
            }

            return frames[frame];
        }
    }

    /// <summary>Whether a local state is the start of a counted rule: no scalar has begun there, or all have ended.</summary>
    public bool IsBetweenScalars(int local)
    {
        if (_countedStarts is null)
        {
            _countedStarts = [];
            for (int rule = 0; rule < _graph.Rules.Count; rule++)
            {
                if (_graph.Rules[rule].CountsScalars)
                {
                    _countedStarts.Add(_local.Start(rule));
                }
            }
        }

        return _countedStarts.Contains(local);
    }

    private int Compute(int state, byte value)
    {
        Begin();
        foreach (int index in _states[state].Readings)
        {
            Reading reading = _readings[index];
            int next = _local.Next(reading.Local, value);
            if (next != LocalStates.Dead && TryCount(reading, value, out int count))
            {
                _work.Push(new Reading(next, reading.Frame, count));
            }
        }

        return FinishWork();
    }

    /// <summary>Counts a scalar if a counted rule starts one; false if there are too many or the text ends with too few.</summary>
    private bool TryCount(in Reading reading, byte value, out int count)
    {
        count = reading.Count;
        if (LimitsOf(reading) is not { } limits || !IsBetweenScalars(reading.Local))
        {
            return true;
        }

        if (value == '"')
        {
            return count >= limits.Minimum;
        }

        // Without a maximum, the count matters up to the minimum only.
        count = limits.Maximum < 0 ? Math.Min(count + 1, limits.Minimum) : count + 1;
        return limits.Maximum < 0 || count <= limits.Maximum;
    }

    private int Close(ReadOnlySpan<Reading> readings)
    {
        Begin();
        foreach (Reading reading in readings)
        {
            _work.Push(reading);
        }

        return FinishWork();
    }

    private void Begin()
    {
        _collected.Clear();
        _work.Clear();
        _canEnd = false;
    }

    private int FinishWork()
    {
        while (_work.TryPop(out Reading reading))
        {
            if (!Add(reading))
            {
                continue;
            }

            Leave(reading, isDraining: true);
        }

        return Finish();
    }

    // Adds what follows outside the rule of a reading.
    private void Leave(in Reading reading, bool isDraining = false)
    {
        if (_local.Accepts(reading.Local))
        {
            if (reading.Frame == RootFrame)
            {
                _canEnd = true;
            }
            else
            {
                Frame frame = _frames[reading.Frame];
                _work.Push(new Reading(frame.Return, frame.Parent, 0));
            }
        }

        foreach (LocalCall call in _local.Calls(reading.Local))
        {
            // A call at the end of a rule needs no frame of its own, so that lists do not grow the chain of callers.
            bool isLast =
                call.Limits == 0
                && _frames[reading.Frame].Limits == 0
                && _local.Accepts(call.Return)
                && !_local.HasBytes(call.Return)
                && _local.Calls(call.Return).IsEmpty;
            int frame = isLast ? reading.Frame : Intern(new Frame(call.Return, call.Limits, reading.Frame));
            _work.Push(new Reading(_local.Start(call.Rule), frame, 0));
        }

        if (!isDraining)
        {
            while (_work.TryPop(out Reading next))
            {
                if (Add(next))
                {
                    Leave(next, isDraining: true);
                }
            }
        }
    }

    // Readings that are at calls or ends only are kept while they are expanded; they add nothing to the state.
    private bool Add(in Reading reading)
    {
        if (!_readingIds.TryGetValue(reading, out int id))
        {
            id = _readings.Count;
            _readingIds[reading] = id;
            _readings.Add(reading);
        }

        if (!_collected.Add(id))
        {
            return false;
        }

        return _collected.Count <= MaximumSteps ? true : throw TooAmbiguous();
    }

    private int Finish()
    {
        var readings = new List<int>();
        foreach (int id in _collected)
        {
            if (_local.HasBytes(_readings[id].Local))
            {
                readings.Add(id);
            }
        }

        if (readings.Count == 0 && !_canEnd)
        {
            return Dead;
        }

        if (readings.Count > MaximumReadings)
        {
            throw TooAmbiguous();
        }

        // The first element distinguishes states that can end from those that cannot.
        readings.Sort();
        int[] key = [_canEnd ? 1 : 0, .. readings];
        if (!_ids.TryGetValue(key, out int state))
        {
            state = _states.Count;
            _ids[key] = state;
            _states.Add(([.. readings], _canEnd));
            _next.Add(null);
        }

        return state;
    }

    private static ConstraintException TooAmbiguous() =>
        new(
            $"the constraint is ambiguous: a text can be read in more than {MaximumReadings} ways; use fewer alternatives with the same start"
        );

    private int Intern(in Frame frame)
    {
        if (!_frameIds.TryGetValue(frame, out int id))
        {
            id = _frames.Count;
            _frameIds[frame] = id;
            _frames.Add(frame);
        }

        return id;
    }
}
