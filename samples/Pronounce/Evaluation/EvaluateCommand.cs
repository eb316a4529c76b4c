using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Specializer;
using Spectre.Console;

namespace Pronounce.Evaluation;

/// <summary>Measures the error rates on the held-out words and compares them with the recorded ones.</summary>
internal static class EvaluateCommand
{
    private const int InterruptedExitCode = 130;
    private const int RefreshMilliseconds = 50;

    /// <summary>Runs the evaluation, with a progress bar on a terminal.</summary>
    /// <returns>The exit code of the process.</returns>
    /// <exception cref="PronounceException">A file of the model is missing or damaged.</exception>
    public static int Run(Settings settings)
    {
        Vocabulary vocabulary = Vocabulary.Read(ModelFiles.Vocabulary, PronunciationModel.VocabularySize);
        RecordedScores recorded = RecordedScores.Read(ModelFiles.RecordedScores);
        HeldOutWord[] all = HeldOutWord.ReadAll(ModelFiles.HeldOutWords);
        HeldOutWord[] words = Spread(all, settings.Limit ?? all.Length);

        // Words are independent: one session per thread keeps all threads busier than sharing the work of one word.
        int sessions = Math.Min(words.Length, settings.Threads == 0 ? Environment.ProcessorCount : settings.Threads);
        using PronunciationModel model = PronunciationModel.Load(
            ModelFiles.Weights,
            new ModelOptions { Threads = 1, InstructionSet = settings.InstructionSet }
        );
        Evaluator evaluator = new(model, vocabulary, settings.Sampling, words);
        using CancellationTokenSource interrupted = new();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            interrupted.Cancel();
        };

        long start = Stopwatch.GetTimestamp();
        try
        {
            ErrorRates rates = ShowProgress(evaluator, evaluator.RunAsync(sessions, interrupted.Token), words.Length);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            Report(rates, settings, recorded);
            string parallel = sessions == 1 ? "one session" : $"{sessions} sessions in parallel";
            Terminal.Output.Write(
                Terminal.Remark(
                    $"held-out words: {words.Length:N0} in {elapsed.TotalSeconds:N1} s on {parallel}, {model.InstructionSet}, {evaluator.GeneratedTokens / elapsed.TotalSeconds:N0} tokens/s\n"
                )
            );
            return 0;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine(
                $"interrupted after {evaluator.Done} of {words.Length} words; rates are printed only for a complete evaluation."
            );
            return InterruptedExitCode;
        }
    }

    private static HeldOutWord[] Spread(HeldOutWord[] all, int limit)
    {
        HeldOutWord[] some = new HeldOutWord[Math.Min(limit, all.Length)];
        for (int i = 0; i < some.Length; i++)
        {
            some[i] = all[(long)i * all.Length / some.Length];
        }

        return some;
    }

    private static ErrorRates ShowProgress(Evaluator evaluator, Task<ErrorRates> evaluation, int words)
    {
        if (!Console.IsErrorRedirected)
        {
            Terminal
                .Progress.Progress()
                .AutoClear(true)
                .Start(context =>
                {
                    ProgressTask bar = context.AddTask("held-out words", maxValue: words);
                    while (!evaluation.IsCompleted)
                    {
                        bar.Value = evaluator.Done;
                        Thread.Sleep(RefreshMilliseconds);
                    }
                });
        }

        return evaluation.GetAwaiter().GetResult();
    }

    private static void Report(ErrorRates rates, Settings settings, RecordedScores recorded)
    {
        bool comparable = rates.Words == recorded.Words && settings.Sampling.Temperature == 0;
        Table table = new Table().Border(TableBorder.None).AddColumn("").AddColumn(new TableColumn("measured").RightAligned());
        if (comparable)
        {
            table.AddColumn(new TableColumn("scores.json").RightAligned()).AddColumn(new TableColumn("difference").RightAligned());
        }

        AddRow("word error rate", rates.WordPercent, recorded.WordPercent);
        AddRow("phoneme error rate", rates.PhonemePercent, recorded.PhonemePercent);
        AddRow("word error rate with stress", rates.WordWithStressPercent, recorded.WordWithStressPercent);
        Terminal.Output.Write(table);
        Terminal.Output.Write(
            Terminal.Remark(
                comparable
                    ? "scores.json: results of the trainer on the same words with PyTorch\n"
                    : $"not compared with scores.json, which is greedy on all {recorded.Words:N0} held-out words\n"
            )
        );

        void AddRow(string name, double measured, double expected)
        {
            if (comparable)
            {
                table.AddRow(name, $"{measured:F2} %", $"{expected:F2} %", $"{Math.Round(measured, 2) - expected:+0.00;-0.00;0.00}");
            }
            else
            {
                table.AddRow(name, $"{measured:F2} %");
            }
        }
    }
}
