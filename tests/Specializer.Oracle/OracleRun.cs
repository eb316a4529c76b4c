namespace Specializer.Oracle;

/// <summary>The results of <see cref="ArchitectureOracle.Run"/> for every position.</summary>
/// <param name="Logits">[positions][vocabularySize]</param>
/// <param name="HiddenStates">[layers + 1][positions][width]: 0 after the embeddings, i after block i, before the final norm.</param>
/// <param name="LastHidden">[positions][width]: after the final norm.</param>
public sealed record OracleRun(double[][] Logits, double[][][] HiddenStates, double[][] LastHidden);
