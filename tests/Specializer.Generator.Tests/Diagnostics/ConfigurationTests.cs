using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Specializer.Generator.Tests.Incrementality;
using Xunit;

namespace Specializer.Generator.Tests.Diagnostics;

/// <summary>Models declared by a config.json: what is wrong is said at the attribute and in the file's own line.</summary>
public sealed class ConfigurationTests
{
    private const string Declaration = """
        using Specializer;

        [Transformer("small/config.json")]
        partial class Model;
        """;

    private const string Configuration = """
        {
          "model_type": "llama",
          "hidden_size": 96,
          "num_hidden_layers": 2,
          "num_attention_heads": 6,
          "intermediate_size": 256,
          "vocab_size": 300,
          "max_position_embeddings": 128
        }
        """;

    [Fact]
    public async Task AValidFileIsGenerated()
    {
        CSharpCompilation project = TestProject.Compile(Declaration);
        Assert.Empty(await Analysis.Of(project, File(Configuration)));
        Assert.Contains("public const int DModel = 96;", GeneratorRun.Of(project, File(Configuration)).Files["Model.Model.g.cs"], System.StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"hidden_size\": 96,", "", "the field \"hidden_size\" is missing")]
    [InlineData("96", "-96", "\"hidden_size\" is -96, but must be a whole number from 1 to 4194304")]
    [InlineData("96", "\"wide\"", "\"hidden_size\" is \"wide\", but must be a whole number from 1 to 4194304")]
    [InlineData("\"num_attention_heads\": 6", "\"num_attention_heads\": 7", "\"num_attention_heads\" is 7, but must be a divisor of the width 96")]
    [InlineData("\"llama\"", "\"lama\"", "\"model_type\" is \"lama\", but must be one of albert, bert, bloom, ")]
    [InlineData("\"vocab_size\": 300,", "\"vocab_size\": 300, \"vocab_size\": 301,", "the name \"vocab_size\" stands twice")]
    [InlineData("300,", "300", "the file is not JSON: expected ',', found '\"'")]
    [InlineData("300", "NaN", "the file is not JSON: expected a value, found 'N'")]
    [InlineData("300", "300, \"rope_scaling\": {\"rope_type\": \"dynamic\", \"factor\": 2}", "\"rope_scaling.rope_type\" is \"dynamic\", but must be one of default, linear, llama3, yarn, longrope")]
    public async Task WhatIsWrongInTheFile(string right, string wrong, string message)
    {
        CSharpCompilation project = TestProject.Compile(Declaration);
        InMemoryText file = File(Configuration.Replace(right, wrong));
        var diagnostics = await Analysis.Of(project, file);
        Assert.Equal(["SPZ0013", "SPZ0013"], diagnostics.Select(static diagnostic => diagnostic.Id));
        Assert.All(diagnostics, diagnostic => Assert.StartsWith("small/config.json: " + message, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), System.StringComparison.Ordinal));
        Assert.Equal("\"small/config.json\"", Assert.Single(diagnostics, static diagnostic => diagnostic.Location.IsInSource).PointedAt());
        Location inFile = Assert.Single(diagnostics, static diagnostic => !diagnostic.Location.IsInSource).Location;
        Assert.Equal(file.Path, inFile.GetLineSpan().Path);
        Assert.Empty(GeneratorRun.Of(project, file).Files);
    }

    [Fact]
    public async Task PoolingStandsInThePlaceOfAnEncodersHead()
    {
        const string Bert = """
            {
              "model_type": "bert", "hidden_size": 96, "num_hidden_layers": 2, "num_attention_heads": 6, "intermediate_size": 256, "vocab_size": 300
            }
            """;
        CSharpCompilation pooled = TestProject.Compile(Declaration.Replace("partial class", "[Pooling(PoolingKind.Mean, Normalize = true)]\npartial class"));
        Assert.Empty(await Analysis.Of(pooled, File(Bert)));
        var files = GeneratorRun.Of(pooled, File(Bert)).Files;
        Assert.Contains("TKernels.PoolMean96Normalized(hidden, pooled, length, worker, workers);", files["Model.Session.g.cs"], System.StringComparison.Ordinal);
        Assert.Contains("\"pooler.dense.weight\"", files["Model.Weights.g.cs"], System.StringComparison.Ordinal);
        Assert.DoesNotContain("new(\"pooler.dense.weight\"", files["Model.Weights.g.cs"], System.StringComparison.Ordinal);

        var diagnostics = await Analysis.Of(pooled, File(Configuration));
        Assert.All(diagnostics, static diagnostic => Assert.Equal("SPZ0013", diagnostic.Id));
        Assert.Contains("it declares a decoder, but [Pooling] is for encoders: remove it", diagnostics[0].GetMessage(System.Globalization.CultureInfo.InvariantCulture), System.StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"BertModel\"", "\"BertForPreTraining\"", "\"architectures\" is an array, but must be an array that begins with one of BertModel, BertForMaskedLM, BertForSequenceClassification, BertForTokenClassification")]
    [InlineData("\"absolute\"", "\"relative_key\"", "\"position_embedding_type\" is \"relative_key\": relative positions are not supported for this family")]
    [InlineData("\"is_decoder\": false", "\"is_decoder\": true", "\"is_decoder\" is true: this family is supported as an encoder only; leave it false")]
    [InlineData("\"bert\"", "\"albert\", \"inner_group_num\": 2", "\"architectures\" is an array, but must be")]
    public async Task WhatAnEncoderCannotDo(string right, string wrong, string message)
    {
        string file = """
            {
              "model_type": "bert", "architectures": ["BertModel"], "position_embedding_type": "absolute", "is_decoder": false,
              "hidden_size": 96, "num_hidden_layers": 2, "num_attention_heads": 6, "intermediate_size": 256, "vocab_size": 300
            }
            """.Replace(right, wrong);
        var diagnostics = await Analysis.Of(TestProject.Compile(Declaration), File(file));
        Assert.Contains(message, Assert.Single(diagnostics, static diagnostic => diagnostic.Location.IsInSource).GetMessage(System.Globalization.CultureInfo.InvariantCulture), System.StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheFilesOwnLineIsNamed()
    {
        var diagnostics = await Analysis.Of(TestProject.Compile(Declaration), File(Configuration.Replace("256", "0")));
        Assert.Equal(5, Assert.Single(diagnostics, static diagnostic => !diagnostic.Location.IsInSource).Location.GetLineSpan().StartLinePosition.Line);
    }

    [Theory]
    [InlineData("/project/other/config.json", "none")]
    [InlineData("/project/verysmall/config.json", "none")]
    public async Task AMissingFile(string path, string found)
    {
        var diagnostic = Assert.Single(await Analysis.Of(TestProject.Compile(Declaration), new InMemoryText(path, Configuration)));
        Assert.Equal("SPZ0012", diagnostic.Id);
        Assert.Contains($"'small/config.json', but {found} does", diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), System.StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoFilesThatEndAlike()
    {
        var diagnostic = Assert.Single(await Analysis.Of(
            TestProject.Compile(Declaration), new InMemoryText("/a/small/config.json", Configuration), new InMemoryText("/b/small/config.json", Configuration)));
        Assert.Equal("SPZ0012", diagnostic.Id);
    }

    [Fact]
    public async Task PartsBesideTheFile()
    {
        var diagnostics = await Analysis.Of(TestProject.Compile(Declaration.Replace("json\")]", "json\", DModel = 96)]\n[Norm(NormKind.Layer)]")), File(Configuration));
        Assert.Equal(["SPZ0014", "SPZ0014"], diagnostics.Select(static diagnostic => diagnostic.Id));
        Assert.Equal(["DModel = 96", "Norm(NormKind.Layer)"], diagnostics.Select(static diagnostic => diagnostic.PointedAt()));
    }

    [Fact]
    public void AnotherFileRecomputesNoPlan()
    {
        CSharpCompilation project = TestProject.Compile(Declaration);
        InMemoryText unrelated = new("/project/unrelated.json", "{}");
        GeneratorRun run = GeneratorRun.Of(project, File(Configuration), unrelated).Then(project, unrelated, new InMemoryText(unrelated.Path, "{ }"));
        Assert.All(run.Step(TrackingNames.Plans), static output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));
        Assert.All(run.Outputs(), static reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    [Fact]
    public void AChangedFieldIsGeneratedAnew()
    {
        CSharpCompilation project = TestProject.Compile(Declaration);
        InMemoryText before = File(Configuration), after = File(Configuration.Replace("300", "301"));
        GeneratorRun run = GeneratorRun.Of(project, before).Then(project, before, after);
        Assert.Contains("public const int VocabularySize = 301;", run.Files["Model.Model.g.cs"], System.StringComparison.Ordinal);
    }

    private static InMemoryText File(string text) => new("/project/small/config.json", text);
}
