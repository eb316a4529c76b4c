using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention;

/// <summary>Lowers the methods that linear attention calls on the state of one head.</summary>
internal sealed class LinearStateLowering(AttentionKernel kernel, InstructionSetDescription target, RequiredFunctions functions)
{
    /// <summary>The vectors of a result that are summed side by side.</summary>
    private const int SideBySide = 4;

    private readonly Vectors _vectors = target.Vectors;
    private readonly int _width = kernel.Attention.HeadDim;
    private readonly int _stride = kernel.HeadStride;

    private bool IsPadded => _width < _stride;

    public static IEnumerable<KernelMethod> Lower(AttentionKernel kernel, InstructionSetDescription target, RequiredFunctions functions)
    {
        var lowering = new LinearStateLowering(kernel, target, functions);
        yield return lowering.Features();
        yield return lowering.Add();
        yield return lowering.Read();
    }

    /// <summary>The name of the method that adds a key and its value to a state.</summary>
    public static string AddName(AttentionKernel kernel) => "AddToState" + Heads(kernel);

    /// <summary>The name of the method that reads the result of a query from a state.</summary>
    public static string ReadName(AttentionKernel kernel) => "ReadState" + Names.Number(kernel.Attention.HeadDim);

    /// <summary>The name of the method that computes features, which kernels with such heads share.</summary>
    public static string FeaturesName(AttentionKernel kernel) => "Features" + Heads(kernel);

    /// <summary>Calls the method that computes the features of one head.</summary>
    /// <param name="code">The caller.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="source">The head of a query or key.</param>
    /// <param name="norm">The weight of its norm, if it has one.</param>
    /// <param name="output">The place of the features.</param>
    public static void CallFeatures(CodeBuilder code, AttentionKernel kernel, Expr source, Expr? norm, Expr output) =>
        code.Call(FeaturesName(kernel), norm is null ? [source, output] : [source, norm, output]);

    private static string Heads(AttentionKernel kernel) =>
        Names.Number(kernel.Attention.HeadDim) + (kernel.Attention.QueryKeyNorm ? "Normed" + Names.Epsilon(kernel.Epsilon) : "");

    private KernelMethod Features()
    {
        var code = new CodeBuilder();
        Variable source = code.Pointer("source");
        Variable? norm = Norm(code);
        Variable output = code.Pointer("target");
        if (norm is null)
        {
            code.Copy(source, output, _width);
        }
        else
        {
            code.Call(HeadNormLowering.Name(kernel), source, norm, output);
        }

        EachVector(
            code,
            i =>
            {
                Variable x = code.Let("x", _vectors.Load(output.At(i)));
                Expr isPositive = _vectors.GreaterThan(x, _vectors.Zero);
                code.Store(_vectors.Choose(isPositive, x + _vectors.Broadcast("1"), functions.Exponential(x)), output.At(i));
            }
        );
        if (IsPadded)
        {
            code.Comment("The padding has no features.");
            code.Clear(output.At(_width), _stride - _width);
        }

        return code.Method(FeaturesName(kernel), comment: "elu(x) + 1 of one head: x + 1 above 0, e^x below.");
    }

    private KernelMethod Add()
    {
        var code = new CodeBuilder();
        Variable state = code.Pointer("state"),
            sum = code.Pointer("sum"),
            projectedKey = code.Pointer("projectedKey");
        Variable? norm = Norm(code);
        Variable projectedValue = code.Pointer("projectedValue"),
            key = code.StackFloats("key", 2 * _stride),
            value = code.Let("value", key.At(_stride));
        CallFeatures(code, kernel, projectedKey, norm, key);
        if (IsPadded)
        {
            code.Clear(value, _stride);
        }

        code.Copy(projectedValue, value, _width);
        EachVector(code, i => code.Store(_vectors.Load(sum.At(i)) + _vectors.Load(key.At(i)), sum.At(i)));
        EachRow(
            code,
            state,
            i =>
            {
                Variable feature = code.Let("feature", _vectors.Broadcast(key[i]));
                code.For(
                    "column",
                    DataType.Int,
                    0,
                    _stride,
                    _vectors.Lanes,
                    column =>
                        code.Store(
                            _vectors.MultiplyAdd(_vectors.Load(state.At(column)), feature, _vectors.Load(value.At(column))),
                            state.At(column)
                        )
                );
            }
        );
        return code.Method(
            AddName(kernel),
            comment: "Adds the key's features times the value to a head's state, and the features to its sum."
        );
    }

