using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Kernels;
using Specializer.Generator.Planning;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Tests.Interpretation;

using AttentionMask = Specializer.Generator.Architecture.AttentionMask;
using RotaryPairing = Specializer.Generator.Architecture.RotaryPairing;

/// <summary>
/// Compares the kernels of attention with softmax(scale · q·k + what positions add) v over the keys that a query sees, for a
/// sequence that arrives in chunks.
/// </summary>
internal sealed class AttentionFormula
{
    private const int PrefixLength = 4;

    private readonly KernelRun _run;
    private readonly AttentionKernel _kernel;
    private readonly AttentionArchitecture _attention;
    private readonly Dictionary<KernelParameter, object> _arguments = [];
    private readonly int _length;
    private readonly Rows _projected;
    private readonly Rows _source;
    private readonly Rows _output;
    private readonly Rows _rotary;
    private readonly Rows _norms;
    private readonly float[] _slopes;
    private readonly Rows _bias;
    private readonly int[] _globals;
    private readonly Dictionary<(int Position, int Head), double[]> _keys = [];

    private AttentionFormula(KernelRun run, AttentionKernel kernel)
    {
        _run = run;
        _kernel = kernel;
        _attention = kernel.Attention;
        int head = _attention.HeadDim,
            queries = _attention.Heads * head,
            keyValues = 2 * _attention.KeyValueHeads * head;
        _length = kernel.IsRing
            ? Math.Min(kernel.CacheLength + 9, 200)
            : Math.Min(kernel.CacheLength, kernel.SeesAll && !kernel.IsCross ? Math.Min(kernel.QueryRows, 150) : 150);
        _projected = run.Random(_length, kernel.IsCross ? queries : queries + keyValues, kernel.InputStride);
        _source = kernel.IsCross ? run.Random(_length, keyValues, kernel.SourceStride) : _projected;
        _output = run.Unwritten(_length, queries, kernel.OutputStride);
        _norms = run.Random(2, head, head);
        _rotary = Rotary();
        _slopes = [.. Enumerable.Range(0, _attention.Heads).Select(static i => 0.5f / (i + 1))];
        _bias = run.Random(_attention.Heads, Math.Max(kernel.BiasStride, 1), Math.Max(kernel.BiasStride, 1));
        _globals = [.. Enumerable.Range(0, _length).Where(static position => position is 0 or 17 or 90)];
    }

    public static void Check(KernelRun run, AttentionKernel kernel) => new AttentionFormula(run, kernel).Check();

    private void Check()
    {
        KernelMemory memory = _run.Interpreter.Memory;
        _arguments[Keys] = memory.Allocate(checked((int)(_kernel.KeysPerHead * _attention.KeyValueHeads)));
        _arguments[Values] = memory.Allocate(checked((int)(_kernel.ValuesPerHead * _attention.KeyValueHeads)));
        _arguments[States] = _arguments[Keys];
        _arguments[Sums] = _arguments[Values];
        _arguments[Queries] = memory.Allocate(checked((int)_kernel.QueryFloats));
        _arguments[RotaryTable] = _rotary.Address;
        _arguments[QueryNorm] = _norms.Address;
        _arguments[KeyNorm] = _norms.Address + _norms.Stride;
        _arguments[KernelParameters.Scale] = _attention.Scale;
        _arguments[Slopes] = memory.Allocate(_slopes);
        _arguments[RelativeBias] = _bias.Address;
        _arguments[Length] = _length;
        _arguments[Prefix] = PrefixLength;
        _arguments[GlobalsBefore] = memory.Allocate([
            .. Enumerable.Range(0, _length + 2 * Layout.KeyBlock).Select(position => _globals.Count(global => global < position)),
        ]);

        // A decoder attends chunk by chunk, the first of which holds the prefix; what sees all waits for the whole sequence.
        var chunks = Chunks().ToList();
        if (_kernel.SeesAll)
        {
            chunks.ForEach(chunk => Append(chunk.First, chunk.Count));
            chunks.ForEach(chunk => Attend(chunk.First, chunk.Count));
        }
        else
        {
            chunks.ForEach(chunk =>
            {
                Append(chunk.First, chunk.Count);
                Attend(chunk.First, chunk.Count);
            });
        }

        // Each element is a mean of values; its error is that of the weights, whose scores grow with the width of a head.
        _run.Equal(Expected, _output, _length, tolerance: 3e-5);
    }

