using System;
using System.IO;
using System.Linq;
using Specializer.Generator.Planning;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tool.Tests.Gguf;

/// <summary>
/// Golden checkpoints as GGUF files: the configuration has the architecture of the golden config.json, and the generated model has the
/// bits of the same weights from safetensors.
/// </summary>
[Feature("gguf")]
public sealed class GgufModelTests
{
    private const int Positions = 16;

    public static TheoryData<string> Goldens => [.. GoldenGguf.Architectures.Keys];

    [SharedDataTheory]
    [MemberData(nameof(Goldens))]
    public void The_configuration_is_that_of_the_config_json(string name)
    {
        using var folder = new TemporaryFolder();
        string path = folder["model.gguf"];
        File.WriteAllBytes(path, GoldenGguf.Write(name));
        string config = File.ReadAllText(GoldenGguf.Golden(name, "config.json"));

        // llama.cpp implies the scale of Gemma's scores.
        config = config.Replace("\"query_pre_attn_scalar\": 36", "\"query_pre_attn_scalar\": 24", StringComparison.Ordinal);
        Directory.CreateDirectory(folder["original"]);
        File.WriteAllText(Path.Combine(folder["original"], "config.json"), config);
        Assert.Equal(new ModelFolder(folder["original"]).Plan().Architecture, new ModelFolder(path).Plan().Architecture);
    }

    [SharedDataTheory]
    [MemberData(nameof(Goldens))]
    public void A_file_of_floats_has_the_bits_of_the_safetensors_checkpoint(string name)
    {
        using var folder = new TemporaryFolder();
        string path = folder["model.gguf"];
        File.WriteAllBytes(path, GoldenGguf.Write(name));
        FolderModel model = FolderModel.Of(new ModelFolder(path), 0);
        using var compiled = new CompiledModel(model.Plan);
        float[] expected = Run(compiled, Checkpoint.Open(GoldenGguf.Golden(name, "model.safetensors"))),
            actual = Run(compiled, Checkpoint.Open(path));
        Assert.Equal(expected, actual);
        if (name is not ("gemma2" or "bert"))
        {
            CheckGolden(name, compiled, path);
        }
    }

    [SharedDataTheory]
    [InlineData("llama")]
    [InlineData("gpt2")]
    public void Quantized_files_have_the_bits_of_their_decoded_weights(string name)
    {
        using var folder = new TemporaryFolder();
        string path = folder["model.gguf"];
        File.WriteAllBytes(path, GoldenGguf.Write(name));
        using var compiled = new CompiledModel(new ModelFolder(path).Plan());
        float[] floats = Run(compiled, Checkpoint.Open(path));
        foreach (
            (string type, double limit, Func<string, float[], long[], (int Type, byte[] Data)> encode) in new (
                string,
                double,
                Func<string, float[], long[], (int, byte[])>
            )[]
            {
                ("F16", 0.1, BlockEncoding.Half),
                ("BF16", 0.5, BlockEncoding.BFloat16),
                ("Q8_0", 0.5, BlockEncoding.Q80),
                ("Q4_0", 5, BlockEncoding.Q40),
            }
        )
        {
            // F32 with the meaning of the encoded elements.
            (int, byte[]) Decoded(string stored, float[] values, long[] shape)
            {
                (int id, byte[] data) = encode(stored, values, shape);
                return (0, GgufBytes.Bytes(BlockEncoding.Decode(id, data)));
            }

            string file = folder[type + ".gguf"],
                decoded = folder[type + ".decoded.gguf"];
            File.WriteAllBytes(file, GoldenGguf.Write(name, encode));
            File.WriteAllBytes(decoded, GoldenGguf.Write(name, Decoded));
            float[] actual = Run(compiled, Checkpoint.Open(file));
            Assert.Equal(Run(compiled, Checkpoint.Open(decoded)), actual);
            Assert.InRange(floats.Zip(actual, static (a, b) => Math.Abs(a - b)).Max(), 1e-7, limit);
        }
    }

    private static void CheckGolden(string name, CompiledModel compiled, string path)
    {
        using GoldenFile golden = GoldenFile.Open(GoldenGguf.Golden(name, "golden.safetensors"));
        using WeightsSource weights = Checkpoint.Open(path);
        using TransformerModel model = compiled.Load(weights, new ModelOptions());
        using IDecoderSession session = ((IDecoderModel)model).CreateSession();
        int[] tokens = golden.Integers("input_ids_T37");
        float[] logits = new float[tokens.Length * model.Description.VocabularySize];
        session.Prefill(tokens, logits);
        Tolerance.Default.AssertClose(golden.Rows("logits_T37"), logits.AsSpan(), name);
    }

    private static float[] Run(CompiledModel compiled, WeightsSource weights)
    {
        using (weights)
        {
            using TransformerModel model = compiled.Load(weights, new ModelOptions());
            return new VerificationRun(model, Positions, 1, 0).Whole(model);
        }
    }
}
