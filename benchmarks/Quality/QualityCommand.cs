using System;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using Specializer.GenericEngine;

namespace Specializer.Benchmarks;

/// <summary>
/// <c>quality</c>: measures how far the probabilities of a trained model move if its weights are stored in fewer bits, beside those of
/// llama.cpp. The texts are samples of the model with weights in floats.
/// </summary>
internal static class QualityCommand
{
    private const int Texts = 16;
    private const int Length = 256;

    /// <summary>The token that begins a text of stories260K.</summary>
    private const int FirstToken = 1;

    private static readonly GenericDecoderConfiguration s_shape = new()
    {
        Layers = 5,
        Width = 64,
        Heads = 8,
        KeyValueHeads = 4,
        FeedForwardWidth = 172,
        VocabularySize = Stories260K.VocabularySize,
        ContextLength = Stories260K.ContextLength,
        TiedEmbeddings = true,
    };

    public static Command Create()
    {
        var path = new Argument<string>("checkpoint") { Description = "The model.safetensors of stories260K." };
        var folder = new Option<string>("--folder")
        {
            Description = "The folder into which benchmarks/Peers/install installed llama.cpp.",
            DefaultValueFactory = _ => PeerFolder.Default,
        };
        var command = new Command(
            "quality",
            "Prints the KL divergence of each storage from weights in floats, the share of equal top tokens, and the perplexity."
        )
        {
            path,
            folder,
        };
        command.SetAction(parsed => Run(parsed.GetValue(path)!, new PeerFolder(parsed.GetValue(folder)!)));
        return command;
    }

    private static void Run(string checkpoint, PeerFolder peers)
    {
        using Stories260K reference = Stories260K.Load(checkpoint);
        int[][] texts = [.. Enumerable.Range(1, Texts).Select(seed => Sample(reference, seed))];
        Distributions expected = Distributions.Of(reference, texts);
        Console.WriteLine("| storage | weights, KB | mean KL divergence | median | 99.9 % | same top token | perplexity | change |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|");
        Report("Float32", Stories260K.PackedWeightBytes, expected);
        using Stories260KBFloat16 halves = Stories260KBFloat16.Load(checkpoint);
        Report("BFloat16", Stories260KBFloat16.PackedWeightBytes, Distributions.Of(halves, texts));
        using Stories260KInt8 bytes = Stories260KInt8.Load(checkpoint);
        Report("Int8", Stories260KInt8.PackedWeightBytes, Distributions.Of(bytes, texts));
        using Stories260KInt4 nibbles = Stories260KInt4.Load(checkpoint);
        Report("Int4", Stories260KInt4.PackedWeightBytes, Distributions.Of(nibbles, texts));
        using Stories260KUInt4 minima = Stories260KUInt4.Load(checkpoint);
        Report("UInt4", Stories260KUInt4.PackedWeightBytes, Distributions.Of(minima, texts));
        try
        {
            RunPeer(checkpoint, new LlamaCppLibrary(peers), texts, Report);
        }
        catch (PeerMissingException exception)
        {
            Console.WriteLine($"MISSING: llama.cpp: {exception.Message}");
        }

        void Report(string storage, long size, Distributions actual) =>
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"| {storage} | {size / 1024.0:F0} | {expected.Compare(actual)} |")
            );
    }

    /// <summary>Measures the same weights in llama.cpp, quantized by its own library. Rows that no block divides keep a larger type there.</summary>
    private static void RunPeer(string checkpoint, LlamaCppLibrary library, int[][] texts, Action<string, long, Distributions> report)
    {
        string folder = Directory.CreateTempSubdirectory("specializer-quality-").FullName;
        try
        {
            string floats = Path.Combine(folder, "f32.gguf");
            using (WeightsSource weights = Checkpoint.Open(checkpoint))
            {
                LlamaCheckpoint.Write(floats, s_shape, weights, GgufType.Float32);
            }

            Measure("llama.cpp F32", floats);
            foreach (
                (string name, uint type) in new[]
                {
                    ("Q8_0", LlamaCppQuantization.Q80),
                    ("Q4_0", LlamaCppQuantization.Q40),
                    ("Q4_1", LlamaCppQuantization.Q41),
                    ("Q4_K_M", LlamaCppQuantization.Q4KM),
                }
            )
            {
                string file = Path.Combine(folder, name + ".gguf");
                LlamaCppQuantization.Run(library, floats, file, type);
                Measure("llama.cpp " + name, file);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        void Measure(string name, string file)
        {
            using var model = new LlamaCppModel(library, file, Stories260K.VocabularySize, Stories260K.ContextLength, 1);
            report(name, new FileInfo(file).Length, Distributions.Of(model, texts));
        }
    }

    /// <summary>A text of the model itself.</summary>
    private static int[] Sample(Stories260K model, int seed)
    {
        Random random = new(seed);
        int[] tokens = new int[Length];
        tokens[0] = FirstToken;
        using IDecoderSession session = model.CreateSession();
        for (int i = 1; i < Length; i++)
        {
            double[] probabilities = Distributions.Softmax(session.Decode(tokens[i - 1]));
            double drawn = random.NextDouble();
            int token = 0;
            while (token < probabilities.Length - 1 && (drawn -= probabilities[token]) > 0)
            {
                token++;
            }

            tokens[i] = token;
        }

        return tokens;
    }
}