    private KernelMethod Read()
    {
        var code = new CodeBuilder();
        Variable state = code.Pointer("state"),
            sum = code.Pointer("sum"),
            query = code.Pointer("query"),
            output = code.Pointer("output"),
            result = code.StackFloats("result", _stride),
            weights = code.Let("weights", _vectors.Zero);
        EachVector(code, i => code.Set(weights, _vectors.MultiplyAdd(weights, _vectors.Load(query.At(i)), _vectors.Load(sum.At(i)))));
        Variable scale = code.Let("scale", _vectors.Broadcast(1 / _vectors.Sum(weights)));
        EachColumns(code, (first, vectors) => ReadColumns(code, state, query, scale, result, first, vectors));
        code.Copy(result, output, _width);
        return code.Method(
            ReadName(kernel),
            comment: "One query's result: its features times the state, divided by its features times the sum."
        );
    }

    /// <summary>Visits the columns of the state: as many vectors at a time as are summed side by side, then fewer.</summary>
    private void EachColumns(CodeBuilder code, Action<Expr, int> body)
    {
        int column = 0;
        while (column < _stride)
        {
            int vectors = Math.Min(SideBySide, (_stride - column) / _vectors.Lanes),
                width = vectors * _vectors.Lanes,
                end = column + ((_stride - column) / width * width);
            if (end - column > width)
            {
                code.For("column", DataType.Int, column, end, width, first => body(first, vectors));
            }
            else
            {
                // Without its value, so that sums with it are printed unchanged.
                var first = new Constant(DataType.Int, Constant.Of(column).Text);
                code.Scope(() => body(first, vectors));
            }

            column = end;
        }
    }

    private void ReadColumns(CodeBuilder code, Variable state, Variable query, Variable scale, Variable result, Expr first, int vectors)
    {
        Variable[] totals = [.. Enumerable.Range(0, vectors).Select(vector => code.Let("total" + vector, _vectors.Zero))];
        Variable row = code.Let("row", state.At(first));
        EachRow(
            code,
            row,
            i =>
            {
                Variable feature = code.Let("feature", _vectors.Broadcast(query[i]));
                for (int vector = 0; vector < vectors; vector++)
                {
                    Expr place = vector == 0 ? row : row + (vector * _vectors.Lanes);
                    code.Set(totals[vector], _vectors.MultiplyAdd(totals[vector], feature, _vectors.Load(place)));
                }
            }
        );
        for (int vector = 0; vector < vectors; vector++)
        {
            Expr column = vector == 0 ? first : first + (vector * _vectors.Lanes);
            code.Store(totals[vector] * scale, result.At(column));
        }
    }

    private Variable? Norm(CodeBuilder code) => kernel.Attention.QueryKeyNorm ? code.Pointer("norm") : null;

    private void EachVector(CodeBuilder code, Action<Variable> body) => code.For("i", 0, _stride, _vectors.Lanes, body);

    /// <summary>A loop over the rows of a state, in which a pointer moves from row to row.</summary>
    private void EachRow(CodeBuilder code, Variable row, Action<Variable> body)
    {
        Variable i = new(DataType.NInt, "i");
        code.Loop([new Let(i, 0)], i < _width, [CodeBuilder.Step(i, 1), new Assign(row, row.At(_stride))], () => body(i));
    }
}
