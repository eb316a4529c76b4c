using System;
using System.Collections.Immutable;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Weights;

/// <summary>Tensors that a checkpoint stores in another form: as parts, or as rows or columns of a whole.</summary>
[Feature("checkpoints")]
public sealed class TensorFormsTests
{
    /// <summary>Two groups of two rows of queries, one of keys and one of values, by rows and by columns, in both directions.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rows_of_parts_may_lie_in_groups(bool inputsFirst)
    {
        const int Inputs = 3;
        TensorRows[] rows =
        [
            new("q", 0, 4) { GroupRows = 2, GroupStride = 4 },
            new("k", 2, 2) { GroupRows = 1, GroupStride = 4 },
            new("v", 3, 2) { GroupRows = 1, GroupStride = 4 },
        ];
        int[] order = [0, 1, 4, 5, 2, 6, 3, 7];
        ImmutableArray<long> Matrix(long outputs) => inputsFirst ? [Inputs, outputs] : [outputs, Inputs];
        float[] Elements(int[] outputs) =>
            inputsFirst
                ? [.. Enumerable.Range(0, Inputs).SelectMany(input => outputs.Select(output => (output * 10f) + input))]
                : [.. outputs.SelectMany(output => Enumerable.Range(0, Inputs).Select(input => (output * 10f) + input))];
        (string Name, int[] Outputs)[] parts = [("q", order[..4]), ("k", order[4..6]), ("v", order[6..])];

        SafetensorsBytes apart = new();
        SafetensorsBytes fused = new SafetensorsBytes().Floats("qkv", [.. Matrix(8)], Elements([.. Enumerable.Range(0, 8)]));
        foreach ((string name, int[] outputs) in parts)
        {
            apart.Floats(name, [.. Matrix(outputs.Length)], Elements(outputs));
        }

        TensorTable whole = new([new("qkv", 0, Matrix(8)) { Parts = [.. rows], InputsFirst = inputsFirst }], []),
            separate =
                new(
                    [
                        .. rows.Select(row => new TensorRequirement(row.Name, 0, Matrix(row.Rows))
                        {
                            PartOf = row with { Name = "qkv", Rows = 8 },
                            InputsFirst = inputsFirst,
                        }),
                    ],
                    []
                );
        using SafetensorsFile apartFile = SafetensorsFile.Parse(apart.ToArray(), "apart"),
            fusedFile = SafetensorsFile.Parse(fused.ToArray(), "fused");
        Assert.Equal(Elements([.. Enumerable.Range(0, 8)]), Floats(whole.Check(apartFile).Get(0)));
        Assert.Equal(Floats(whole.Check(fusedFile).Get(0)), Floats(whole.Check(apartFile).Get(0)));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(Elements(parts[i].Outputs), Floats(separate.Check(fusedFile).Get(i)));
            Assert.Equal([.. Matrix(parts[i].Outputs.Length)], separate.Check(fusedFile).Get(i).Shape.ToArray());
            Assert.Equal(Elements(parts[i].Outputs), Floats(separate.Check(apartFile).Get(i)));
        }
    }

    [Fact]
    public void A_table_whose_groups_contradict_each_other_is_refused()
    {
        static void Refused(params TensorRequirement[] required) =>
            Assert.Throws<ArgumentException>(() => new TensorTable(required, new TensorNaming()));
        Refused(new TensorRequirement("a", 0, 4, 1) { Parts = [new("b", 0, 2) { GroupRows = 1, GroupStride = 2 }, new("c", 2, 2)] });
        Refused(new TensorRequirement("a", 0, 3, 1) { Parts = [new("b", 0, 3) { GroupRows = 2, GroupStride = 2 }] });
        Refused(new TensorRequirement("a", 0, 2, 1) { Parts = [new("b", 0, 2) { GroupRows = 1, GroupStride = 0 }] });
        Refused(
            new TensorRequirement("a", 0, 2, 1)
            {
                PartOf = new("b", 0, 4) { GroupRows = 1, GroupStride = 4 },
            }
        );
        Refused(new TensorRequirement("a", 0, 2, 3) { PartOf = new("b", 0, 2), InputsFirst = true });
    }

    private static float[] Floats(TensorView view)
    {
        float[] values = new float[view.ElementCount];
        view.CopyTo(values);
        return values;
    }
}
