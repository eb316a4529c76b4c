using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;

namespace Specializer.Oracle;

using NormKind = Specializer.Generator.Architecture.NormKind;

/// <summary>The norms and linear layers of a stack, with the tensors of its checkpoint.</summary>
internal sealed class OracleParts(TransformerArchitecture architecture, OracleWeights weights)
{
    /// <summary>A name of a layer, whose weights may be those of several.</summary>
    /// <remarks>As AlbertTransformer runs them: iteration i runs all layers of group int(i / (iterations / groups)) in order.</remarks>
    public string Name(string name, int layer)
    {
        int inner = architecture.SetsPerGroup,
            turn = layer / inner,
            turns = architecture.Layers / inner,
            groups = turns / architecture.LayersPerSet;
        int group = (int)(turn / ((double)turns / groups));
        return name.Replace("{layer}", FormattableString.Invariant($"{group}"), StringComparison.Ordinal)
            .Replace("{inner}", FormattableString.Invariant($"{layer % inner}"), StringComparison.Ordinal);
    }

    /// <summary>A linear layer of the whole stack.</summary>
    public OracleLinear Linear(string name, bool bias) => weights.Linear(name, bias) with { Integers = Integers };

    /// <summary>The rounding of linear layers; null if weights are floats.</summary>
    public OracleIntegers? Integers =>
        IntegerLayout.IsInteger(architecture.WeightStorage)
            ? weights.Integers(Enum.Parse<Specializer.WeightStorage>($"{architecture.WeightStorage}"))
            : null;

    /// <summary>A linear layer of a layer as [outputs, inputs], whichever way the checkpoint stores it.</summary>
    public OracleLinear LayerLinear(string pattern, int layer, int inputs, bool bias)
    {
        OracleLinear stored = Linear(Name(pattern, layer), bias);
        if (!architecture.Checkpoint.InputsFirst)
        {
            return stored;
        }

        double[] weight = stored.Weight;
        int outputs = weight.Length / inputs;
        return stored with { Weight = [.. Enumerable.Range(0, weight.Length).Select(i => weight[(i % inputs * outputs) + (i / inputs)])] };
    }

    public double[][] Norm(string name, double[][] rows)
    {
        NormArchitecture norm = architecture.Norm;
        double[] weight = norm.HasWeight ? weights.Get(name + ".weight") : [.. rows[0].Select(static _ => 1.0)];
        weight = norm.UnitOffset ? [.. weight.Select(static value => 1 + value)] : weight;
        double[] bias = norm.Bias ? weights.Get(name + ".bias") : new double[weight.Length];
        return
        [
            .. rows.Select(row =>
                norm.Kind == NormKind.Layer ? Norms.Layer(row, weight, bias, norm.Epsilon) : Norms.RootMeanSquare(row, weight, norm.Epsilon)
            ),
        ];
    }

    /// <summary>Rows, each with weights of its own, which follow each other in the tensor; without a bias.</summary>
    public double[][] NormEach(string name, double[][] rows)
    {
        double[] weight = weights.Get(name + ".weight");
        int width = weight.Length / rows.Length;
        return
        [
            .. rows.Select(
                (row, i) =>
                    architecture.Norm.Kind == NormKind.Layer
                        ? Norms.Layer(row, weight[(i * width)..((i + 1) * width)], new double[width], architecture.Norm.Epsilon)
                        : Norms.RootMeanSquare(row, weight[(i * width)..((i + 1) * width)], architecture.Norm.Epsilon)
            ),
        ];
    }

    /// <summary>Some of the outputs of a linear layer.</summary>
    public static OracleLinear Rows(OracleLinear linear, IEnumerable<int> rows, int inputs)
    {
        int[] chosen = [.. rows];
        return new OracleLinear(
            [.. chosen.SelectMany(row => linear.Weight[(row * inputs)..((row + 1) * inputs)])],
            linear.Bias is null ? null : [.. chosen.Select(row => linear.Bias[row])]
        )
        {
            Integers = linear.Integers,
        };
    }
}
