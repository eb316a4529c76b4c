using System.Runtime.CompilerServices;

namespace Specializer.Text.Templates;

/// <summary>Counts what one rendering does, and ends it at a limit.</summary>
internal sealed class Budget
{
    /// <summary>The longest range, as of Jinja's sandbox.</summary>
    public const int MaximalRange = 100_000;

    /// <summary>The longest integer, in bits: Python prints none of more than 4,300 digits.</summary>
    public const int MaximalIntegerBits = 14_280;

    // A character costs a copy, a step costs a call: some 32 of the one are worth one of the other.
    private const int CharactersPerStep = 32;

    private readonly int _maximalDepth;
    private readonly long _allSteps;
    private readonly long _allBytes;
    private long _steps;
    private long _bytes;
    private int _depth;

    public Budget(ChatTemplateLimits limits, long values, long characters)
    {
        _allSteps = _steps = limits.Steps + (values * limits.StepsPerValue) + (characters / CharactersPerStep * 16);
        _allBytes = _bytes = limits.Bytes + (limits.BytesPerCharacter * (characters + (64 * values)));
        _maximalDepth = limits.Depth;
    }

    /// <summary>The steps done so far.</summary>
    public long StepsDone => _allSteps - _steps;

    /// <summary>The bytes made so far.</summary>
    public long BytesMade => _allBytes - _bytes;

    /// <summary>One evaluation.</summary>
    public void Step() => Steps(1);

    /// <summary>Some evaluations.</summary>
    public void Steps(long count)
    {
        _steps -= count;
        if (_steps < 0)
        {
            throw TemplateFault.Limit("The template does too many steps for a conversation of this size; it may never end.");
        }
    }

    /// <summary>Reads or compares characters, without copying them.</summary>
    public void Read(long characters) => Steps(1 + (characters / CharactersPerStep));

    /// <summary>Copies characters.</summary>
    public void Copy(long characters)
    {
        Steps(1 + (characters / CharactersPerStep));
        Allocate(2 * characters);
    }

    /// <summary>Makes a list of some elements.</summary>
    public void Elements(long count)
    {
        Steps(1 + (count / 4));
        Allocate(16 * count);
    }

    /// <summary>Makes an object.</summary>
    public void Allocate(long bytes)
    {
        _bytes -= bytes;
        if (_bytes < 0)
        {
            throw TemplateFault.Limit("The template makes too many or too long strings and lists for a conversation of this size.");
        }
    }

    /// <summary>Enters a macro, block or expression; <see cref="Ascend"/> leaves it.</summary>
    public void Descend()
    {
        if (++_depth > _maximalDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw TemplateFault.Limit($"Macros, blocks or values are nested deeper than {_maximalDepth} levels.");
        }
    }

    /// <summary>Leaves what <see cref="Descend"/> entered.</summary>
    public void Ascend() => _depth--;
}
