using System.Collections.Generic;

namespace Specializer.Text;

/// <summary>Why a text ended.</summary>
public enum FinishReason
{
    /// <summary>The model generated an end token.</summary>
    EndToken,

    /// <summary>The text reached a stop string, which is no part of it.</summary>
    StopString,

    /// <summary>The text has as many tokens as were allowed.</summary>
    MaximumTokens,

    /// <summary>The model's context is full.</summary>
    ContextFull,

    /// <summary>The text is one of the constraint that nothing can follow.</summary>
    ConstraintComplete,
}

/// <summary>How many tokens a generation read and wrote.</summary>
/// <param name="PromptTokens">The tokens of the prompt; of an encoder-decoder those of the source.</param>
/// <param name="ReusedTokens">How many of them a kept session had already computed.</param>
/// <param name="GeneratedTokens">The tokens that were generated, the end token included.</param>
public sealed record GenerationUsage(int PromptTokens, int ReusedTokens, int GeneratedTokens);

/// <summary>A generated token.</summary>
/// <param name="Id">The token id.</param>
/// <param name="LogProbability">The natural logarithm of its probability before penalties and temperature.</param>
/// <param name="Alternatives">The most probable tokens in its place, the most probable first.</param>
public sealed record GeneratedToken(int Id, float LogProbability, IReadOnlyList<TokenLogProbability> Alternatives);

/// <summary>A part of a text as it comes.</summary>
/// <param name="Text">The text that is certain now. The parts joined are the whole text.</param>
public sealed record TextUpdate(string Text)
{
    /// <summary>The tokens since the last update, if <see cref="GenerationOptions.LogProbabilities"/> requests them. Their text may come later.</summary>
    public IReadOnlyList<GeneratedToken> Tokens { get; init; } = [];

    /// <summary>Why the text ended; null but in the last update.</summary>
    public FinishReason? Finish { get; init; }

    /// <summary>How many tokens there were; null but in the last update.</summary>
    public GenerationUsage? Usage { get; init; }

    /// <summary>The seed of the random numbers; null but in the last update, and where tokens are chosen greedily.</summary>
    public ulong? Seed { get; init; }
}

/// <summary>A whole generated text.</summary>
/// <param name="Text">The text, without the end token and the stop string.</param>
/// <param name="Finish">Why it ended.</param>
/// <param name="Usage">How many tokens there were.</param>
public sealed record GeneratedText(string Text, FinishReason Finish, GenerationUsage Usage)
{
    /// <summary>The tokens, if <see cref="GenerationOptions.LogProbabilities"/> requests them.</summary>
    public IReadOnlyList<GeneratedToken> Tokens { get; init; } = [];

    /// <summary>The seed of the random numbers; null where tokens are chosen greedily.</summary>
    public ulong? Seed { get; init; }
}