    private IEnumerable<(int First, int Count)> Chunks()
    {
        int[] counts = [6, 1, 13, 1, 1, 4, 40];
        int most = _kernel.SeesAll ? Math.Min(_kernel.QueryRows, 64) : _kernel.QueryRows;
        for (int first = 0, turn = 0; first < _length; turn++)
        {
            int count = Math.Min(Math.Min(counts[turn % counts.Length], most), _length - first);
            yield return (first, count);
            first += count;
        }
    }

    private void Append(int first, int count)
    {
        if (_kernel.Signatures.All(static signature => signature.Part != KernelPart.Append))
        {
            return;
        }

        Rows input = _kernel.IsCross ? _source : _projected;
        Call(KernelPart.Append, first, count, input.Address + ((long)first * input.Stride));
    }

    private void Attend(int first, int count)
    {
        long projected = _projected.Address + ((long)first * _projected.Stride);
        if (_kernel.IsCross)
        {
            Call(KernelPart.PrepareQueries, first, count, projected);
        }

        _arguments[Output] = _output.Address + ((long)first * _output.Stride);
        Call(KernelPart.Compute, _kernel.IsCross ? 0 : first, count, projected);
    }

    private void Call(KernelPart part, int position, int count, long projected)
    {
        // The buffer of queries of what sees all holds those of the whole sequence.
        _arguments[Projected] = projected;
        _arguments[Position] = position;
        _arguments[KernelParameters.Rows] = count;
        KernelSignature signature = _kernel.Signature(part);
        object queries = _arguments[Queries];
        if (_kernel.SeesAll && !_kernel.IsCross)
        {
            _arguments[Queries] = (long)queries + ((long)position * _attention.GroupSize * _kernel.HeadStride);
        }

        object[] arguments =
        [
            .. signature
                .Parameters.Select(parameter => parameter)
                .TakeWhile(static parameter => parameter != Worker)
                .Select(parameter => _arguments[parameter]),
        ];
        _run.OnWorkers(count == 13 ? 3 : 1, KernelNames.Of(new KernelRef(_kernel, part)), arguments);
        _arguments[Queries] = queries;
    }

    private Rows Rotary()
    {
        if (_kernel.Attention.Positions is not RotaryPositions rotary)
        {
            return _run.Random(1, 1, 1);
        }

        int half = rotary.RotaryDim / 2;
        float[] table = new float[_length * rotary.RotaryDim];
        for (int position = 0; position < _length; position++)
        {
            for (int i = 0; i < half; i++)
            {
                double angle = position * Math.Pow(100, -(double)i / half);
                table[(position * rotary.RotaryDim) + i] = (float)Math.Cos(angle);
                table[(position * rotary.RotaryDim) + half + i] = (float)Math.Sin(angle);
            }
        }

        return new Rows(_run.Interpreter.Memory.Allocate(table), table, rotary.RotaryDim, rotary.RotaryDim);
    }

    private double[] Expected(int position)
    {
        int width = _attention.HeadDim;
        double[] result = new double[_attention.Heads * width];
        for (int head = 0; head < _attention.Heads; head++)
        {
            int keyHead = head / _attention.GroupSize;
            double[] query = Prepared(_projected[position], head * width, 0, position);
            int[] seen = [.. Enumerable.Range(0, _length).Where(key => Sees(position, key))];
            double[] weights = _attention.IsLinear
                ? LinearWeights(query, keyHead, seen)
                : Softmax([.. seen.Select(key => Score(query, head, position, key))]);
            for (int index = 0; index < seen.Length; index++)
            {
                double[] value = Value(seen[index], keyHead);
                for (int i = 0; i < width; i++)
                {
                    result[(head * width) + i] += weights[index] * value[i];
                }
            }
        }

        return result;
    }

