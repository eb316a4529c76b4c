using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>Lowers the arg-max of logits, which each worker takes of those that it has just computed.</summary>
internal sealed class ArgMaxLowering(ArgMaxKernel kernel, InstructionSetDescription target)
{
    private readonly KernelCode _code = new(kernel);
    private readonly Vectors _vectors = target.Vectors;

    public static KernelMethod Lower(ArgMaxKernel kernel, InstructionSetDescription target) => new ArgMaxLowering(kernel, target).Lower();

    private KernelMethod Lower()
    {
        Variable logits = _code[KernelParameters.Logits];
        (Variable first, Variable end) = Share();
        Variable highest = _code.Let("highest", (first < end).Select(first, -1)),
            value = _code.Let("value", Constant.Float("float.NegativeInfinity")),
            bound = _code.Let("bound", _vectors.Broadcast(value));
        _code.For(
            "i",
            DataType.Int,
            first,
            end,
            1,
            i =>
            {
                _code.Comment("Most vectors hold nothing higher than the values before them.");
                _code.While(
                    (i <= end - _vectors.Lanes).AndAlso(_vectors.LessThanOrEqualAll(_vectors.Load(logits.At(i)), bound)),
                    () => _code.Add(i, _vectors.Lanes)
                );
                _code.If(
                    (i < end).AndAlso(!(logits[i] <= value)),
                    () =>
                    {
                        _code.Set(highest, i);
                        _code.Set(value, logits[i]);
                        _code.If(Scalars.IsNaN(value), () => _code.Break());
                        _code.Set(bound, _vectors.Broadcast(value));
                    }
                );
            }
        );
        _code.Return(highest);
        return _code.Method(
            $"The index of the highest of {kernel.Logits.Outputs} logits, or of the first NaN, among those of this worker; -1 if it has none.",
            Compilation.Optimized
        );
    }

    /// <summary>The first of the worker's logits, and their end.</summary>
    private (Variable First, Variable End) Share()
    {
        int panels = new LinearTiles(kernel.Logits, target).Panels,
            outputs = kernel.Logits.Outputs,
            width = target.PanelWidth;
        if (panels == 1)
        {
            // One panel is one worker's work.
            return (_code.Let("first", 0), _code.Let("end", _code.Worker.Is(0).Select(outputs, 0)));
        }

        (Variable panel, Variable endPanel) = RowSharing.SharePanels(_code, _code.Const("Panels", panels));
        Expr end = endPanel * width;
        return (_code.Let("first", panel * width), _code.Let("end", outputs % width == 0 ? end : Scalars.Min(end, outputs)));
    }
}
