using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Tests.Oracle;

/// <summary>
/// A decoder in float64 that reads like its formulas: what generated models are compared with. It shares no code with them.
/// </summary>
public sealed class OracleDecoder
{
    private readonly OracleArchitecture _architecture;
    private readonly OracleWeights _weights;

    /// <summary>A decoder of the given architecture with the given weights.</summary>
    /// <exception cref="ArgumentException">A tensor of the architecture is missing or has another number of elements.</exception>
    public OracleDecoder(OracleArchitecture architecture, OracleWeights weights)
    {
        foreach (OracleTensor tensor in architecture.Tensors())
        {
            int found = weights.Get(tensor.Name).Length;
            if (found != tensor.Length)
            {
                throw new ArgumentException(
                    FormattableString.Invariant(
                        $"'{tensor.Name}': expected {tensor.Length} elements ([{string.Join(", ", tensor.Shape)}]), found {found}."
                    ),
                    nameof(weights)
                );
            }
        }

        _architecture = architecture;
        _weights = weights;
    }

    /// <summary>All positions of <paramref name="tokens"/>, computed from nothing.</summary>
    public OracleRun Run(ReadOnlySpan<int> tokens) => Advance(tokens.ToArray(), NewHistories());

    /// <summary>The <paramref name="count"/> tokens that follow <paramref name="prompt"/> if each is the likeliest, the lowest of equals.</summary>
    /// <remarks>
    /// Each step computes one position on the keys and values of those before it; the tests of the oracle compare it with
    /// runs that compute every position anew.
    /// </remarks>
    public int[] Greedy(ReadOnlySpan<int> prompt, int count)
    {
        KeyValueHistory[] histories = NewHistories();
        int[] next = prompt.ToArray();
        int[] continuation = new int[count];
        for (int i = 0; i < count; i++)
        {
            double[] logits = Advance(next, histories).Logits[^1];
            continuation[i] = Array.IndexOf(logits, logits.Max());
            next = [continuation[i]];
        }

        return continuation;
    }

    private KeyValueHistory[] NewHistories() => [.. Enumerable.Range(0, _architecture.Layers).Select(_ => new KeyValueHistory())];

    private OracleRun Advance(int[] tokens, KeyValueHistory[] histories)
    {
        double[] embeddings = _weights.Get(OracleNames.Embeddings);
        double[][] hidden = [.. tokens.Select(token => Embeddings.LookUp(embeddings, _architecture.Width, token))];
        List<double[][]> hiddenStates = [hidden];
        for (int layer = 0; layer < _architecture.Layers; layer++)
        {
            hidden = Block(layer, hidden, histories[layer]);
            hiddenStates.Add(hidden);
        }

        double[][] lastHidden = [.. hidden.Select(x => Norm(OracleNames.FinalNorm, x))];
        OracleLinear head = _architecture.TiedEmbeddings
            ? new OracleLinear(embeddings, Bias: null)
            : _weights.Linear(OracleNames.Logits, bias: false);
        double[][] logits = [.. lastHidden.Select(head.Apply)];
        return new OracleRun(logits, [.. hiddenStates], lastHidden);
    }

    /// <summary>h = x + attention(norm(x)); h + feedForward(norm(h)), the norms first (Xiong et al. 2020).</summary>
    private double[][] Block(int layer, double[][] x, KeyValueHistory history)
    {
        double[][] attended = SelfAttention(layer, [.. x.Select(row => Norm(OracleNames.AttentionNorm(layer), row))], history);
        double[][] h = [.. x.Zip(attended, Linear.Add)];
        return [.. h.Select(row => Linear.Add(row, FeedForwardLayer(layer, Norm(OracleNames.FeedForwardNorm(layer), row))))];
    }

    private double[][] SelfAttention(int layer, double[][] x, KeyValueHistory history)
    {
        OracleArchitecture a = _architecture;
        OracleLinear toQuery = _weights.Linear(OracleNames.Query(layer), a.QueryBias);
        OracleLinear toKey = _weights.Linear(OracleNames.Key(layer), a.KeyBias);
        OracleLinear toValue = _weights.Linear(OracleNames.Value(layer), a.ValueBias);
        OracleLinear toOutput = _weights.Linear(OracleNames.Output(layer), a.OutputBias);

        int firstPosition = history.Keys.Count;
        double[][] queries = [.. x.Select((row, i) => Rotate(toQuery.Apply(row), firstPosition + i))];
        history.Keys.AddRange(x.Select((row, i) => Rotate(toKey.Apply(row), firstPosition + i)));
        history.Values.AddRange(x.Select(toValue.Apply));
        Visibility mask = a.Causal ? Masks.Prefix(firstPosition, a.Prefix) : Masks.None;
        double[][] attended = a.LinearAttention
            ? LinearAttention.Attend(queries, history.Keys, history.Values, a.Heads, a.KeyValueHeads, mask)
            : Attention.Attend(queries, history.Keys, history.Values, a.Heads, a.KeyValueHeads, Attention.Scale(a.HeadDimension), mask);
        return [.. attended.Select(toOutput.Apply)];
    }

    private double[] FeedForwardLayer(int layer, double[] x)
    {
        OracleLinear up = _weights.Linear(OracleNames.Up(layer), _architecture.FeedForwardBias);
        OracleLinear down = _weights.Linear(OracleNames.Down(layer), _architecture.FeedForwardBias);
        return _architecture.Gated
            ? FeedForward.Gated(
                x,
                _weights.Linear(OracleNames.Gate(layer), _architecture.FeedForwardBias),
                up,
                down,
                _architecture.Activation
            )
            : FeedForward.Plain(x, up, down, _architecture.Activation);
    }

    private double[] Rotate(double[] x, int position) =>
        _architecture.Rotary is { } rotary ? Positions.Rotate(x, _architecture.HeadDimension, position, rotary) : x;

    private double[] Norm(string name, double[] x) =>
        _architecture.Norm switch
        {
            OracleNorm.RootMeanSquare => Norms.RootMeanSquare(x, _weights.Get(name + OracleNames.Weight), _architecture.NormEpsilon),
            OracleNorm.Layer => Norms.Layer(
                x,
                _weights.Get(name + OracleNames.Weight),
                _weights.Get(name + OracleNames.Bias),
                _architecture.NormEpsilon
            ),
            _ => throw new InvalidOperationException($"The oracle knows no norm {_architecture.Norm}."),
        };
}
