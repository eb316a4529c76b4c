using System;
using System.Diagnostics;
using System.IO;
using System.Runtime.CompilerServices;
using Specializer;

namespace Pronounce;

/// <summary>Writes words and their phonemes; each phoneme is written as soon as the model has selected it.</summary>
internal static class SpeakCommand
{
    /// <summary>Pronounces the words of the command line, then writes one line about the model and the speed.</summary>
    /// <returns>The exit code of the process.</returns>
    /// <exception cref="PronounceException">A word cannot be pronounced, or a file is missing.</exception>
    public static int Run(Settings settings)
    {
        Vocabulary vocabulary = Vocabulary.Read(ModelFiles.Vocabulary, PronunciationModel.VocabularySize);

        // All words are checked before the first one is pronounced.
        int[][] prompts = new int[settings.Words.Count][];
        int width = 0;
        for (int i = 0; i < prompts.Length; i++)
        {
            prompts[i] = vocabulary.Prompt(settings.Words[i], Pronouncer.MaximumLetters);
            width = Math.Max(width, settings.Words[i].Length);
        }

        using PronunciationModel model = PronunciationModel.Load(
            ModelFiles.Weights,
            new ModelOptions { Threads = settings.Threads, InstructionSet = settings.InstructionSet }
        );
        using Pronouncer pronouncer = new(model, vocabulary, settings.Sampling);
        TextWriter output = Console.Out;
        long first = 0;
        for (int i = 0; i < prompts.Length; i++)
        {
            output.Write(settings.Words[i].PadRight(width + 1));
            output.Flush();
            foreach (string phoneme in pronouncer.Pronounce(prompts[i]))
            {
                output.Write(' ');
                output.Write(phoneme);
                output.Flush();
                if (first == 0)
                {
                    first = Stopwatch.GetTimestamp();
                }
            }

            output.WriteLine(pronouncer.ReachedEnd ? "" : " ...");
        }

        TimeSpan rest = Stopwatch.GetElapsedTime(first);
        WriteSummary(model, TimeToFirst(first), (pronouncer.GeneratedTokens - 1) / rest.TotalSeconds);
        return 0;
    }

    // Not part of Run, so that neither the process API nor the console library is loaded before the first phoneme.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TimeSpan TimeToFirst(long first)
    {
        using Process process = Process.GetCurrentProcess();
        TimeSpan sinceStart = DateTime.UtcNow - process.StartTime.ToUniversalTime();
        return sinceStart - Stopwatch.GetElapsedTime(first);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WriteSummary(PronunciationModel model, TimeSpan first, double tokensPerSecond)
    {
        string threads = model.Threads == 1 ? "1 thread" : $"{model.Threads} threads";
        Terminal.Output.Write(
            Terminal.Remark(
                $"{model.Description.Name}: {PronunciationModel.ParameterCount:N0} parameters, {PronunciationModel.SessionBytes:N0} bytes a session, {model.InstructionSet}, {threads}, "
                    + $"{tokensPerSecond:N0} tokens/s, first phoneme {first.TotalMilliseconds:N0} ms after the process started (JIT included)\n"
            )
        );
    }
}
