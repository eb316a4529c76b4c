namespace Specializer;

/// <summary>Options of running a model. Its computation is fixed at compile time; these options never change its results.</summary>
public sealed record ModelOptions
{
    /// <summary>
    /// The number of threads of one call, including the caller's; 0, the default, to choose automatically. That is one per core,
    /// but at most one for every 4 million multiply-adds of a token.
    /// </summary>
    public int Threads { get; init; }

    /// <summary>
    /// Receives the progress of packing weights, from 0 to 1; <see langword="null"/>, the default, for no reports. The last
    /// report is 1.
    /// </summary>
    public System.IProgress<double>? LoadProgress { get; init; }

    /// <summary>The instruction set to use; <see langword="null"/>, the default, takes <see cref="InstructionSets.Best"/>.</summary>
    /// <remarks>Two instruction sets agree to within rounding, not to the bit. Choose one to reproduce another machine's bits.</remarks>
    public InstructionSet? InstructionSet { get; init; }

    /// <summary>
    /// The behavior of a session with LongRoPE when a call extends its sequence past the original length. The first call after a
    /// return to that length counts, too. By default, the session recomputes its cache; otherwise it throws. Other models never do either.
    /// </summary>
    /// <remarks>
    /// Recomputing takes the time of a prefill of all positions so far, once for each crossing; that call is as much slower. A
    /// sequence that is known to become long has no such call if its first prefill is longer than the original length.
    /// </remarks>
    public OriginalLengthCrossing OriginalLengthCrossing { get; init; }

    /// <summary>
    /// The folders of LoRA adapters that are merged into the weights while they are loaded, in this order; empty, the default, for
    /// none. Each contains <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>, as PEFT saves them.
    /// </summary>
    /// <remarks>
    /// Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models" (2021): W + alpha / rank · B · A. The merged tensors take memory
    /// as 32-bit floats until the model is loaded. Packed weights cannot be adapted; save them after merging.
    /// </remarks>
    public System.Collections.Generic.IReadOnlyList<string> Adapters { get; init; } = [];
}
