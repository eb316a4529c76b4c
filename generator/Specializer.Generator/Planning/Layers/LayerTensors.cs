using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>The tensors of a layer in the checkpoints of a family.</summary>
/// <param name="checkpoint">The layout of the checkpoint.</param>
internal sealed class LayerTensors(CheckpointLayout checkpoint)
{
    private readonly TensorSuffixes _suffixes = checkpoint.Suffixes;

    /// <summary>The weight of a linear layer.</summary>
    public TensorSlice Matrix(string name, int outputs, int inputs) =>
        checkpoint.InputsFirst
            ? TensorSlice.Whole(new TensorPlan(name + _suffixes.Weight, true, inputs, outputs), inputsFirst: true)
            : TensorSlice.Whole(new TensorPlan(name + _suffixes.Weight, true, outputs, inputs));

    /// <summary>The bias of a linear layer.</summary>
    public TensorSlice Vector(string name, int length) => TensorSlice.Whole(new TensorPlan(name + _suffixes.Bias, true, length));

    /// <summary>The bias of one of several related projections, or zeros if only the others have one.</summary>
    public TensorSlice VectorOrZeros(bool present, string name, int length) => present ? Vector(name, length) : Zeros(length);

    /// <summary>The weights of the query, key and value projections: the rows of all queries, then all keys, then all values.</summary>
    public TensorSlice[] QueryKeyValueWeights(AttentionArchitecture attention, int inputs) =>
        QueryKeyValue(attention, _suffixes.Weight, inputs);

    /// <summary>The biases of the query, key and value projections.</summary>
    public TensorSlice[] QueryKeyValueBiases(AttentionArchitecture attention) => QueryKeyValue(attention, _suffixes.Bias, null);

    /// <summary>The weights of the gate and of the up projection.</summary>
    public (TensorSlice Gate, TensorSlice Up) GateUpWeights(int inner, int inputs)
    {
        CheckpointNames names = checkpoint.Names;
        if (!checkpoint.GateUpConcatenated)
        {
            return (Matrix(names.Gate, inner, inputs), Matrix(names.Up, inner, inputs));
        }

        TensorSlice both = Matrix(names.GateUp, 2 * inner, inputs);
        TensorSlice gate = both with { Rows = inner, GroupRows = inner, GroupStride = inner };
        return (gate, gate with { First = inner });
    }

    /// <summary>The biases of the gate and of the up projection.</summary>
    public TensorSlice[] GateUpBiases(int inner)
    {
        CheckpointNames names = checkpoint.Names;
        if (!checkpoint.GateUpConcatenated)
        {
            return [Vector(names.Gate, inner), Vector(names.Up, inner)];
        }

        TensorSlice gate = Vector(names.GateUp, 2 * inner) with { Rows = inner, GroupRows = inner, GroupStride = inner };
        return [gate, gate with { First = inner }];
    }

    private static TensorSlice Zeros(int rows) => new(TensorPlan.Nothing, rows, 0, rows, rows, false);

    private TensorSlice[] QueryKeyValue(AttentionArchitecture attention, string suffix, int? inputs)
    {
        CheckpointNames names = checkpoint.Names;
        int head = attention.HeadDim;
        int queryRows = attention.Heads * head;
        int keyRows = attention.KeyValueHeads * head;
        bool inputsFirst = checkpoint.InputsFirst && inputs is not null;

        TensorPlan Tensor(string name, int rows) =>
            inputs is not { } columns ? new(name + suffix, true, rows)
            : inputsFirst ? new(name + suffix, true, columns, rows)
            : new(name + suffix, true, rows, columns);

        if (checkpoint.QueryKeyValue == QueryKeyValueStorage.Separate)
        {
            TensorSlice Part(bool present, string name, int rows) =>
                present || inputs is not null ? TensorSlice.Whole(Tensor(name, rows), inputsFirst) : Zeros(rows);
            return
            [
                Part(attention.QueryBias, names.Query, queryRows),
                Part(attention.KeyBias, names.Key, keyRows),
                Part(attention.ValueBias, names.Value, keyRows),
            ];
        }

        TensorPlan fused = Tensor(names.QueryKeyValue, queryRows + (2 * keyRows));
        if (checkpoint.QueryKeyValue == QueryKeyValueStorage.Concatenated)
        {
            return
            [
                new TensorSlice(fused, queryRows, 0, queryRows, queryRows, inputsFirst),
                new TensorSlice(fused, keyRows, queryRows, keyRows, keyRows, inputsFirst),
                new TensorSlice(fused, keyRows, queryRows + keyRows, keyRows, keyRows, inputsFirst),
            ];
        }

        int group = attention.GroupSize * head;
        int stride = group + (2 * head);
        return
        [
            new TensorSlice(fused, queryRows, 0, group, stride, inputsFirst),
            new TensorSlice(fused, keyRows, group, head, stride, inputsFirst),
            new TensorSlice(fused, keyRows, group + head, head, stride, inputsFirst),
        ];
    }
}
