using System;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>
/// Lowers the attention of one query per head to all positions: an online softmax over keys in rows. Workers compute whole heads.
/// </summary>
internal sealed class ProbeLowering(ProbeKernel kernel, InstructionSetDescription target, RequiredFunctions functions)
{
    private readonly KernelCode _code = new(kernel);
    private readonly Vectors _vectors = target.Vectors;
    private readonly Elements _elements = Elements.Dividing(kernel.HeadDim, target);

    public static KernelMethod Lower(ProbeKernel kernel, InstructionSetDescription target, RequiredFunctions functions) =>
        new ProbeLowering(kernel, target, functions).Lower();

    private KernelMethod Lower()
    {
        _code.EachOfWorker("head", kernel.Heads, Attend);
        return _code.Method(
            $"{kernel.Heads} heads of {kernel.HeadDim}; a row of keys is followed by one of values, {kernel.Heads * kernel.HeadDim} floats later."
        );
    }

    private void Attend(Variable head)
    {
        Variable first = _code.Let("first", head.AsNInt * kernel.HeadDim),
            query = _code.Let("query", _code[KernelParameters.Queries].At(first)),
            output = _code.Let("result", _code[KernelParameters.Output].At(first)),
            key = _code.Let("key", _code[KernelParameters.Keys].At(first)),
            largest = _code.Let("largest", DataType.Float, 0f),
            sum = _code.Let("sum", DataType.Float, 0f);
        _code.Clear(output, kernel.HeadDim);
        _code.For(
            "position",
            DataType.Int,
            0,
            _code[KernelParameters.Length],
            1,
            position =>
            {
                Variable products = _code.Let("products", _elements.Type, _elements.Zero);
                EachElement(i => _code.Set(products, products + (_elements.Load(query, i) * _elements.Load(key, i))));
                Variable score = _code.Let("score", _elements.Sum(products) * (float)(1 / Math.Sqrt(kernel.HeadDim)));
                _code.If(position.Is(0), () => _code.Set(largest, score));
                _code.If(
                    score > largest,
                    () =>
                    {
                        Variable smaller = _code.Let("smaller", Exponential(largest - score));
                        EachElement(i => _elements.Store(_code, _elements.Load(output, i) * _elements.Broadcast(smaller), output, i));
                        _code.Set(sum, sum * smaller);
                        _code.Set(largest, score);
                    }
                );
                Variable weight = _code.Let("weight", Exponential(score - largest)),
                    value = _code.Let("value", key.At(kernel.Heads * kernel.HeadDim));
                EachElement(i =>
                    _elements.Store(_code, _elements.Load(output, i) + (_elements.Broadcast(weight) * _elements.Load(value, i)), output, i)
                );
                _code.Add(sum, weight);
                _code.Set(key, key.At(kernel.Stride));
            }
        );
        Variable scale = _code.Let("scale", 1 / sum);
        EachElement(i => _elements.Store(_code, _elements.Load(output, i) * _elements.Broadcast(scale), output, i));
    }

    private Expr Exponential(Expr x) => _vectors.FirstLane(functions.Exponential(_vectors.Broadcast(x)));

    private void EachElement(Action<Expr> body) => _code.For("i", 0, kernel.HeadDim, _elements.Count, i => body(i));
}
