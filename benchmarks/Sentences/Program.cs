using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using System.Linq;
using SemanticSearch;
using Specializer;
using Specializer.Benchmarks.Sentences;
using Specializer.Samples.Tests.Embeddings;
using Specializer.Text;

var threads = new Option<int[]>("--threads")
{
    Description = "The numbers of threads.",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [1, 2],
};
var rounds = new Option<int>("--rounds") { Description = "The number of rounds.", DefaultValueFactory = _ => 5 };
var command = new RootCommand(
    "Measures sentences per second of all-MiniLM-L6-v2, tokenizer included, and compares them with ONNX Runtime on the original file."
)
{
    threads,
    rounds,
};
command.SetAction(result =>
{
    string folder = Path.Combine(AppContext.BaseDirectory, "models", "minilm");
    Console.WriteLine($"{"threads", 7}  {"engine", -30} {"sentences/s", 11}  {"ours / theirs", 13}  {"difference", 10}");
    foreach (int count in result.GetRequiredValue(threads))
    {
        using MiniLM model = MiniLM.Load(folder, new ModelOptions { Threads = count });
        using SentenceEmbedder embedder = SentenceEmbedder.Load(model, folder);
        using var peer = new OnnxSentences(count);
        (string Name, Func<IReadOnlyList<string>, float[][]> Embed)[] engines =
        [
            ("Specializer", texts => embedder.Embed(texts)),
            ("ONNX Runtime, one text a call", texts => peer.Embed(texts, 1)),
            ("ONNX Runtime, batches of 8", texts => peer.Embed(texts, 8)),
            ("ONNX Runtime, batches of 32", texts => peer.Embed(texts, 32)),
        ];

        // The engines alternate, because the speed of the machine drifts. Ratios are those of a round.
        double[][] seconds = [.. engines.Select(_ => new double[result.GetValue(rounds)])];
        float[][][] embeddings = [.. engines.Select(engine => engine.Embed(Sentences.All))];
        for (int round = 0; round < seconds[0].Length; round++)
        {
            for (int engine = 0; engine < engines.Length; engine++)
            {
                long start = Stopwatch.GetTimestamp();
                engines[engine].Embed(Sentences.All);
                seconds[engine][round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
        }

        for (int engine = 0; engine < engines.Length; engine++)
        {
            double rate = Sentences.All.Count / Median(seconds[engine]),
                ratio = Median([.. seconds[engine].Zip(seconds[0], static (theirs, ours) => theirs / ours)]);
            float difference = embeddings[0]
                .Zip(embeddings[engine], static (ours, theirs) => ours.Zip(theirs, static (a, b) => Math.Abs(a - b)).Max())
                .Max();
            Console.WriteLine($"{count, 7}  {engines[engine].Name, -30} {rate, 11:F0}  {ratio, 13:F2}  {difference, 10:E1}");
        }
    }
});
return command.Parse(args).Invoke();

static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
