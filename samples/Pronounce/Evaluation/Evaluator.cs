using System;
using System.Threading;
using System.Threading.Tasks;
using Specializer;

namespace Pronounce.Evaluation;

/// <summary>Pronounces held-out words with several sessions of one model at the same time.</summary>
internal sealed class Evaluator(PronunciationModel model, Vocabulary vocabulary, SamplingOptions sampling, HeldOutWord[] words)
{
    private int _taken;
    private int _done;
    private long _generatedTokens;

    /// <summary>The number of words that are finished; it can be read during the evaluation.</summary>
    public int Done => Volatile.Read(ref _done);

    /// <summary>
    /// The number of generated tokens, including the end of each word; complete when <see cref="RunAsync"/> completes.
    /// </summary>
    public long GeneratedTokens => Volatile.Read(ref _generatedTokens);

    /// <summary>
    /// Evaluates all words. The assignment of words to sessions does not affect the pronunciations, so the rates are
    /// reproducible.
    /// </summary>
    /// <param name="sessions">The number of words that are pronounced at the same time.</param>
    /// <param name="cancellationToken">Checked before each word.</param>
    /// <exception cref="PronounceException">A word cannot be pronounced.</exception>
    /// <exception cref="OperationCanceledException">The evaluation was canceled.</exception>
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
