namespace Specializer.Oracle;

/// <summary>The fields of a generation_config.json, by their meaning in transformers.</summary>
public sealed record OracleGenerationRules
{
    public int Beams { get; init; } = 1;

    public double LengthPenalty { get; init; } = 1;

    /// <summary>"False", "True" or "never".</summary>
    public string EarlyStopping { get; init; } = "False";

    public int[] EndTokens { get; init; } = [];

    /// <summary>max_new_tokens, or max_length without the prompt.</summary>
    public required int MaximumNewTokens { get; init; }

    public int MinimumNewTokens { get; init; }

    /// <summary>min_length, with the prompt.</summary>
    public int MinimumLength { get; init; }

    public double RepetitionPenalty { get; init; } = 1;

    public int NoRepeatNgramSize { get; init; }

    public int[][] BadWords { get; init; } = [];

    public int[] SuppressedTokens { get; init; } = [];

    public int[] FirstSuppressedTokens { get; init; } = [];

    public int? ForcedFirstToken { get; init; }

    public int? ForcedLastToken { get; init; }

    /// <summary>num_return_sequences.</summary>
    public int Hypotheses { get; init; } = 1;
}
