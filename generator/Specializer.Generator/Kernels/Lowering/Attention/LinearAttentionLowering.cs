using System;
using System.Collections.Generic;
using Specializer.Generator.Architecture;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention;

/// <summary>
/// Lowers linear attention (Katharopoulos et al. 2020). With φ(x) = elu(x) + 1, a state Σ φ(k) vᵀ and a sum Σ φ(k) for each
/// key/value head, a query's result is φ(q)ᵀ Σ φ(k) vᵀ / (φ(q) · Σ φ(k)). A decoder adds a row to the state and reads the state
/// in turn; an encoder adds all rows of the sequence before it reads. Both add rows one after the other, in one order.
/// </summary>
internal sealed class LinearAttentionLowering
{
    private readonly AttentionKernel _kernel;
    private readonly KernelCode _code;
    private readonly AttentionArchitecture _attention;
    private readonly int _width;
    private readonly int _group;

    private LinearAttentionLowering(AttentionKernel kernel, KernelPart part)
    {
        _kernel = kernel;
        _code = new KernelCode(kernel, part);
        _attention = kernel.Attention;
        _width = _attention.HeadDim;
        _group = _attention.GroupSize;
    }

    public static IEnumerable<KernelMethod> Lower(AttentionKernel kernel) =>
        kernel.SeesAll
            ?
            [
                new LinearAttentionLowering(kernel, KernelPart.Append).Append(),
                new LinearAttentionLowering(kernel, KernelPart.Compute).Attend(),
            ]
            : [new LinearAttentionLowering(kernel, KernelPart.Compute).Decode()];

    private KernelMethod Decode()
    {
        Variable query = _code.StackFloats("query", _kernel.HeadStride);
        AppendRows(
            (state, row, features, member, at) =>
            {
                Features(features.At(at), query);
                Variable output = _code[KernelParameters.Output];
                state.Read(_code, query, output.At((row.AsNInt * _kernel.OutputStride) + at));
            }
        );
        return _code.Method("Row by row: its key and value into the state, then its queries over the state.");
    }

    private KernelMethod Append()
    {
        var queries = new QueryGroup(_code, _kernel);
        AppendRows(
            (state, row, features, member, at) =>
                Features(
                    features.At(at),
                    _code[KernelParameters.Queries].At(queries.IndexOf(state.Head, row) + (member * _kernel.HeadStride))
                )
        );
        return _code.Method("Keys and values of a chunk into the states; its queries wait for those of the whole sequence.");
    }

    private KernelMethod Attend()
    {
        int heads = _attention.KeyValueHeads;
        _code.EachOfWorker(
            "unit",
            _code[KernelParameters.Rows] * heads,
            unit =>
            {
                Variable head = _code.Let("head", unit % heads),
                    row = _code.Let("row", unit / heads);
                var state = new LinearState(_code, _kernel, head);
                Variable query = _code.Let("query", new QueryGroup(_code, _kernel).QueriesOf(head, row)),
                    output = _code.Let(
                        "target",
                        _code[KernelParameters.Output].At((row.AsNInt * _kernel.OutputStride) + (head * (_group * _width)))
                    );
                EachMember(member => state.Read(_code, query.At(member * _kernel.HeadStride), output.At(member * _width)));
            }
        );
        return _code.Method("The queries of a chunk over the states of the whole sequence.");
    }

    /// <summary>Adds the rows of a chunk to the states of the worker's heads, and visits each row's queries after it.</summary>
    /// <param name="visitQuery">Takes the head's state, the row, its projections, the query head of the group, and the query's place in the row.</param>
    private void AppendRows(Action<LinearState, Variable, Variable, Variable, Variable> visitQuery) =>
        _code.EachOfWorker(
            "head",
            _attention.KeyValueHeads,
            head =>
            {
                var state = new LinearState(_code, _kernel, head);
                _code.If(_code[KernelParameters.Position].Is(0), () => state.Clear(_code, _kernel));
                _code.Each(
                    "row",
                    _code[KernelParameters.Rows],
                    row =>
                    {
                        Variable features = _code.Let("features", _code[KernelParameters.Projected].At(row.AsNInt * _kernel.InputStride));
                        Expr HeadAt(int first) => features.At((Expr)(first * _width) + (head * _width));
                        state.Add(
                            _code,
                            HeadAt(_attention.Heads),
                            _attention.QueryKeyNorm ? _code[KernelParameters.KeyNorm] : null,
                            HeadAt(_attention.Heads + _attention.KeyValueHeads)
                        );
                        EachMember(member =>
                        {
                            Variable at = _code.Let("at", ((head * _group) + member) * _width);
                            visitQuery(state, row, features, member, at);
                        });
                    }
                );
            }
        );

    private void EachMember(Action<Variable> body) => _code.Each("member", _group, body);

    private void Features(Expr source, Expr output) =>
        LinearStateLowering.CallFeatures(
            _code,
            _kernel,
            source,
            _attention.QueryKeyNorm ? _code[KernelParameters.QueryNorm] : null,
            output
        );
}