    private double Score(double[] query, int head, int position, int key)
    {
        double score = _attention.Scale * Dot(query, Key(key, head / _attention.GroupSize));
        score = _attention.SoftCap > 0 ? _attention.SoftCap * Math.Tanh(score / _attention.SoftCap) : score;
        return _kernel.Attention.Positions switch
        {
            AlibiPositions => score - (_slopes[head] * Math.Abs(key - position)),
            RelativePositions => score + _bias[head][_kernel.BiasOrigin + key - position],
            _ => score,
        };
    }

    private bool Sees(int position, int key)
    {
        bool global = _kernel.GlobalTokens && _globals.Contains(key);
        bool allowed = _kernel.Attention.Mask switch
        {
            AttentionMask.Full => true,
            AttentionMask.Prefix => key <= position || key < PrefixLength,
            _ => key <= position,
        };
        return allowed
            && (_kernel.Attention.Window == 0 || position - key < _kernel.Attention.Window)
            && (_kernel.Attention.Band == 0 || global || Math.Abs(position - key) <= _kernel.Attention.Band);
    }

    private double[] Key(int position, int head)
    {
        if (!_keys.TryGetValue((position, head), out double[]? key))
        {
            key = PreparedKey(position, head);
            _keys.Add((position, head), key);
        }

        return key;
    }

    private double[] PreparedKey(int position, int head)
    {
        int first = _kernel.IsCross ? 0 : _attention.Heads * _attention.HeadDim;
        return Prepared(_source[position], first + (head * _attention.HeadDim), 1, position);
    }

    private double[] Value(int position, int head)
    {
        int before = (_kernel.IsCross ? 0 : _attention.Heads) + _attention.KeyValueHeads + head;
        return _source[position][(before * _attention.HeadDim)..((before + 1) * _attention.HeadDim)];
    }

    /// <summary>A query or key after its norm and its rotation.</summary>
    private double[] Prepared(double[] row, int first, int norm, int position)
    {
        int width = _attention.HeadDim;
        double[] x = row[first..(first + width)];
        if (_attention.QueryKeyNorm)
        {
            double deviation = Math.Sqrt(x.Average(static value => value * value) + _kernel.Epsilon);
            x = [.. x.Select((value, i) => value / deviation * _norms[norm][i])];
        }

        if (_kernel.Attention.Positions is RotaryPositions rotary)
        {
            int half = rotary.RotaryDim / 2;
            double[] before = [.. x];
            for (int i = 0; i < half; i++)
            {
                (int a, int b) = rotary.Pairing == RotaryPairing.Interleaved ? (2 * i, (2 * i) + 1) : (i, i + half);
                double cosine = _rotary[position][i],
                    sine = _rotary[position][half + i];
                x[a] = (before[a] * cosine) - (before[b] * sine);
                x[b] = (before[b] * cosine) + (before[a] * sine);
            }
        }

        return x;
    }

    private double[] LinearWeights(double[] query, int keyHead, int[] seen)
    {
        static double[] Feature(double[] x) => [.. x.Select(static value => value > 0 ? value + 1 : Math.Exp(value))];
        double[] weights = [.. seen.Select(key => Dot(Feature(query), Feature(Key(key, keyHead))))];
        double sum = weights.Sum();
        return [.. weights.Select(weight => weight / sum)];
    }

    private static double[] Softmax(double[] scores)
    {
        double highest = scores.Max();
        double[] powers = [.. scores.Select(score => Math.Exp(score - highest))];
        double sum = powers.Sum();
        return [.. powers.Select(power => power / sum)];
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, static (x, y) => x * y).Sum();
}
