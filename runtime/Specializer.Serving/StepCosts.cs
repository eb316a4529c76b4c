using System;

namespace Specializer.Serving;

/// <summary>Measured times of steps, from which the size of a prompt's slice follows.</summary>
internal sealed class StepCosts(double share)
{
    private const double Weight = 0.1;
    private const int FewestRows = 8;

    private double _decode;
    private double _row;

    /// <summary>Returns how many rows of prompts fit beside decoding sequences.</summary>
    /// <param name="decoding">The number of sequences that decode in the step.</param>
    /// <param name="capacity">The rows of a step.</param>
    public int PromptRows(int decoding, int capacity)
    {
        int free = capacity - decoding;
        if (decoding == 0 || _decode == 0 || _row == 0)
        {
            return decoding == 0 ? free : Math.Min(free, FewestRows);
        }

        return Math.Clamp((int)(share * _decode / _row), Math.Min(FewestRows, free), free);
    }

    /// <summary>Records a step.</summary>
    /// <param name="decoding">The number of sequences that decoded.</param>
    /// <param name="promptRows">The rows of prompts.</param>
    /// <param name="seconds">The time of the step.</param>
    public void Record(int decoding, int promptRows, double seconds)
    {
        if (promptRows == 0)
        {
            _decode = Mean(_decode, seconds);
        }
        else if (decoding == 0)
        {
            _row = Mean(_row, seconds / promptRows);
        }
        else if (_decode > 0)
        {
            _row = Mean(_row, Math.Max(seconds - _decode, 0) / promptRows);
        }
    }

    private static double Mean(double mean, double value) => mean == 0 ? value : mean + (Weight * (value - mean));
}
