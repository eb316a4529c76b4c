using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Lowering.Attention.Scores;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention;

/// <summary>Lowers the distribution of attention over the workers: whole heads in decoding, units of queries in prefill.</summary>
internal sealed class AttentionLowering(AttentionKernel kernel, InstructionSetDescription target)
{
    private readonly KernelCode _code = new(kernel);
    private readonly int _group = kernel.Attention.GroupSize;
    private readonly int _heads = kernel.Attention.KeyValueHeads;

    public static KernelMethod Lower(AttentionKernel kernel, InstructionSetDescription target) =>
        new AttentionLowering(kernel, target).Lower();

    private KernelMethod Lower()
    {
        ShortAttentionLowering.For(kernel, target)?.CallWhereShort(_code);
        Variable rows = _code[KernelParameters.Rows],
            heads = _code.Const("KeyValueHeads", _heads),
            group = _code.Const("GroupSize", _group),
            scratch = _code.StackFloats("scratch", AttentionScratch.Floats(kernel, target)),
            queryRows = _code.Let("queryRows", rows * group),
            unitRows = _code.Let("unitRows", rows.Is(1).Select(group, target.Tuning.QueryRows)),
            unitsPerHead = _code.Let("unitsPerHead", (queryRows + unitRows - 1) / unitRows);
        _code.Comment(
            "A worker takes whole heads, those whose keys and values it has appended. The units of the other heads are divided among the workers."
        );
        Variable wholeHeads = _code.Let("wholeHeads", heads - (heads % _code.Workers));
        _code.Each(
            "unit",
            heads * unitsPerHead,
            unit =>
            {
                Variable head = _code.Let("head", DataType.NInt, unit / unitsPerHead);
                _code.If(((head < wholeHeads).Select(head, unit) % _code.Workers).IsNot(_code.Worker), _code.Continue);
                Variable first = _code.Let("first", unit % unitsPerHead * unitRows),
                    end = _code.Let("end", Scalars.Min(first + unitRows, queryRows));
                AttendQueries(OfHead(head), first, end, scratch);
            }
        );
        return _code.Method(
            $"Each of {_heads} key/value heads serves {_group} query head{(_group == 1 ? "" : "s")}; "
                + "its queries, [row][head of the group], are adjacent."
        );
    }

    /// <summary>The arguments that differ from head to head: pointers at what belongs to the head.</summary>
    private Dictionary<KernelParameter, Expr> OfHead(Variable head)
    {
        Dictionary<KernelParameter, Expr> arguments = [];
        void Add(KernelParameter parameter, string name, Expr floats) =>
            arguments.Add(parameter, _code.Let(name, _code[parameter].At(head * floats)));
        Add(KernelParameters.Queries, "headQueries", Constant.Of(kernel.QueryFloats / _heads));
        Add(KernelParameters.Keys, "headKeys", Constant.Of(kernel.KeysPerHead));
        Add(KernelParameters.Values, "headValues", Constant.Of(kernel.ValuesPerHead));
        Add(KernelParameters.Output, "headOutput", _group * kernel.Attention.HeadDim);
        foreach (ScoreModifier modifier in ScoreModifier.Of(kernel))
        {
            if (modifier.Table is { } table)
            {
                arguments.Add(table, _code[table].At(head * Constant.Of(modifier.TableFloatsPerHead)));
            }
        }

        return arguments;
    }

    private void AttendQueries(Dictionary<KernelParameter, Expr> ofHead, Variable first, Variable end, Variable scratch)
    {
        void Call(Expr queries) =>
            _code.Call(
                QueriesCode.Name(kernel),
                [
                    .. QueriesCode
                        .Inherited(kernel)
                        .Select(parameter => ofHead.TryGetValue(parameter, out Expr argument) ? argument : _code[parameter]),
                    first,
                    queries,
                    scratch,
                ]
            );
        if (_group <= target.Tuning.QueryRows)
        {
            Call(end - first);
        }
        else
        {
            _code.Loop(
                [],
                first < end,
                [CodeBuilder.Step(first, target.Tuning.QueryRows)],
                () => Call(Scalars.Min(end - first, target.Tuning.QueryRows))
            );
        }
    }
}
