using System;
using System.Threading;
using System.Threading.Tasks;
using Specializer;

namespace Pronounce.Evaluation;

/// <summary>Pronounces held-out words on several sessions of one model at the same time.</summary>
internal sealed class Evaluator(PronunciationModel model, Vocabulary vocabulary, SamplingOptions sampling, HeldOutWord[] words)
{
    private int _taken;
    private int _done;
    private long _generatedTokens;

    /// <summary>The number of words done, while they are being evaluated.</summary>
    public int Done => Volatile.Read(ref _done);

    /// <summary>The tokens generated, the end of each word included; complete once <see cref="RunAsync"/> is.</summary>
    public long GeneratedTokens => Volatile.Read(ref _generatedTokens);

    /// <summary>Evaluates all words. Which session takes which word does not change what it says, so the rates never vary.</summary>
    /// <param name="sessions">How many words are pronounced at the same time.</param>
    /// <param name="cancellationToken">Checked before each word.</param>
    /// <exception cref="PronounceException">A word cannot be pronounced.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<ErrorRates> RunAsync(int sessions, CancellationToken cancellationToken)
    {
        Task<ErrorRates>[] shares = new Task<ErrorRates>[sessions];
        for (int i = 0; i < shares.Length; i++)
        {
            shares[i] = Task.Factory.StartNew(
                () => EvaluateShare(cancellationToken),
                cancellationToken,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default
            );
        }

        ErrorRates all = new();
        foreach (ErrorRates share in await Task.WhenAll(shares))
        {
            all.Add(share);
        }

        return all;
    }

    private ErrorRates EvaluateShare(CancellationToken cancellationToken)
    {
        using Pronouncer pronouncer = new(model, vocabulary, sampling);
        ErrorRates rates = new();
        string[] said = new string[Pronouncer.MaximumPhonemes];
        for (int index; (index = Interlocked.Increment(ref _taken) - 1) < words.Length; )
        {
            cancellationToken.ThrowIfCancellationRequested();
            HeldOutWord word = words[index];
            int length = 0;
            foreach (string phoneme in pronouncer.Pronounce(vocabulary.Prompt(word.Word, Pronouncer.MaximumLetters)))
            {
                said[length++] = phoneme;
            }

            rates.Count(said.AsSpan(0, length), word.Pronunciations);
            Interlocked.Increment(ref _done);
        }

        Interlocked.Add(ref _generatedTokens, pronouncer.GeneratedTokens);
        return rates;
    }
}
