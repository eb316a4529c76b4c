using System.Runtime.CompilerServices;

namespace Specializer.Text.Templates;

/// <summary>Counts the work of one rendering and ends it at a limit.</summary>
internal sealed class Budget
{
    /// <summary>The longest range, as in Jinja's sandbox.</summary>
    public const int MaximalRange = 100_000;

    /// <summary>The longest integer in bits: Python does not print more than 4,300 digits.</summary>
    public const int MaximalIntegerBits = 14_280;

    // Copying a character is about 32 times cheaper than a step, which is a call.
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

    /// <summary>The number of steps so far.</summary>
    public long StepsDone => _allSteps - _steps;

    /// <summary>The number of allocated bytes so far.</summary>
    public long BytesMade => _allBytes - _bytes;

    /// <summary>Counts one evaluation.</summary>
    public void Step() => Steps(1);

    /// <summary>Counts evaluations.</summary>
    public void Steps(long count)
    {
        _steps -= count;
        if (_steps < 0)
        {
            throw TemplateFault.Limit("The template takes too many steps for a conversation of this size; it may never end.");
        }
    }

    /// <summary>Counts characters that are read or compared without copying.</summary>
    public void Read(long characters) => Steps(1 + (characters / CharactersPerStep));

    /// <summary>Counts copied characters.</summary>
    public void Copy(long characters)
    {
        Steps(1 + (characters / CharactersPerStep));
        Allocate(2 * characters);
    }

    /// <summary>Counts the elements of a new list.</summary>
    public void Elements(long count)
    {
        Steps(1 + (count / 4));
        Allocate(16 * count);
    }

    /// <summary>Counts a new object.</summary>
    public void Allocate(long bytes)
    {
        _bytes -= bytes;
        if (_bytes < 0)
        {
            throw TemplateFault.Limit("The template creates too many or too long strings and lists for a conversation of this size.");
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

    /// <summary>Leaves the level that <see cref="Descend"/> entered.</summary>
    public void Ascend() => _depth--;
}
