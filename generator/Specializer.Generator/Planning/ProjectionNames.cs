using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>
/// Plans the other form of a stack's projections: fused if the family has separate ones, and separate if it has a fused one. The rule
/// applies to queries, keys and values, to keys and values of the cross-attention, and to the gate and up projections.
/// </summary>
/// <param name="stack">The stack.</param>
/// <param name="tensors">The tensors that the plan reads, by name.</param>
/// <param name="usualNames">
/// Whether a form without a name has the usual one in the module of the other form, such as <c>qkv_proj</c> next to <c>q_proj</c>.
/// </param>
/// <param name="change">Changes the alternatives of a tensor.</param>
internal sealed class ProjectionNames(
    TransformerArchitecture stack,
    IReadOnlyDictionary<string, TensorPlan> tensors,
    bool usualNames,
    Action<string, Func<TensorAlternatives, TensorAlternatives>> change
)
{
    private const char Separator = '.';

    /// <summary>One of the projections of a fused tensor.</summary>
    /// <param name="Name">The name of its separate tensor; empty for the usual one.</param>
    /// <param name="UsualName">The last part of the usual name.</param>
    /// <param name="Rows">Its rows in the fused tensor, without a name.</param>
    private sealed record Part(string Name, string UsualName, TensorRows Rows);

    public void Plan()
    {
        CheckpointNames names = stack.Checkpoint.Names;
        PlanForms(names.QueryKeyValue, "qkv_proj", QueryKeyValue(names));
        if (stack.CrossAttention is { } cross)
        {
            int rows = cross.KeyValueHeads * cross.HeadDim;
            PlanForms(
                names.CrossKeyValue,
                "kv_proj",
                [new(names.CrossKey, "k_proj", new("", 0, rows)), new(names.CrossValue, "v_proj", new("", rows, rows))]
            );
        }

        if (stack.FeedForward.Gated)
        {
            int inner = stack.FeedForward.Width;
            PlanForms(
                names.GateUp,
                "gate_up_proj",
                [new(names.Gate, "gate_proj", new("", 0, inner)), new(names.Up, "up_proj", new("", inner, inner))]
            );
        }
    }

    /// <summary>
    /// Returns the rows of queries, keys and values in the fused tensor of the family. The order of families with separate ones is all
    /// queries, all keys, all values.
    /// </summary>
    private Part[] QueryKeyValue(CheckpointNames names)
    {
        AttentionArchitecture attention = stack.Attention;
        int head = attention.HeadDim,
            queries = attention.Heads * head,
            keys = attention.KeyValueHeads * head,
            group = attention.GroupSize * head,
            stride = group + (2 * head);
        bool perHead = stack.Checkpoint.QueryKeyValue == QueryKeyValueStorage.PerKeyValueHead && attention.KeyValueHeads > 1;
        TensorRows Rows(int first, int rows, int firstOfGroup, int groupRows) =>
            perHead ? new("", firstOfGroup, rows) { GroupRows = groupRows, GroupStride = stride } : new("", first, rows);
        return
        [
            new(names.Query, "q_proj", Rows(0, queries, 0, group)),
            new(names.Key, "k_proj", Rows(queries, keys, group, head)),
            new(names.Value, "v_proj", Rows(queries + keys, keys, group + head, head)),
        ];
    }

    private void PlanForms(string whole, string usualName, Part[] parts)
    {
        string beside = whole.Length > 0 ? whole : parts[0].Name;
        if (beside.Length == 0 || (!usualNames && (whole.Length == 0 || parts.Any(static part => part.Name.Length == 0))))
        {
            return;
        }

        string wholeName = whole.Length > 0 ? whole : Sibling(beside, usualName);
        string[] names = [.. parts.Select(part => part.Name.Length > 0 ? part.Name : Sibling(beside, part.UsualName))];
        foreach (string suffix in new[] { stack.Checkpoint.Suffixes.Weight, stack.Checkpoint.Suffixes.Bias })
        {
            for (int set = 0; set < stack.SetsPerGroup; set++)
            {
                string InSet(string name) => new TensorPlan(name + suffix, true).InSet(set).Name;
                PlanForms(InSet(wholeName), [.. names.Select(InSet)], parts);
            }
        }
    }

    private void PlanForms(string whole, string[] names, Part[] parts)
    {
        bool isMatrix = tensors.TryGetValue(whole, out TensorPlan? plan) || tensors.TryGetValue(names[0], out plan),
            inputsFirst = isMatrix && plan!.Shape.Count > 1 && stack.Checkpoint.InputsFirst;
        int rows = parts.Sum(static part => part.Rows.Rows);

        // A fused bias contains the biases of all projections, so it is not used if some have no bias.
        if (names.All(tensors.ContainsKey) && !tensors.ContainsKey(whole))
        {
            for (int i = 0; i < parts.Length; i++)
            {
                TensorRows of = parts[i].Rows with { Name = whole, Rows = rows };
                change(names[i], alternatives => alternatives with { PartOf = of, InputsFirst = inputsFirst });
            }
        }
        else if (tensors.ContainsKey(whole) && !names.Any(tensors.ContainsKey))
        {
            TensorRows[] own = [.. parts.Select((part, i) => part.Rows with { Name = names[i] })];
            change(whole, alternatives => alternatives with { Parts = new(own), InputsFirst = inputsFirst });
        }
    }

    private static string Sibling(string name, string last) => name.Substring(0, name.LastIndexOf(Separator) + 1) + last;
}
