using System;
using System.Linq;

namespace Specializer.Oracle;

/// <summary>How positions enter the model.</summary>
public static class Positions
{
    /// <summary>
    /// The vector with every head rotated for its position: pair i by the angle position · base^(-2i/d), d being the
    /// rotated features of a head (Su et al. 2021, equations 14 and 15).
    /// </summary>
    /// <param name="x">The queries or keys of one position, [heads * headDimension].</param>
    /// <param name="headDimension">The features of one head.</param>
    /// <param name="position">The position, from 0.</param>
    /// <param name="rotary">Base, pairing and rotated features.</param>
    public static double[] Rotate(double[] x, int headDimension, int position, OracleRotary rotary)
    {
        double[] angles =
        [
            .. Enumerable.Range(0, rotary.Dimensions / 2).Select(i => position * Math.Pow(rotary.Base, -2.0 * i / rotary.Dimensions)),
        ];
        double[] cosines = [.. angles.Select(Math.Cos)];
        double[] sines = [.. angles.Select(Math.Sin)];
        return [.. x.Chunk(headDimension).SelectMany(head => RotateHead(head, cosines, sines, rotary.Pairing))];
    }

    /// <summary>
    /// (a, b) becomes (a cos θ - b sin θ, a sin θ + b cos θ) for every pair of features (Su et al. 2021, equation 13).
    /// Features beyond the pairs pass unchanged.
    /// </summary>
    /// <param name="head">One head, [headDimension].</param>
    /// <param name="cosines">cos θ of every pair.</param>
    /// <param name="sines">sin θ of every pair.</param>
    /// <param name="pairing">Which features are a pair.</param>
    public static double[] RotateHead(double[] head, double[] cosines, double[] sines, OraclePairing pairing)
    {
        double[] rotated = [.. head];
        int pairs = cosines.Length;
        for (int pair = 0; pair < pairs; pair++)
        {
            (int first, int second) = pairing == OraclePairing.HalfSplit ? (pair, pair + pairs) : (2 * pair, 2 * pair + 1);
            rotated[first] = head[first] * cosines[pair] - head[second] * sines[pair];
            rotated[second] = head[first] * sines[pair] + head[second] * cosines[pair];
        }

        return rotated;
    }
}
