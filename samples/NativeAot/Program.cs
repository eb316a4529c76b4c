using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using Pronounce;
using Specializer;

// NativeAot WORD...      pronounces words
// NativeAot --check      pronounces the recorded words and compares them; the exit code is 1 if any differs
// NativeAot --speed [S]  generates for S seconds (default 5) and prints the number of tokens per second
try
{
    Vocabulary vocabulary = Vocabulary.Read(ModelFiles.Vocabulary, PronunciationModel.VocabularySize);
    using PronunciationModel model = PronunciationModel.Load(ModelFiles.Weights, new ModelOptions { Threads = 1 });
    using Pronouncer pronouncer = new(model, vocabulary, new SamplingOptions { Temperature = 0 });
    return args switch
    {
        ["--check"] => Check(),
        ["--speed", .. var rest] => Speed(rest.Length > 0 ? int.Parse(rest[0], System.Globalization.CultureInfo.InvariantCulture) : 5),
        _ => Speak(args.Length > 0 ? args : ["generated", "code", "runs", "this", "transformer"]),
    };

    int Speak(string[] words)
    {
        long first = 0;
        foreach (string word in words)
        {
            Console.Write(word + " ");
            foreach (string phoneme in pronouncer.Pronounce(vocabulary.Prompt(word, Pronouncer.MaximumLetters)))
            {
                Console.Write(" " + phoneme);
                first = first == 0 ? Stopwatch.GetTimestamp() : first;
            }

            Console.WriteLine();
        }

        WriteSummary(model, first);
        return 0;
    }

    int Check()
    {
        int right = 0,
            all = 0;
        foreach (
            string[] columns in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Model", "greedy.tsv"))
                .Select(static line => line.Split('\t'))
        )
        {
            all++;
            right += string.Join(' ', pronouncer.Pronounce(vocabulary.Prompt(columns[0], Pronouncer.MaximumLetters))) == columns[1] ? 1 : 0;
        }

        Console.WriteLine($"{right} of {all} words as recorded, {model.InstructionSet}");
        return right == all ? 0 : 1;
    }

    int Speed(int seconds)
    {
        int[] prompt = vocabulary.Prompt("specialization", Pronouncer.MaximumLetters);
        List<double> rates = [];
        var whole = Stopwatch.StartNew();
        while (whole.Elapsed.TotalSeconds < seconds)
        {
            long before = pronouncer.GeneratedTokens;
            var slice = Stopwatch.StartNew();
            while (slice.ElapsedMilliseconds < 100)
            {
                foreach (string _ in pronouncer.Pronounce(prompt)) { }
            }

            rates.Add((pronouncer.GeneratedTokens - before) / slice.Elapsed.TotalSeconds);
        }

        // The best tenth, which the machine reaches while no other process runs.
        rates.Sort();
        Console.WriteLine($"{rates[rates.Count * 9 / 10]:F0} tokens/s, {model.InstructionSet}");
        return 0;
    }
}
catch (Exception exception) when (exception is PronounceException or WeightsException or IOException)
{
    Console.Error.WriteLine("error: " + exception.Message);
    return 1;
}

// A separate method, so that its code is not loaded before the first phoneme.
[MethodImpl(MethodImplOptions.NoInlining)]
static void WriteSummary(PronunciationModel model, long first)
{
    using Process process = Process.GetCurrentProcess();
    TimeSpan toFirst = DateTime.UtcNow - process.StartTime.ToUniversalTime() - Stopwatch.GetElapsedTime(first);
    Console.WriteLine($"{model.InstructionSet}, first phoneme {toFirst.TotalMilliseconds:F0} ms after the process started");
}
