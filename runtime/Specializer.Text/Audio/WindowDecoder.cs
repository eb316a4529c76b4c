using System;
using System.Threading;

namespace Specializer.Text.Audio;

/// <summary>Decodes windows in one session. No token allocates memory.</summary>
internal sealed class WindowDecoder(ISequenceToSequenceSession<LogMelInput> session, TranscriptionPlan plan)
{
    private readonly TimestampRules _rules = new(plan.Settings, plan.VocabularySize, plan.HasTimestamps);
    private readonly int[] _generated = new int[plan.MaximumNewTokens];

    /// <summary>Decodes a window.</summary>
    /// <param name="window">The features, [bands, frames].</param>
    /// <param name="cancellationToken">Checked before each token.</param>
    /// <returns>The generated tokens, without the control tokens and the end token; valid until the next call.</returns>
    public ReadOnlySpan<int> Run(ReadOnlySpan<float> window, CancellationToken cancellationToken)
    {
        session.Encode(new LogMelInput(window), cancellationToken);
        ReadOnlySpan<float> logits = session.Prefill([plan.Settings.StartToken], cancellationToken);
        if (plan.DetectsLanguage)
        {
            plan.Detect(logits);
        }

        int[] prompt = [.. plan.Prompt()];
        if (prompt.Length > 0)
        {
            logits = session.Prefill(prompt, cancellationToken);
        }

        int count = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int token = _rules.Choose(logits, _generated.AsSpan(0, count));
            if (token == plan.Settings.EndToken)
            {
                break;
            }

            _generated[count++] = token;
            if (count == _generated.Length)
            {
                break;
            }

            logits = session.Decode(token);
        }

        return _generated.AsSpan(0, count);
    }
}
