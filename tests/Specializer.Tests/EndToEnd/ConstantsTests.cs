using System;
using System.Linq;
using System.Reflection;
using Specializer.Oracle;
using Specializer.TestKit;
using Specializer.Tests.Kernels;
using Specializer.Tests.Models;
using Specializer.Tests.Oracle;
using Xunit;

namespace Specializer.Tests.EndToEnd;

/// <summary>The constants of a generated class equal the properties of the loaded model.</summary>
[Feature("constants")]
public sealed class ConstantsTests
{
    public static TheoryData<string> Models => DeclaredModels.Names;

    public static TheoryData<string, InstructionSet> Cases => DeclaredModels.OnEachInstructionSet;

    [Theory]
    [MemberData(nameof(Models))]
    public void The_architecture_is_the_declared_one(string name)
    {
        DeclaredModel declared = DeclaredModels.Get(name);
        TransformerAttribute transformer = declared.Class.GetCustomAttribute<TransformerAttribute>()!;
        Assert.Equal(transformer.Layers, declared.Constant("Layers"));
        Assert.Equal(transformer.DModel, declared.Constant("DModel"));
        Assert.Equal(transformer.VocabularySize, declared.Constant("VocabularySize"));
        Assert.Equal(transformer.ContextLength, declared.Constant("ContextLength"));
        Assert.InRange(declared.Constant("ChunkLength"), 1, transformer.ContextLength);
        Assert.True(
            transformer.ChunkLength == 0 || declared.Constant("ChunkLength") == Math.Min(transformer.ChunkLength, transformer.ContextLength)
        );

        using IDecoderModel model = declared.LoadRandom();
        Assert.Equal(name, model.Description.Name);
        foreach (
            PropertyInfo fact in typeof(ModelDescription)
                .GetProperties()
                .Where(property =>
                    property.PropertyType.IsPrimitive
                    && property.Name is not (nameof(ModelDescription.PackedLayout) or nameof(ModelDescription.IsOptimized))
                )
        )
        {
            // A decoder has no constants of encoder-decoders, and its properties are 0.
            long constant = declared.Class.GetField(fact.Name) is null ? 0 : declared.Constant(fact.Name);
            Assert.Equal(constant, Convert.ToInt64(fact.GetValue(model.Description), null));
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void The_parameters_are_the_elements_of_the_checkpoint(string name)
    {
        DeclaredModel declared = DeclaredModels.Get(name);
        using RandomWeights weights = declared.RandomWeights();
        TensorView[] tensors =
        [
            .. weights.Names.Select(tensor =>
                weights.TryGetTensor(tensor, out TensorView view) ? view : throw new InvalidOperationException(tensor)
            ),
        ];
        Assert.Equal(tensors.Sum(tensor => tensor.ElementCount), declared.Constant("ParameterCount"));

        // Every matrix is multiplied with once, but for a table that embeddings are only looked up in.
        long multiplied = tensors
            .Where(tensor => tensor.Shape.Length == 2 && (declared.Architecture.TiedEmbeddings || tensor.Name != OracleNames.Embeddings))
            .Sum(tensor => tensor.ElementCount);
        Assert.Equal(multiplied, declared.Constant("MultiplyAddsPerToken"));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_bytes_are_those_that_are_allocated(string name, InstructionSet instructionSet)
    {
        DeclaredModel declared = DeclaredModels.Get(name);
        using IDecoderModel model = declared.LoadRandom(instructionSet);
        Assert.Equal(declared.Constant("PackedWeightBytes"), ((TransformerModel)model).Weights.ByteLength);

        using IDecoderSession session = model.CreateSession();
        Assert.Equal(declared.Constant("SessionBytes"), session.SessionBytes);
        Assert.Equal(declared.Constant("SessionBytes"), OwnedBytes(session));
    }

    [Fact]
    public void A_session_grows_with_its_context_and_with_nothing_else()
    {
        DecoderArchitecture a = DeclaredModels.LongContext4096.Architecture;
        // Values of heads of at most 8 take half a cache line.
        int valueFloats = a.HeadDim <= 8 ? 8 : KernelLayout.Pad(a.HeadDim);
        long bytesPerPosition = a.Layers * a.KeyValueHeads * (long)(a.HeadDim + valueFloats) * sizeof(float);
        long longer = DeclaredModels.LongContext8192.Constant("SessionBytes");
        long shorter = DeclaredModels.LongContext4096.Constant("SessionBytes");
        Assert.Equal(4096 * bytesPerPosition, longer - shorter);
        Assert.InRange(shorter - (4096 * bytesPerPosition), 1, shorter / 2);
    }

    /// <summary>All memory of a session: native blocks, and arrays without other references.</summary>
    private static long OwnedBytes(IDecoderSession session)
    {
        long bytes = 0;
        for (Type? type = session.GetType(); type is not null; type = type.BaseType)
        {
            foreach (
                FieldInfo field in type.GetFields(
                    BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly
                )
            )
            {
                bytes += field.GetValue(session) switch
                {
                    AlignedBuffer buffer => buffer.ByteLength,
                    Array { Length: 0 } => 0,
                    Array array => Buffer.ByteLength(array),
                    LogitsRows rows => rows.ByteLength,
                    _ => 0,
                };
            }
        }

        return bytes;
    }
}
