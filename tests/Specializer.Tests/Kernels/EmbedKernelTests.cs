using System;
using Specializer.TestKit;
using Specializer.Tests.EndToEnd;
using Specializer.Tests.Models;
using Xunit;

namespace Specializer.Tests.Kernels;

/// <summary>Every look-up of embeddings, from a table of its own and from the packed matrix of the logits.</summary>
[Feature("kernels")]
public sealed unsafe class EmbedKernelTests
{
    public static TheoryData<string, InstructionSet> Cases => DeclaredModels.OnEachInstructionSet;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_token_of_the_vocabulary_gets_its_row(string name, InstructionSet instructionSet)
    {
        DeclaredModel model = DeclaredModels.Get(name);
        EmbedFunction embed = new GeneratedKernels(model, instructionSet).Embed;
        int width = model.Architecture.Width;
        int vocabulary = model.Architecture.VocabularySize;
        int stride = KernelLayout.RowStride(width);
        using RandomTensor embeddings = new(new Random(vocabulary), 1, model.Storage, vocabulary, width);
        int columns = KernelLayout.Pad(vocabulary);
        using GuardedFloats table = new(
            model.Architecture.TiedEmbeddings
                ? (model.Storage == WeightStorage.Float32 ? columns : (columns + 31) / 32 * 16L) * width
                : (long)vocabulary * stride
        );
        if (model.Architecture.TiedEmbeddings)
        {
            WeightPacking.Panels(table.Address, instructionSet, columns, width, [embeddings.View], model.Storage);
        }
        else
        {
            WeightPacking.Rows(table.Address, stride, embeddings.View);
        }

        table.AssertGuards("table");
        int[] tokens = new int[vocabulary];
        for (int i = 0; i < vocabulary; i++)
        {
            tokens[i] = vocabulary - 1 - i;
        }

        for (int workers = 1; workers <= 3; workers++)
        {
            using GuardedFloats output = new((long)vocabulary * stride);
            fixed (int* first = tokens)
            {
                for (int worker = 0; worker < workers; worker++)
                {
                    embed(first, table.Address, output.Address, vocabulary, worker, workers);
                }
            }

            output.AssertGuards("output");
            float[] expected = new float[stride];
            for (int row = 0; row < vocabulary; row++)
            {
                embeddings.View.CopyRowTo(tokens[row], expected);
                Bits.AssertSame(
                    expected,
                    output.Span.Slice(row * stride, stride),
                    FormattableString.Invariant($"token {tokens[row]}, {workers} workers")
                );
            }
        }
    }
}
