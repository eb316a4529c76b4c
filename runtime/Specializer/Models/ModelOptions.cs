namespace Specializer;

/// <summary>How a model is run. What it computes is fixed at compile time; these options never change its results.</summary>
public sealed record ModelOptions
{
    /// <summary>
    /// The number of threads that one call may use, the caller's own included; 0, the default, takes one per core, or fewer
    /// where a token has too little arithmetic to share out (a thread for every 4 million multiply-adds).
    /// </summary>
    public int Threads { get; init; }

    /// <summary>
    /// Is told while weights are packed how far it is, from 0 to 1; <see langword="null"/>, the default, for nobody. The
    /// last report is 1.
    /// </summary>
    public System.IProgress<double>? LoadProgress { get; init; }

    /// <summary>The instruction set to use; <see langword="null"/>, the default, takes <see cref="InstructionSets.Best"/>.</summary>
    /// <remarks>Two instruction sets agree to within rounding, not to the bit. Choose one to reproduce another machine's bits.</remarks>
    public InstructionSet? InstructionSet { get; init; }

    /// <summary>
    /// What a session of a decoder with LongRoPE does where a call takes its sequence past the original length, or is the first
    /// after a return to it: it recomputes its cache, the default, or throws. Other models have nothing to recompute.
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
