using System;
using System.IO;
using System.Linq;
using System.Text;
using Specializer.TestKit;
using Xunit;
using static Specializer.Tool.Tests.Importing.OnnxBytes;

namespace Specializer.Tool.Tests.Importing;

/// <summary><c>specializer import</c>: parameters, derived files, and what is refused.</summary>
[Feature("tool-import")]
public sealed class ImportTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_graph_becomes_the_checkpoint_of_its_model(bool hasPaths)
    {
        var bert = new SmallBert(hasPaths);
        using var folder = new TemporaryFolder();
        ToolRun run = Import(folder, bert.ToArray());
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("21 tensors, 6 of them transposed", run.Output, StringComparison.Ordinal);
        using SafetensorsFile file = SafetensorsFile.Open(folder["out/model.safetensors"]);
        Assert.Equal(bert.Parameters.Keys.Order(StringComparer.Ordinal), file.Names);
        foreach ((string name, (long[] shape, float[] values)) in bert.Parameters)
        {
            Assert.True(file.TryGetTensor(name, out TensorView view));
            Assert.Equal(shape, view.Shape.ToArray());
            float[] written = new float[values.Length];
            view.CopyTo(written);
            Assert.Equal(values, written);
        }

        ToolRun inspected = ToolRun.Of("inspect", folder["out"]);
        Assert.Equal((0, ""), (inspected.ExitCode, inspected.Error));
        Assert.Contains("2 heads of 4", inspected.Output, StringComparison.Ordinal);
        Assert.Contains("GELU (exact), not gated, 12 wide", inspected.Output, StringComparison.Ordinal);
        Assert.Contains("sequences of up to 16 of 11 tokens", inspected.Output, StringComparison.Ordinal);
        Assert.Contains("It contains exactly the tensors of the model.", inspected.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_case_of_text_follows_from_the_vocabulary()
    {
        foreach ((string token, string expected) in new[] { ("b", "true"), ("B", "false") })
        {
            using var folder = new TemporaryFolder();
            folder.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n" + token + "\nc\nd\ne\nf\n");
            ToolRun run = Import(folder, new SmallBert(hasPaths: true).ToArray());
            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            Assert.Contains(
                $"\"do_lower_case\": {expected}",
                File.ReadAllText(folder["out/tokenizer_config.json"]),
                StringComparison.Ordinal
            );
            Assert.Contains("Tokenizer   ", ToolRun.Of("inspect", folder["out"]).Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Files_of_the_model_are_copied_and_checked()
    {
        using var folder = new TemporaryFolder();
        const string Config = """
            { "model_type": "bert", "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 4, "intermediate_size": 12, "vocab_size": 11, "max_position_embeddings": 16 }
            """;
        Directory.CreateDirectory(folder["with/1_Pooling"]);
        folder.Write("with/config.json", Config);
        folder.Write("with/1_Pooling/config.json", "{}");
        byte[] file = new SmallBert(hasPaths: true).ToArray();
        ToolRun run = Import(folder, file, "--with", folder["with"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(Config, File.ReadAllText(folder["out/config.json"]));
        Assert.True(File.Exists(folder["out/1_Pooling/config.json"]));

        // Nothing is overwritten without --force, and nothing that does not match is written.
        Assert.Contains("already exists. Use --force", Import(folder, file).Error, StringComparison.Ordinal);
        folder.Write("with/config.json", Config.Replace("\"vocab_size\": 11", "\"vocab_size\": 12", StringComparison.Ordinal));
        ToolRun other = Import(folder, file, "--with", folder["with"], "--force");
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("do not match its config.json", other.Error, StringComparison.Ordinal);
        Assert.Contains("embeddings.word_embeddings.weight", other.Error, StringComparison.Ordinal);
        Assert.Equal(Config, File.ReadAllText(folder["out/config.json"]));
        Assert.False(Directory.Exists(folder["out.importing"]));
    }

    [Fact]
    public void External_data_is_read_within_the_folder_only()
    {
        using var folder = new TemporaryFolder();
        folder.Write("weights.bin", "12345678" + new string('x', 32));
        byte[] Model(params (string, string)[] entries) =>
            new SmallBert(hasPaths: true).File.Initializer(External("pooler.dense.bias", [8], entries)).ToArray();
        string Error(params (string, string)[] entries) => Import(folder, Model(entries), "--force").Error;

        Assert.Equal("", Error(("location", "weights.bin"), ("offset", "8"), ("length", "32")));
        using (SafetensorsFile file = SafetensorsFile.Open(folder["out/model.safetensors"]))
        {
            Assert.True(file.TryGetTensor("pooler.dense.bias", out TensorView view));
            float[] bias = new float[8];
            view.CopyTo(bias);
            Assert.All(bias, static value => Assert.Equal(BitConverter.UInt32BitsToSingle(0x78787878), value));
        }

        Assert.Contains(
            "32 bytes from byte 9 of 'weights.bin' on",
            Error(("location", "weights.bin"), ("offset", "9")),
            StringComparison.Ordinal
        );
        Assert.Contains("is '-1'; expected a number", Error(("location", "weights.bin"), ("offset", "-1")), StringComparison.Ordinal);
        Assert.Contains("not beside the model", Error(("location", "other.bin")), StringComparison.Ordinal);
        foreach (string outside in new[] { "../weights.bin", "/etc/passwd", "", "a/../../b", "..", "c:\\x" })
        {
            Assert.Contains("outside the folder", Error(("location", outside)), StringComparison.Ordinal);
        }

        File.CreateSymbolicLink(folder["link.bin"], "/etc/hostname");
        Assert.Contains("outside the folder", Error(("location", "link.bin")), StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_that_cannot_be_mapped_are_named()
    {
        string Error(Func<OnnxBytes, OnnxBytes> change)
        {
            using var folder = new TemporaryFolder();
            ToolRun run = Import(folder, change(new SmallBert(hasPaths: true).File).ToArray());
            Assert.Equal(1, run.ExitCode);
            Assert.False(Directory.Exists(folder["out"]));
            return run.Error;
        }

        float[] four = [1, 2, 3, 4];
        Assert.Contains(
            "'onnx::Mul_7' (Float [4]) is input 1 of the node Mul 'Mul_3'; expected the weight or bias of a layer.",
            Error(file => file.Initializer(Floats("onnx::Mul_7", [4], four)).Node("Mul", "Mul_3", ["x", "onnx::Mul_7"], "z")),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "are both 'encoder.layer.0.output.dense.weight'",
            Error(file =>
                file.Initializer(Floats("onnx::MatMul_7", [2, 2], four))
                    .Node("MatMul", "/encoder/layer.0/output/dense/MatMul_1", ["x", "onnx::MatMul_7"], "z")
            ),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "'q8' (Int8 [4]) is quantized",
            Error(file => file.Initializer(Tensor("q8", 3, [4], 9, [1, 2, 3, 4])).Node("MatMulInteger", "m", ["x", "q8"], "z")),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "the If node 'branch' contains a graph (then_branch)",
            Error(file => file.Node("If", "branch", ["c"], "z", Attribute("then_branch", 6, []))),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "does not have positions that do not depend on padding",
            Error(file => file.Node("CumSum", "", ["mask"], "z")),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "a.b.weight",
            Error(file => file.Initializer(Floats("a.b.weight", [4], four)).Node("Mul", "", ["x", "a.b.weight"], "z")),
            StringComparison.Ordinal
        );
        Assert.Contains("has 16 bytes; expected 20", Error(file => file.Initializer(Floats("w.x", [5], four))), StringComparison.Ordinal);
        Assert.Contains("sparse initializers", Error(file => file.Field(15, [])), StringComparison.Ordinal);
        Assert.Contains("two tensors 'w'", Error(file => file.Initializer(Integers("w", 1))), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_files_are_no_models()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(
            "cannot be imported",
            Import(folder, Encoding.UTF8.GetBytes("<html>not found</html>")).Error,
            StringComparison.Ordinal
        );
        Assert.Contains("contains no graph", Import(folder, []).Error, StringComparison.Ordinal);
        Assert.Contains("does not exist", ToolRun.Of("import", folder["none.onnx"], "--to", folder["out"]).Error, StringComparison.Ordinal);
        Assert.Contains(
            "is not a .NET assembly with embedded resources",
            ToolRun.Of("import", typeof(Xunit.Assert).Assembly.Location, "--to", folder["out"]).Error,
            StringComparison.Ordinal
        );
        File.WriteAllText(folder["bad.dll"], "MZ");
        Assert.Contains(
            "not a valid .NET assembly",
            ToolRun.Of("import", folder["bad.dll"], "--to", folder["out"]).Error,
            StringComparison.Ordinal
        );
    }

    private static ToolRun Import(TemporaryFolder folder, byte[] model, params string[] options)
    {
        File.WriteAllBytes(folder["model.onnx"], model);
        return ToolRun.Of(["import", folder["model.onnx"], "--to", folder["out"], .. options]);
    }
}
